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

/** Holds {@link NettyTransport} on selectors to what every transport is held to. */
@Tag("long")
final class NettyNioTransportTest {

    /**
     * A newer JDK may not let NioIoHandler put a set of its own into the selector. The handler then
     * iterates over the JDK's, once or twice for each answer.
     */
    private static final double NETTYS_BYTES_PER_POLL = 128;

    interface OnNio extends TransportUnderTest {

        @Override
        default Transport start(TransportOptions options) {
            return NettyTransport.builder().io(NettyIo.NIO).options(options).start();
        }
    }

    @Nested
    final class Connecting extends ConnectingContract implements OnNio {}

    @Nested
    final class Bytes extends BytesContract implements OnNio {}

    @Nested
    final class Backpressure extends BackpressureContract implements OnNio {}

    @Nested
    final class Closing extends ClosingContract implements OnNio {}

    @Nested
    final class Errors extends ErrorsContract implements OnNio {}

    @Nested
    final class Threading extends ThreadingContract implements OnNio {}

    @Nested
    final class SystemEnvironment extends SystemEnvironmentContract implements OnNio {}

    @Nested
    final class Rest extends RestContract implements OnNio {}

    @Nested
    final class Garbage extends GarbageContract implements OnNio {

        @Override
        protected double bytesPerPoll() {
            return NETTYS_BYTES_PER_POLL;
        }
    }

    @Nested
    final class HeartbeatGarbage extends HeartbeatGarbageContract implements OnNio {

        @Override
        protected double bytesPerPoll() {
            return NETTYS_BYTES_PER_POLL;
        }
    }

    @Nested
    final class Scarcity extends ScarcityContract {

        @Override
        protected String provider() {
            return "netty-nio";
        }
    }
}
