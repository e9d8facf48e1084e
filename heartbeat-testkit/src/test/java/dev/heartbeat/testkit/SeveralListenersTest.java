package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.ClientListener;
import dev.heartbeat.CloseReason;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.MassGuardStatus;
import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.SendResult;
import dev.heartbeat.UndeliveredException.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Several listeners of one server or client: each hears of everything, in the order of adding. */
final class SeveralListenersTest {
    private static final Duration SOON = Duration.ofMillis(100);

    private final List<String> heard = new ArrayList<>();

    /** Writes down what it hears, and then does what a test wants it to. */
    private class OfNodes implements NodeListener {
        private final String name;

        OfNodes(String name) {
            this.name = name;
        }

        void then() {}

        private void hear(String what) {
            heard.add(name + " " + what);
            then();
        }

        @Override
        public void onOnline(Node node) {
            hear("online");
        }

        @Override
        public void onUpdated(Node node) {
            hear("updated");
        }

        @Override
        public void onOffline(Node node, OfflineReason reason) {
            hear("offline");
        }

        @Override
        public void onUndelivered(Node node, ByteBuffer message, Reason reason) {
            hear("undelivered " + drained(message));
        }

        @Override
        public void onMassGuard(MassGuardStatus status) {
            hear(status.phase().name());
        }
    }

    /** Likewise of a client. */
    private class OfClient implements ClientListener {
        private final String name;

        OfClient(String name) {
            this.name = name;
        }

        void then() {}

        void hear(String what) {
            heard.add(name + " " + what);
            then();
        }

        @Override
        public void onRegistered(Registered registered) {
            hear("registered");
        }

        @Override
        public void onDisconnected(CloseReason reason, @Nullable Duration retryIn) {
            hear("disconnected " + reason);
        }

        @Override
        public void onUndelivered(ByteBuffer message, Reason reason) {
            hear("undelivered " + drained(message));
        }

        @Override
        public void onClosed(CloseReason reason) {
            hear("closed");
        }
    }

