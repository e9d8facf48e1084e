package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.AttachedNode;
import dev.heartbeat.Channel;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.ClientState;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.NodeState;
import dev.heartbeat.SendResult;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A client that is closed at any moment registers no more, and leaves its id to the next process;
 * on virtual time.
 */
final class ClosingClientTest {
    private static final LinkSettings FAR = LinkSettings.LAN.withLatency(Duration.ofMillis(100), Duration.ofMillis(40));

    private static Bus farBus(long seed) {
        Bus bus = new Bus(seed);
        bus.world.links(FAR);
        return bus;
    }

    @Test
    void clientThatIsClosedWhileItConnectsNeverRegisters() {
        for (long seed = 0; seed < 300; seed++) {
            Bus bus = farBus(seed);
            ClientRecorder told = new ClientRecorder();
            HeartbeatClient first =
                    bus.client(bus.world.newHost("first"), "n1").listener(told).connect();
            bus.advance(Duration.ofMillis(5));
            CompletableFuture<Void> closed = first.closeAsync();
            HeartbeatClient next = bus.client(bus.world.newHost("next"), "n1").connect();
            bus.advance(Duration.ofSeconds(90));

            assertThat(closed).as("seed %s", seed).isCompleted();
            assertThat(next.state()).as("seed %s", seed).isEqualTo(ClientState.ONLINE);
            assertThat(bus.server.stats().liveness().registrations())
                    .as("seed %s", seed)
                    .isEqualTo(1);
            assertThat(told.events()).as("seed %s", seed).containsExactly("closed LOCAL");
            assertThat(bus.server.stats().connections().open())
                    .as("seed %s", seed)
                    .isEqualTo(1);
        }
    }

    /**
     * Whatever befalls the connection meanwhile: after the close has completed nothing of it
     * arrives any more.
     */
    @Test
    void clientThatIsClosedAtAnyMomentRegistersNoMoreAfterwards() {
        for (long seed = 0; seed < 400; seed++) {
            Bus bus = farBus(seed);
            RandomGenerator random = bus.world.random();
            Host host = bus.world.newHost("first");
            ClientRecorder told = new ClientRecorder();
            HeartbeatClient first = bus.client(host, "n1").listener(told).connect();
            if (random.nextInt(3) == 0) {
                bus.world.after(Duration.ofMillis(random.nextInt(600)), host::resetConnections);
            }
            if (random.nextInt(4) == 0) {
                bus.world.after(Duration.ofMillis(random.nextInt(600)), host::loseConnections);
            }
            boolean[] nextBegan = {false};
            if (random.nextInt(4) == 0) {
                bus.world.after(Duration.ofMillis(random.nextInt(600)), () -> {
                    if (!nextBegan[0]) {
                        bus.serverHost.resetConnections();
                    }
                });
            }
            bus.advance(Duration.ofMillis(random.nextInt(700)));
            CompletableFuture<Void> closed = first.closeAsync();
            bus.world.await(closed, Duration.ofSeconds(10));
            nextBegan[0] = true;
            long before = bus.told.count("ONLINE");
            HeartbeatClient next = bus.client(bus.world.newHost("next"), "n1").connect();
            bus.advance(Duration.ofSeconds(15));

            assertThat(next.state()).as("seed %s", seed).isEqualTo(ClientState.ONLINE);
            assertThat(bus.told.count("ONLINE") - before).as("seed %s", seed).isEqualTo(1);
            assertThat(bus.server.nodes().count(NodeState.ONLINE))
                    .as("seed %s", seed)
                    .isEqualTo(1);
            assertThat(told.events()).as("seed %s", seed).last().asString().startsWith("closed ");
        }
    }

