package dev.heartbeat.histograms;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.heartbeat.spi.Distribution;
import dev.heartbeat.spi.Recorder;
import dev.heartbeat.spi.RecorderProvider;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.ServiceLoader;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

final class HdrRecordersTest {
    private static final Percentage A_HUNDREDTH = Percentage.withPercentage(1);
    private static final long MILLI = 1_000_000;

    private final HdrRecorders provider = new HdrRecorders();

    @Test
    void isFoundByAServer() {
        assertThat(ServiceLoader.load(RecorderProvider.class).findFirst()).containsInstanceOf(HdrRecorders.class);
    }

    @Test
    void nothingIsNothing() {
        assertThat(provider.summarize(List.of(provider.newRecorder()))).isEqualTo(new Distribution(0, 0, 0, 0, 0));
    }

    @Test
    void severalLoopsAreOneDistribution() {
        Recorder one = provider.newRecorder();
        Recorder other = provider.newRecorder();
        for (int i = 1; i <= 1000; i++) {
            (i % 3 == 0 ? one : other).record(i * MILLI);
        }
        for (int time = 0; time < 2; time++) {
            Distribution all = provider.summarize(List.of(one, other));
            assertThat(all.count()).as("asked for the time %d", time).isEqualTo(1000);
            assertThat(all.total()).isEqualTo(500_500 * MILLI);
            assertThat(all.max()).isEqualTo(1000 * MILLI);
            assertThat(all.p50()).isCloseTo(500 * MILLI, A_HUNDREDTH);
            assertThat(all.p99()).isCloseTo(990 * MILLI, A_HUNDREDTH);
        }
    }

    @Test
    void whatIsBeyondTheBoundsIsKeptAtThem() {
        Recorder recorder = provider.newRecorder();
        recorder.record(0);
        recorder.record(Long.MAX_VALUE / 2);
        Distribution all = provider.summarize(List.of(recorder));
        assertThat(all.count()).isEqualTo(2);
        assertThat(all.max()).isEqualTo(Long.MAX_VALUE / 2);
        assertThat(all.p50()).isZero();
    }

    @Test
    void readingLosesNothingThatIsWrittenMeanwhile() throws InterruptedException {
        Recorder recorder = provider.newRecorder();
        Thread writer = new Thread(() -> {
            for (int i = 0; i < 200_000; i++) {
                recorder.record(i);
            }
        });
        writer.start();
        long before = 0;
        while (writer.isAlive()) {
            long count = provider.summarize(List.of(recorder)).count();
            assertThat(count).isGreaterThanOrEqualTo(before);
            before = count;
        }
        writer.join();
        assertThat(provider.summarize(List.of(recorder)).count()).isEqualTo(200_000);
    }

    @Test
    void writingMakesNoGarbage() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Recorder recorder = provider.newRecorder();
        for (int i = 0; i < 20_000; i++) {
            recorder.record(i * 1000L);
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 100_000; i++) {
            recorder.record(i * 1000L);
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000);
    }
}