    /** Its text; position and limit are left where nobody else should find them. */
    private static String drained(ByteBuffer message) {
        byte[] bytes = new byte[message.remaining()];
        message.get(bytes);
        message.limit(message.position() - 1).position(1);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static ByteBuffer text(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Bus bus(NodeListener... listeners) {
        return new Bus(1, 1, options -> {
            List.of(listeners).forEach(options::listener);
            return options;
        });
    }

    private static HeartbeatClient connect(Bus bus, Host host, ClientListener... listeners) {
        HeartbeatClient.Builder options = bus.client(host, "n1");
        List.of(listeners).forEach(options::listener);
        HeartbeatClient client = options.connect();
        bus.world.advanceUntil(client.registered()::isDone, Duration.ofSeconds(1));
        return client;
    }

    // ---- of a server

    @Test
    void aServersAreCalledInTheOrderOfAdding() {
        Bus bus = bus(new OfNodes("a"), new OfNodes("b"), new OfNodes("c"));
        connect(bus, bus.world.newHost("client")).closeAsync();
        bus.advance(SOON);

        assertThat(heard).containsExactly("a online", "b online", "c online", "a offline", "b offline", "c offline");
        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "OFFLINE(UNREGISTERED)");
    }

    @Test
    void whatOneOfAServersThrowsKeepsNoOtherFromItsCall() {
        Bus bus = bus(
                new OfNodes("a") {
                    @Override
                    void then() {
                        throw new IllegalStateException("a test's");
                    }
                },
                new OfNodes("b") {
                    @Override
                    void then() {
                        throw new AssertionError("a test's");
                    }
                },
                new OfNodes("c"));
        connect(bus, bus.world.newHost("client")).closeAsync();
        bus.advance(SOON);

        assertThat(heard).containsExactly("a online", "b online", "c online", "a offline", "b offline", "c offline");
        assertThat(bus.server.stats().callbacks().failures()).isEqualTo(4);
    }

    @Test
    void anInterruptOfOneMeetsNoOther() {
        List<Boolean> interrupted = new ArrayList<>();
        NodeListener interrupting = new NodeListener() {
            @Override
            public void onOnline(Node node) {
                interrupted.add(Thread.currentThread().isInterrupted());
                Thread.currentThread().interrupt();
            }
        };
        Bus bus = bus(interrupting, interrupting);
        connect(bus, bus.world.newHost("client"));

        assertThat(interrupted).containsExactly(false, false);
    }

    @Test
    void oneThatIsAddedTwiceIsCalledTwice() {
        NodeListener twice = new OfNodes("a");
        ClientListener alsoTwice = new OfClient("c");
        Bus bus = bus(twice, new OfNodes("b"), twice);
        connect(bus, bus.world.newHost("client"), alsoTwice, alsoTwice);

        assertThat(heard).containsExactlyInAnyOrder("a online", "b online", "a online", "c registered", "c registered");
    }

    /** Only the last has the buffer itself, since it may be filled anew once it is back. */
    @Test
    void eachOfAServersReadsTheWholeMessageThatComesBack() {
        List<ByteBuffer> given = new ArrayList<>();
        class Keeping extends OfNodes {
            Keeping(String name) {
                super(name);
            }

            @Override
            public void onUndelivered(Node node, ByteBuffer message, Reason reason) {
                given.add(message);
                assertThat(message.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
                super.onUndelivered(node, message, reason);
            }
        }
        Bus bus = bus(new Keeping("a"), new Keeping("b"), new Keeping("c"));
        Host host = bus.world.newHost("client");
        connect(bus, host);
        heard.clear();
        host.loseConnections();
        host.refuseConnects(true);
        bus.advance(SOON);
        ByteBuffer message =
                ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN).position(10);
        message.put(text("hello")).flip().position(10);
        assertThat(bus.server.trySend("n1", message)).isEqualTo(SendResult.ACCEPTED);
        bus.server.kick("n1", "a test's");
        bus.advance(SOON);

        assertThat(heard)
                .startsWith("a undelivered hello", "b undelivered hello", "c undelivered hello")
                .endsWith("c offline");
        assertThat(given).hasSize(3);
        assertThat(given.get(0)).isNotSameAs(message).isNotSameAs(given.get(1));
        assertThat(given.get(1)).isNotSameAs(message);
        assertThat(given.get(2)).isSameAs(message);
        assertThat(given).allMatch(ByteBuffer::hasArray);
    }

    @Test
    void eachOfAServersHearsOfTheMassGuard() {
        Bus bus = new Bus(
                1,
                1,
                options ->
                        options.massGuardMinimum(2).listener(new OfNodes("a")).listener(new OfNodes("b")));
        List<Host> hosts = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            hosts.add(bus.newNode("n" + i));
        }
        bus.advance(Duration.ofSeconds(8));
        heard.clear();
        hosts.forEach(host -> bus.world.partition(host, bus.serverHost));
        bus.advance(Duration.ofSeconds(8));

        assertThat(heard).containsSubsequence("a HOLDING", "b HOLDING");
    }

    // ---- of a client

    @Test
    void aClientsAreCalledInTheOrderOfAdding() {
        Bus bus = bus();
        HeartbeatClient client =
                connect(bus, bus.world.newHost("client"), new OfClient("a"), new OfClient("b"), new OfClient("c"));
        client.closeAsync();
        bus.advance(SOON);

        assertThat(heard)
                .containsExactly(
                        "a registered",
                        "b registered",
                        "c registered",
                        "a disconnected UNREGISTERED",
                        "b disconnected UNREGISTERED",
                        "c disconnected UNREGISTERED",
                        "a closed",
                        "b closed",
                        "c closed");
    }

    @Test
    void whatOneOfAClientsThrowsKeepsNoOtherFromItsCall() {
        Bus bus = bus();
        HeartbeatClient client = connect(
                bus,
                bus.world.newHost("client"),
                new OfClient("a") {
                    @Override
                    void then() {
                        throw new AssertionError("a test's");
                    }
                },
                new OfClient("b"));
        client.closeAsync();
        bus.advance(SOON);

        assertThat(heard).contains("b registered", "b disconnected UNREGISTERED", "b closed");
        assertThat(client.stats().callbacks().failures()).isEqualTo(3);
    }