    @Test
    void clientThatHasAskedToBeRegisteredWaitsForTheAnswerAndSaysGoodbye() {
        Bus bus = farBus(1);
        ClientRecorder told = new ClientRecorder();
        HeartbeatClient client =
                bus.client(bus.world.newHost("client"), "n1").listener(told).connect();
        bus.world.advanceUntil(() -> told.events().contains("connected"), Duration.ofSeconds(1));
        CompletableFuture<Void> closed = client.closeAsync();
        bus.world.await(closed, Duration.ofSeconds(1));

        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "OFFLINE(UNREGISTERED)");
        assertThat(told.events())
                .containsExactly("connected", "registered", "disconnected UNREGISTERED", "closed UNREGISTERED");
    }

    @Test
    void clientThatIsNotAnsweredWaitsNoLongerThanItsHandshakeMayTake() {
        Bus bus = farBus(2);
        ClientRecorder told = new ClientRecorder();
        HeartbeatClient client = bus.client(bus.world.newHost("client"), "n1")
                .listener(told)
                .handshakeTimeout(Duration.ofSeconds(3))
                .connect();
        bus.world.advanceUntil(() -> told.events().contains("connected"), Duration.ofSeconds(1));
        bus.serverHost.pause();
        CompletableFuture<Void> closed = client.closeAsync();
        Duration took = bus.world.advanceUntil(closed::isDone, Duration.ofSeconds(4));

        assertThat(took).isBetween(Duration.ofMillis(2900), Duration.ofMillis(3100));
    }

    @Test
    void gatewayThatIsClosedWhileItRegistersNodesLeavesNoneBehind() {
        for (long seed = 0; seed < 40; seed++) {
            Bus bus = farBus(seed);
            HeartbeatClient gateway =
                    bus.client(bus.world.newHost("gateway"), "g").connect();
            for (int i = 0; i < 600; i++) {
                gateway.attach("n" + i, Map.of(), new AttachedRecorder());
            }
            bus.advance(Duration.ofMillis(bus.world.random().nextInt(900)));
            CompletableFuture<Void> closed = gateway.closeAsync();
            bus.world.await(closed, Duration.ofSeconds(3));

            assertThat(bus.server.nodes().size()).as("seed %s", seed).isZero();
            assertThat(bus.told.events())
                    .as("seed %s", seed)
                    .noneMatch(event -> event.what().startsWith("SUSPECT"));
            long registrations = bus.server.stats().liveness().registrations();
            bus.advance(Duration.ofSeconds(30));
            assertThat(bus.server.stats().liveness().registrations())
                    .as("seed %s", seed)
                    .isEqualTo(registrations);
        }
    }

    @Test
    void nodeThatIsDetachedWhileItsRegistrationIsUnderWayLeaves() {
        Bus bus = farBus(3);
        HeartbeatClient gateway = bus.client(bus.world.newHost("gateway"), "g").connect();
        bus.world.advanceUntil(gateway.registered()::isDone, Duration.ofSeconds(2));
        AttachedRecorder told = new AttachedRecorder();
        var node = gateway.attach("n1", Map.of(), told);
        bus.advance(Duration.ofMillis(20));
        CompletableFuture<Void> detached = node.detachAsync();
        bus.world.await(detached, Duration.ofSeconds(2));
        bus.advance(Duration.ofSeconds(1));

        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "OFFLINE(UNREGISTERED)");
    }

    @Test
    void clientThatRegistersWhileTheServerClosesIsNotKept() {
        for (long seed = 0; seed < 100; seed++) {
            Bus bus = farBus(seed);
            Host hosts = bus.world.newHost("clients");
            for (int i = 0; i < 30; i++) {
                bus.client(hosts, "n" + i).connect();
            }
            boolean drains = bus.world.random().nextBoolean();
            bus.advance(Duration.ofMillis(200 + bus.world.random().nextInt(300)));
            CompletableFuture<Void> closed =
                    drains ? bus.server.shutdownAsync(Duration.ofSeconds(5)) : bus.server.closeAsync();
            bus.world.await(closed, Duration.ofSeconds(8));
            bus.advance(Duration.ofSeconds(5));

            assertThat(bus.server.nodes().size()).as("seed %s", seed).isZero();
            assertThat(bus.server.stats().connections().open())
                    .as("seed %s", seed)
                    .isZero();
            assertThat(bus.told.count("ONLINE")).as("seed %s", seed).isEqualTo(bus.told.count("OFFLINE(SHUTDOWN)"));
        }
    }

    /** Messages that came back are lost to an application that is closed before it hears of them. */
    @ParameterizedTest
    @EnumSource(names = {"PUSH", "PULL"})
    void channelsHaveHeardOfTheirEndWhenTheirClientOrServerIsClosed(ChannelOptions.Delivery delivery) {
        ChannelOptions options = ChannelOptions.builder().delivery(delivery).build();
        ChannelRecorder ofServer = new ChannelRecorder();
        Bus bus = new Bus(7, 1, builder -> builder.otherChannels(options, ofServer));
        Host host = bus.world.newHost("client");
        ChannelRecorder ofClient = new ChannelRecorder();
        HeartbeatClient client = bus.client(host, "n1")
                .drainTimeout(Duration.ofSeconds(1))
                .otherChannels(options, ofClient)
                .connect();
        AttachedNode node = client.attach("n2", Map.of(), new AttachedRecorder());
        bus.advance(Duration.ofSeconds(1));
        Channel own = client.openChannel("c", options, ofClient);
        Channel attached = node.openChannel("c", options, ofClient);
        Channel fromServer = bus.server.openChannel("n1", "c", options, ofServer);
        bus.advance(Duration.ofMillis(500));
        bus.world.isolate(host);
        for (Channel each : List.of(own, attached, fromServer)) {
            for (int i = 0; i < 300; i++) {
                assertThat(each.trySend(ByteBuffer.allocate(1000))).isEqualTo(SendResult.ACCEPTED);
            }
        }
        bus.advance(Duration.ofMillis(500));
        host.delayCallbacks(Duration.ofMillis(200));
        bus.serverHost.delayCallbacks(Duration.ofMillis(200));

        bus.world.await(client.closeAsync(), Duration.ofSeconds(15));
        heardOfTheirEnd(ofClient, client.stats().messages().undeliveredTotal());
        bus.world.await(bus.server.closeAsync(), Duration.ofSeconds(15));
        heardOfTheirEnd(ofServer, bus.server.stats().messages().undeliveredTotal());
    }

    private static void heardOfTheirEnd(ChannelRecorder told, long undelivered) {
        assertThat(told.events)
                .filteredOn(event -> event.startsWith("undelivered "))
                .hasSize((int) undelivered)
                .isNotEmpty();
        assertThat(told.events).filteredOn(event -> event.startsWith("closed ")).hasSize(3);
    }

    @Test
    void clientWhoseCallbacksDoNotReturnIsClosedWithoutThem() {
        Bus bus = new Bus(5);
        Host host = bus.world.newHost("client");
        HeartbeatClient client = bus.client(host, "n1").connect();
        var node = client.attach("n2", Map.of(), new AttachedRecorder());
        bus.advance(Duration.ofSeconds(1));
        host.delayCallbacks(Duration.ofHours(1));
        CompletableFuture<Void> closed = client.closeAsync();
        Duration took = bus.world.advanceUntil(closed::isDone, Duration.ofSeconds(12));

        assertThat(took).isBetween(Duration.ofMillis(9900), Duration.ofMillis(10_200));
        assertThat(node.detachAsync()).isCompleted();
        assertThat(bus.told.of("n1")).endsWith("OFFLINE(UNREGISTERED)");
    }

    @Test
    void serverWhoseCallbacksDoNotReturnIsClosedWithoutThem() {
        for (boolean drains : new boolean[] {false, true}) {
            Bus bus = new Bus(6);
            bus.client(bus.world.newHost("client"), "n1").connect();
            bus.advance(Duration.ofSeconds(1));
            bus.serverHost.delayCallbacks(Duration.ofHours(1));
            CompletableFuture<Void> closed =
                    drains ? bus.server.shutdownAsync(Duration.ofSeconds(1)) : bus.server.closeAsync();
            Duration took = bus.world.advanceUntil(closed::isDone, Duration.ofSeconds(12));

            assertThat(took).isBetween(Duration.ofMillis(9900), Duration.ofMillis(10_200));
        }
    }
}
