package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class LineWriterTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Test
    void aSlowReaderGetsEveryLineInOrder() throws Exception {
        PipedInputStream in = new PipedInputStream(256);
        LineWriter writer = new LineWriter(new PipedOutputStream(in), 4);
        Thread producer = new Thread(() -> IntStream.range(0, 500).forEach(i -> writer.write(line(i))));
        producer.start();

        try (BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8), 1)) {
            for (int i = 0; i < 500; i++) {
                assertThat(EventLine.parse(reader.readLine()).number("i")).isEqualTo(i);
            }
        }
        producer.join();
    }

    @Test
    void lineWaitsWhileTheQueueIsFull() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        LineWriter writer = new LineWriter(gated(open, written), 2);
        Thread producer = new Thread(() -> IntStream.range(0, 5).forEach(i -> writer.write(line(i))));

        producer.start();
        producer.join(200);
        assertThat(producer.isAlive()).isTrue();
        open.countDown();
        producer.join();

        assertThat(writer.close(PATIENCE)).isZero();
        assertThat(written.toString(StandardCharsets.UTF_8).lines()).hasSize(5);
    }

    @Test
    void aReaderThatTakesNothingIsGivenUpInTheEndAndTheLossCounted() throws Exception {
        LineWriter writer = new LineWriter(gated(new CountDownLatch(1), new ByteArrayOutputStream()), 10);
        List.of(1, 2, 3).forEach(i -> writer.write(line(i)));

        assertThat(writer.close(Duration.ofMillis(100))).isEqualTo(3);
    }

    @Test
    void nobodyWaitsForAReaderThatIsGone() throws Exception {
        LineWriter writer = new LineWriter(
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("Broken pipe");
                    }
                },
                1);

        IntStream.range(0, 10).forEach(i -> writer.write(line(i)));
        writer.awaitEnd();

        assertThat(writer.hasEnded()).isTrue();
    }

    private static EventLine line(int i) {
        return EventLine.now("stats").with("i", i);
    }

    private static OutputStream gated(CountDownLatch open, OutputStream to) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                try {
                    open.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                to.write(b);
            }
        };
    }
}