    @Test
    void eachOfAClientsReadsTheWholeMessageThatComesBack() {
        Bus bus = bus();
        Host host = bus.world.newHost("client");
        host.refuseConnects(true);
        List<ByteBuffer> given = new ArrayList<>();
        class Keeping extends OfClient {
            Keeping(String name) {
                super(name);
            }

            @Override
            public void onUndelivered(ByteBuffer message, Reason reason) {
                given.add(message);
                super.onUndelivered(message, reason);
            }
        }
        HeartbeatClient client = bus.client(host, "n1")
                .listener(new Keeping("a"))
                .listener(new Keeping("b"))
                .connect();
        ByteBuffer message = text("hello");
        assertThat(client.trySend(message)).isEqualTo(SendResult.ACCEPTED);
        client.closeAsync();
        bus.advance(Duration.ofSeconds(30));

        assertThat(heard).contains("a undelivered hello", "b undelivered hello");
        assertThat(given).hasSize(2);
        assertThat(given.get(0)).isNotSameAs(message);
        assertThat(given.get(1)).isSameAs(message);
    }

    /** A client looks whether anybody hears of heartbeats, since each costs a call. */
    @Test
    void heartbeatsReachTheOneThatHearsOfThem() {
        Bus bus = bus();
        ClientRecorder hearing = new ClientRecorder();
        connect(bus, bus.world.newHost("client"), new OfClient("a"), hearing, new OfClient("b"));
        bus.advance(Duration.ofSeconds(3));

        assertThat(hearing.heartbeats()).isPositive();
    }

    @Test
    void eachHearsOfAnEndInTheFormThatItKnows() {
        Bus bus = bus();
        HeartbeatClient client = connect(bus, bus.world.newHost("client"), new OfClient("a"), new ClientListener() {
            @Override
            public void onDisconnected(Disconnect disconnect) {
                heard.add("b disconnected, cause " + disconnect.cause().getMessage());
            }
        });
        client.closeAsync();
        bus.advance(SOON);

        assertThat(heard)
                .contains("a disconnected UNREGISTERED")
                .anyMatch(line -> line.startsWith("b disconnected, cause "));
    }

    // ---- the builders

    @Test
    void aBuildersLaterListenersAreNotThoseOfWhatItHasBuilt() {
        Simulation world = new Simulation(1);
        HeartbeatServer.Builder builder = HeartbeatServer.builder()
                .transport(world.newHost("server").transport())
                .port(0)
                .listener(new OfNodes("a"));
        HeartbeatServer server = builder.start();
        builder.listener(new OfNodes("b"));
        HeartbeatClient.Builder clients = HeartbeatClient.builder()
                .server(
                        server.localAddress().getHostString(),
                        server.localAddress().getPort())
                .nodeId("n1")
                .transport(world.newHost("client").transport())
                .listener(new OfClient("c"));
        clients.connect();
        clients.listener(new OfClient("d"));
        world.advance(Duration.ofSeconds(1));

        assertThat(heard).containsExactlyInAnyOrder("a online", "c registered");
    }

    @Test
    void nullIsRefusedAndAddsNothing() {
        Simulation world = new Simulation(1);
        HeartbeatServer.Builder servers = HeartbeatServer.builder()
                .transport(world.newHost("server").transport())
                .port(0)
                .listener(new OfNodes("a"));
        assertThatThrownBy(() -> servers.listener(none()))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("listener");
        HeartbeatServer server = servers.start();
        HeartbeatClient.Builder clients = HeartbeatClient.builder()
                .server(
                        server.localAddress().getHostString(),
                        server.localAddress().getPort())
                .nodeId("n1")
                .transport(world.newHost("client").transport())
                .listener(new OfClient("c"));
        assertThatThrownBy(() -> clients.listener(none()))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("listener");
        clients.connect();
        world.advance(Duration.ofSeconds(1));

        assertThat(heard).containsExactlyInAnyOrder("a online", "c registered");
    }

    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // As a careless caller gives it.
    private static <T> T none() {
        return null;
    }
}
