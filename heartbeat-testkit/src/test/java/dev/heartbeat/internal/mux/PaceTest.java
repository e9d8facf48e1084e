package dev.heartbeat.internal.mux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.fake.FakeConnection;
import dev.heartbeat.fake.FakeLoop;
import dev.heartbeat.internal.frame.FrameType;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The size of frames follows the speed of the socket, and nothing else. */
final class PaceTest {
    private static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(5);
    private static final int FULL_SIZE = FrameType.MAX_DATA_PAYLOAD;

    private final Socket socket = new Socket();
    private final Pace pace = new Pace(socket, INTERVAL_NS);
    private long nowNs = 1;

    /** A connection whose socket took so many bytes, while others wait. */
    private static final class Socket extends FakeConnection {
        private long taken;
        private long waiting;

        Socket() {
            super(FakeLoop.still());
        }

        @Override
        public long flushedBytes() {
            return taken;
        }

        @Override
        public long queuedBytes() {
            return taken + waiting;
        }
    }

    private void pumped(long takenMore, long waiting, long afterMillis) {
        nowNs += TimeUnit.MILLISECONDS.toNanos(afterMillis);
        socket.taken += takenMore;
        socket.waiting = waiting;
        pace.onPumped(nowNs);
    }

    @Test
    void framesAreSmallWhileTheSocketIsSlow() {
        pumped(0, 16_000, 0);
        pumped(2_000, 16_000, 100);
        // 20,000 bytes a second: three frames take a quarter of a second.
        assertThat(pace.fragmentBytes()).isEqualTo(20_000 / 4 / 3);
    }

    @Test
    void framesKeepTheirSizeWhileAFastReaderPauses() {
        pumped(1 << 20, 0, 0);
        pumped(1 << 20, 16_000, 1);
        for (int i = 0; i < 20; i++) {
            pumped(0, 16_000, 11); // A message is accepted, and the reader still pauses.
            assertThat(pace.fragmentBytes()).isEqualTo(FULL_SIZE);
        }
        pumped(200_000, 16_000, 11);
        assertThat(pace.fragmentBytes()).isEqualTo(FULL_SIZE);
    }

    @Test
    void framesGrowAgainOnceMuchLeftWithoutWaiting() {
        pumped(0, 16_000, 0);
        pumped(1_000, 16_000, 100);
        assertThat(pace.fragmentBytes()).isLessThan(1_000);
        pumped(1 << 20, 0, 100);
        assertThat(pace.fragmentBytes()).isEqualTo(FULL_SIZE);
    }
}
