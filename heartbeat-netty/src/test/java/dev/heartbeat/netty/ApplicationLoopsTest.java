package dev.heartbeat.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.ClientState;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.NodeState;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.ServerState;
import dev.heartbeat.SuspectReason;
import dev.heartbeat.spi.Acceptor;
import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import dev.heartbeat.testkit.contract.BackpressureContract;
import dev.heartbeat.testkit.contract.BytesContract;
import dev.heartbeat.testkit.contract.ClosingContract;
import dev.heartbeat.testkit.contract.ConnectingContract;
import dev.heartbeat.testkit.contract.ErrorsContract;
import dev.heartbeat.testkit.contract.RestContract;
import dev.heartbeat.testkit.contract.SystemEnvironmentContract;
import dev.heartbeat.testkit.contract.ThreadingContract;
import dev.heartbeat.testkit.contract.TransportUnderTest;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** On loops that an application has for itself as well, and that it may end. */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
final class ApplicationLoopsTest {

    /** One for all transports that the contract starts, each of which leaves it running. */
    private static IoEventLoopGroup two;

    private static IoEventLoopGroup one;

    @BeforeAll
    static void startGroups() {
        two = group(NettyIo.EPOLL, 2);
        one = group(NettyIo.EPOLL, 1);
    }

    @AfterAll
    static void endGroups() {
        assertThat(two.isShuttingDown()).isFalse();
        end(two);
        end(one);
    }

    interface OnGiven extends TransportUnderTest {

        @Override
        default Transport start(TransportOptions options) {
            return on(options.eventLoops() == 1 ? one : two, options);
        }
    }

    @Nested
    final class Connecting extends ConnectingContract implements OnGiven {}

    @Nested
    final class Bytes extends BytesContract implements OnGiven {}

    @Nested
    final class Backpressure extends BackpressureContract implements OnGiven {}

    @Nested
    final class Closing extends ClosingContract implements OnGiven {}

    @Nested
    final class Errors extends ErrorsContract implements OnGiven {}

    @Nested
    final class Threading extends ThreadingContract implements OnGiven {}

    @Nested
    final class SystemEnvironment extends SystemEnvironmentContract implements OnGiven {}

    @Nested
    final class Rest extends RestContract implements OnGiven {}

    @ParameterizedTest
    @EnumSource
    void kindOfTheGroupIsFound(NettyIo io) {
        IoEventLoopGroup group = group(io, 1);
        try (Transport transport = on(group, TransportOptions.defaults())) {
            assertThat(transport.name()).isEqualTo(io.transportName());
        }
        end(group);
    }

    @Test
    void unsuitableGroupIsRefused() {
        assertThatThrownBy(() -> NettyTransport.builder()
                        .io(NettyIo.NIO)
                        .eventLoopGroup(one)
                        .start())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("NIO")
                .hasMessageContaining("EPOLL");
        IoEventLoopGroup ended = group(NettyIo.EPOLL, 1);
        end(ended);
        assertThatThrownBy(() -> NettyTransport.builder().eventLoopGroup(ended).start())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("shut down");
    }

    /** Never asked. */
    private static final class Nobody implements Acceptor {
        @Override
        public boolean onAccept(InetSocketAddress remote) {
            throw new AssertionError("accepted " + remote);
        }

        @Override
        public ConnectionHandler onOpen(Connection connection) {
            throw new AssertionError("opened " + connection);
        }
    }

    /** With its quiet period, which goes on running loops for a while, and without. */
    @ParameterizedTest
    @ValueSource(ints = {0, 300})
    void theirEndIsTheEndOfTheTransport(int quietMillis) throws Exception {
        for (NettyIo io : NettyIo.values()) {
            IoEventLoopGroup group = group(io, 2);
            Transport transport = on(group, TransportOptions.defaults());
            Queue<String> told = new ConcurrentLinkedQueue<>();
            HeartbeatServer server = HeartbeatServer.builder()
                    .host("127.0.0.1")
                    .port(0)
                    .transport(transport)
                    .listener(new Told(told))
                    .start();
            try (HeartbeatClient client = HeartbeatClient.builder()
                    .server("127.0.0.1", server.localAddress().getPort())
                    .nodeId("n1")
                    .transport("nio")
                    .connect()) {
                while (server.nodes().count(NodeState.ONLINE) < 1) {
                    Thread.sleep(10);
                }
                group.shutdownGracefully(quietMillis, 5_000, TimeUnit.MILLISECONDS);
                assertThat(group.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
                assertThatThrownBy(() -> transport.eventLoops().get(0).execute(() -> {}))
                        .isInstanceOf(RejectedExecutionException.class);
                assertThatThrownBy(() -> transport
                                .listen(server.localAddress(), new Nobody())
                                .get())
                        .hasMessageContaining("closed");
                while (client.state() == ClientState.ONLINE) {
                    Thread.sleep(10);
                }
            }
            assertThat(server.state()).isEqualTo(ServerState.FAILED);
            assertThat(server.failure())
                    .hasValueSatisfying(cause ->
                            assertThat(cause).hasMessageContaining("transport " + transport.name() + " ended"));
            server.closeAsync().get(10, TimeUnit.SECONDS);
            assertThat(told).containsExactly("ONLINE", "SUSPECT LOST", "OFFLINE SHUTDOWN");
            transport.closeAsync().get(10, TimeUnit.SECONDS);
        }
    }

    private record Told(Queue<String> events) implements NodeListener {

        @Override
        public void onOnline(Node node) {
            events.add("ONLINE");
        }

        @Override
        public void onSuspect(Node node, SuspectReason reason) {
            events.add("SUSPECT " + reason);
        }

        @Override
        public void onOffline(Node node, OfflineReason reason) {
            events.add("OFFLINE " + reason);
        }
    }

    private static Transport on(IoEventLoopGroup group, TransportOptions options) {
        return NettyTransport.builder().eventLoopGroup(group).options(options).start();
    }

    private static IoEventLoopGroup group(NettyIo io, int loops) {
        return new MultiThreadIoEventLoopGroup(loops, io.handlers());
    }

    private static void end(IoEventLoopGroup group) {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS)
                .awaitUninterruptibly(Duration.ofSeconds(10).toMillis());
        assertThat(group.isTerminated()).isTrue();
    }
}
