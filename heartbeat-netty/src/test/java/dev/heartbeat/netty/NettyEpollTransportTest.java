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

/** Holds {@link NettyTransport} on epoll to what every transport is held to. */
final class NettyEpollTransportTest {

    interface OnEpoll extends TransportUnderTest {

        @Override
        default Transport start(TransportOptions options) {
            return NettyTransport.builder().io(NettyIo.EPOLL).options(options).start();
        }
    }

    @Nested
    final class Connecting extends ConnectingContract implements OnEpoll {}

    @Nested
    final class Bytes extends BytesContract implements OnEpoll {}

    @Nested
    final class Backpressure extends BackpressureContract implements OnEpoll {}

    @Nested
    final class Closing extends ClosingContract implements OnEpoll {}

    @Nested
    final class Errors extends ErrorsContract implements OnEpoll {}

    @Nested
    final class Threading extends ThreadingContract implements OnEpoll {}

    @Nested
    final class SystemEnvironment extends SystemEnvironmentContract implements OnEpoll {}

    @Nested
    final class Rest extends RestContract implements OnEpoll {}

    @Nested
    final class Garbage extends GarbageContract implements OnEpoll {}

    @Nested
    final class HeartbeatGarbage extends HeartbeatGarbageContract implements OnEpoll {}

    @Nested
    final class Scarcity extends ScarcityContract {

        @Override
        protected String provider() {
            return "netty-epoll";
        }
    }
}
