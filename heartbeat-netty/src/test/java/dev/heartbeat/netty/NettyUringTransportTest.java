package dev.heartbeat.netty;

import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import dev.heartbeat.testkit.contract.BackpressureContract;
import dev.heartbeat.testkit.contract.BytesContract;
import dev.heartbeat.testkit.contract.ClosingContract;
import dev.heartbeat.testkit.contract.ConnectingContract;
import dev.heartbeat.testkit.contract.ErrorsContract;
import dev.heartbeat.testkit.contract.GarbageContract;
import dev.heartbeat.testkit.contract.HeartbeatGarbageContract;
import dev.heartbeat.testkit.contract.RestContract;
import dev.heartbeat.testkit.contract.ScarcityContract;
import dev.heartbeat.testkit.contract.SystemEnvironmentContract;
import dev.heartbeat.testkit.contract.ThreadingContract;
import dev.heartbeat.testkit.contract.TransportUnderTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * Holds {@link NettyTransport} on io_uring to what every transport is held to, where the kernel
 * allows it.
 */
@Tag("long")
@EnabledIf("isAvailable")
final class NettyUringTransportTest {

    /**
     * IoUringIoHandler makes a function object of 16 bytes whenever it runs, once or twice for each
     * answer.
     */
    private static final double NETTYS_BYTES_PER_POLL = 32;

    static boolean isAvailable() {
        return NettyIo.IO_URING.isAvailable();
    }

    interface OnUring extends TransportUnderTest {

        @Override
        default Transport start(TransportOptions options) {
            return NettyTransport.builder()
                    .io(NettyIo.IO_URING)
                    .options(options)
                    .start();
        }
    }

    @Nested
    final class Connecting extends ConnectingContract implements OnUring {}

    @Nested
    final class Bytes extends BytesContract implements OnUring {}

    @Nested
    final class Backpressure extends BackpressureContract implements OnUring {}

    @Nested
    final class Closing extends ClosingContract implements OnUring {}

    @Nested
    final class Errors extends ErrorsContract implements OnUring {}

    @Nested
    final class Threading extends ThreadingContract implements OnUring {}

    @Nested
    final class SystemEnvironment extends SystemEnvironmentContract implements OnUring {}

    @Nested
    final class Rest extends RestContract implements OnUring {}

    @Nested
    final class Garbage extends GarbageContract implements OnUring {

        @Override
        protected double bytesPerPoll() {
            return NETTYS_BYTES_PER_POLL;
        }
    }

    @Nested
    final class HeartbeatGarbage extends HeartbeatGarbageContract implements OnUring {

        @Override
        protected double bytesPerPoll() {
            return NETTYS_BYTES_PER_POLL;
        }
    }

    @Nested
    final class Scarcity extends ScarcityContract {

        @Override
        protected String provider() {
            return "netty-io_uring";
        }
    }
}
