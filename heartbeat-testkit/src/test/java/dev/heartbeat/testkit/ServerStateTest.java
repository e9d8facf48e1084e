package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.FailureCode;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.SendResult;
import dev.heartbeat.ServerState;
import dev.heartbeat.SuspectReason;
import dev.heartbeat.spi.Transport;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The life of a server as its container sees it: built, started, stopped, or failed; on virtual time. */
final class ServerStateTest {
    private static final Duration SOON = Duration.ofSeconds(3);

    private final Simulation world = new Simulation(7);
    private final Host host = world.newHost("server");
    private final Host other = world.newHost("client");
    private final List<String> transportCalls = new ArrayList<>();

    private HeartbeatServer.Builder builder() {
        return HeartbeatServer.builder().port(9501).transport(host.transport());
    }

    /** The host's transport, which notes what is asked of it. */
    private Transport watched() {
        return (Transport) Proxy.newProxyInstance(
                Transport.class.getClassLoader(), new Class<?>[] {Transport.class}, (proxy, method, arguments) -> {
                    transportCalls.add(method.getName());
                    try {
                        return method.invoke(host.transport(), arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private void connect(String id) {
        HeartbeatClient client = HeartbeatClient.builder()
                .server(host.address(), 9501)
                .nodeId(id)
                .transport(other.transport())
                .connect();
        world.await(client.registered(), SOON);
    }

    private static void isFailed(HeartbeatServer server, FailureCode code) {
        assertThat(server.state()).isEqualTo(ServerState.FAILED);
        assertThat(server.failure())
                .hasValueSatisfying(cause -> assertThat(cause)
                        .isInstanceOfSatisfying(
                                HeartbeatException.class,
                                failure -> assertThat(failure.code()).isEqualTo(code)));
    }

    @Test
    void buildAsksNothingOfItsTransport() {
        HeartbeatServer server = builder().transport(watched()).build();

        assertThat(server.state()).isEqualTo(ServerState.NEW);
        assertThat(server.failure()).isEmpty();
        assertThat(server.options().port()).isEqualTo(9501);
        assertThat(transportCalls).isEmpty();
        // The port is still free.
        HeartbeatServer neighbour = builder().start();
        world.await(neighbour.closeAsync(), SOON);

        assertThat(server.start()).isSameAs(server);
        assertThat(server.state()).isEqualTo(ServerState.RUNNING);
        assertThat(server.localAddress().getPort()).isEqualTo(9501);
        assertThat(transportCalls).contains("listen");
    }

    @Test
    void buildJudgesArguments() {
        HeartbeatServer.Builder contradictory = builder()
                .transport(watched())
                .heartbeatInterval(Duration.ofSeconds(10))
                .suspectAfter(Duration.ofSeconds(1));
        assertThatThrownBy(contradictory::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("suspectAfter");
        assertThat(transportCalls).isEmpty();
    }

    @Test
    void builtServersKeepWhatWasSetByThen() {
        HeartbeatServer.Builder builder = builder();
        HeartbeatServer first = builder.build();
        HeartbeatServer second = builder.port(9502).build();
        assertThat(first.start().localAddress().getPort()).isEqualTo(9501);
        assertThat(second.start().localAddress().getPort()).isEqualTo(9502);
    }

    @Test
    void callsThatNeedARunningServerAreRefusedBefore() {
        HeartbeatServer server = builder().build();
        ByteBuffer message = ByteBuffer.allocate(1);
        List<ThrowingCallable> calls = List.of(
                server::localAddress,
                server::nodes,
                server::groups,
                server::stats,
                () -> server.trySend("n1", message),
                () -> server.send("n1", message),
                () -> server.broadcast(message),
                () -> server.kick("n1", "no"));
        assertThat(calls)
                .allSatisfy(call -> assertThatThrownBy(call)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("the server is NEW and was never started; call start() first"));
    }

    @Test
    void shutdownLeadsThroughDrainingToStopped() {
        HeartbeatServer server = builder().start();
        connect("n1");
        CompletableFuture<ServerState> seen =
                server.shutdownAsync(Duration.ofSeconds(5)).thenApply(done -> server.state());
        assertThat(server.state()).isEqualTo(ServerState.DRAINING);
        assertThat(world.await(seen, Duration.ofSeconds(20))).isEqualTo(ServerState.STOPPED);
        assertThat(server.failure()).isEmpty();
        assertThat(server.trySend("n1", ByteBuffer.allocate(1))).isEqualTo(SendResult.CLOSED);
    }

    @Test
    void closeLeadsThroughDrainingToStopped() {
        HeartbeatServer server = builder().start();
        connect("n1");
        CompletableFuture<Void> closing = server.closeAsync();
        assertThat(server.state()).isEqualTo(ServerState.DRAINING);
        world.await(closing, SOON);
        assertThat(server.state()).isEqualTo(ServerState.STOPPED);
        // Its port is free.
        assertThat(builder().start().state()).isEqualTo(ServerState.RUNNING);
    }

    @Test
    void callbacksMayUseTheServerThatWasBuilt() {
        List<String> seen = new ArrayList<>();
        CompletableFuture<HeartbeatServer> built = new CompletableFuture<>();
        built.complete(builder()
                .listener(new NodeListener() {
                    @Override
                    public void onOnline(Node node) {
                        HeartbeatServer server = built.join();
                        seen.add(server.state() + " " + server.localAddress().getPort() + " "
                                + server.trySend(node.id(), ByteBuffer.allocate(1)));
                    }
                })
                .build());
        built.join().start();
        connect("n1");
        assertThat(seen).containsExactly("RUNNING 9501 ACCEPTED");
    }

    @Test
    void aServerStartsOnce() {
        HeartbeatServer server = builder().build().start();
        assertThatThrownBy(server::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a server starts once, and this one is RUNNING; build another");
        assertThat(server.state()).isEqualTo(ServerState.RUNNING);

        host.delayLookups(Duration.ofSeconds(1));
        HeartbeatServer slow = builder().host("server").port(9502).build();
        CompletableFuture<HeartbeatServer> starting = slow.startAsync();
        assertThat(slow.state()).isEqualTo(ServerState.NEW);
        assertThatThrownBy(slow::localAddress).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(slow::startAsync)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a server starts once, and this one is starting; build another");
        assertThat(world.await(starting, SOON)).isSameAs(slow);
        assertThat(slow.state()).isEqualTo(ServerState.RUNNING);
    }

    @Test
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void addressOfAServerThatIsClosedWhileItStartsIsRefusedWithoutWaiting() {
        host.delayLookups(Duration.ofSeconds(1));
        HeartbeatServer slow = builder().host("server").build();
        CompletableFuture<HeartbeatServer> starting = slow.startAsync();
        CompletableFuture<Void> ending = slow.closeAsync();
        assertThat(slow.state()).isEqualTo(ServerState.DRAINING);
        assertThatThrownBy(slow::localAddress)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the server does not listen yet");
        world.await(ending, SOON);
        assertThat(starting).isCompletedExceptionally();
    }

    @Test
    void aServerThatWasNeverStartedIsStoppedAtOnce() {
        HeartbeatServer closed = builder().transport(watched()).build();
        closed.close();
        HeartbeatServer shutDown = builder().transport(watched()).build();
        shutDown.shutdown(Duration.ofSeconds(5));
        assertThatThrownBy(() -> builder().build().shutdownAsync(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("drain");

        assertThat(List.of(closed, shutDown)).allSatisfy(server -> {
            assertThat(server.state()).isEqualTo(ServerState.STOPPED);
            assertThat(server.closeAsync()).isCompleted();
            assertThatThrownBy(server::startAsync)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("a server starts once, and this one is STOPPED; build another");
            assertThatThrownBy(server::nodes)
                    .hasMessage("the server is STOPPED and was never started; call start() first");
        });
        assertThat(transportCalls).isEmpty();
    }

    @Test
    void aPortThatIsTakenFailsTheServer() {
        HeartbeatServer first = builder().start();
        HeartbeatServer second = builder().build();
        assertThatThrownBy(second::start).isInstanceOf(HeartbeatException.class).hasMessageContaining("9501");
        isFailed(second, FailureCode.CANNOT_LISTEN);
        assertThatThrownBy(second::localAddress)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("never listened");
        assertThatThrownBy(second::start).hasMessageContaining("FAILED");

        world.await(second.closeAsync(), SOON);
        isFailed(second, FailureCode.CANNOT_LISTEN);
        assertThat(first.state()).isEqualTo(ServerState.RUNNING);
    }

    @Test
    void aServerWithoutTransportFails() {
        HeartbeatServer server = HeartbeatServer.builder().build();
        assertThatThrownBy(server::startAsync).isInstanceOf(HeartbeatException.class);
        isFailed(server, FailureCode.CANNOT_START);
        assertThat(server.closeAsync()).isCompleted();
        isFailed(server, FailureCode.CANNOT_START);
    }

    @Test
    void closingWhileItStartsEndsTheStart() {
        host.delayLookups(Duration.ofSeconds(1));
        HeartbeatServer server = builder().host("server").build();
        CompletableFuture<HeartbeatServer> starting = server.startAsync();
        CompletableFuture<Void> closing = server.closeAsync();
        assertThat(server.state()).isEqualTo(ServerState.DRAINING);
        world.await(closing, SOON);
        assertThat(server.state()).isEqualTo(ServerState.STOPPED);
        assertThatThrownBy(() -> world.await(starting, SOON))
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(HeartbeatException.class)
                .hasMessageContaining("closed before it listened");
        assertThat(server.state()).isEqualTo(ServerState.STOPPED);
        assertThat(server.failure()).isEmpty();
        // Nothing holds the port.
        assertThat(builder().start().state()).isEqualTo(ServerState.RUNNING);
    }

    @Test
    void theEndOfItsTransportFailsARunningServer() {
        List<String> told = new ArrayList<>();
        HeartbeatServer server = builder()
                .listener(new NodeListener() {
                    @Override
                    public void onSuspect(Node node, SuspectReason reason) {
                        told.add("suspect " + reason);
                    }

                    @Override
                    public void onOffline(Node node, OfflineReason reason) {
                        told.add("offline " + reason);
                    }
                })
                .start();
        connect("n1");
        world.await(host.transport().closeAsync(), SOON);
        isFailed(server, FailureCode.TRANSPORT_ENDED);
        assertThat(server.failure().orElseThrow()).hasMessageContaining("9501");

        world.await(server.closeAsync(), Duration.ofSeconds(20));
        isFailed(server, FailureCode.TRANSPORT_ENDED);
        assertThat(told).contains("offline SHUTDOWN");
        assertThat(world.escaped()).isEmpty();
    }

    @Test
    void theEndOfItsTransportAfterItsOwnIsNoFailure() {
        HeartbeatServer server = builder().start();
        world.await(server.closeAsync(), SOON);
        world.await(host.transport().closeAsync(), SOON);
        assertThat(server.state()).isEqualTo(ServerState.STOPPED);
        assertThat(server.failure()).isEmpty();
    }
}
