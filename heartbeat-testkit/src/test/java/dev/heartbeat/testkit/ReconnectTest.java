package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.ClientListener;
import dev.heartbeat.ClientState;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.NodeState;
import dev.heartbeat.spi.TransportOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A client judges its server, and reconnects; on virtual time. */
final class ReconnectTest {
    private static final Duration BASE = Duration.ofMillis(500);
    private static final Duration CAP = Duration.ofSeconds(8);

    private final Bus bus = new Bus(11);
    private final Host host = bus.world.newHost("client");
    private final ClientRecorder told = new ClientRecorder();

    private HeartbeatClient connect() {
        HeartbeatClient client = bus.client(host, "n1")
                .listener(told)
                .reconnectBase(BASE)
                .reconnectCap(CAP)
                .connect();
        bus.world.advanceUntil(client.registered()::isDone, Duration.ofSeconds(1));
        return client;
    }

    @Test
    @Tag("M27")
    void firstBeatComesAtARandomPhaseAndThenAtAFixedRate() {
        Bus many = new Bus(12);
        int clients = 200;
        Host shared = many.world.newHost("client");
        for (int i = 0; i < clients; i++) {
            many.client(shared, "n" + i).connect();
        }
        many.advance(Duration.ofMillis(100));
        List<Long> perTenth = new ArrayList<>();
        for (int tenth = 0; tenth < 10; tenth++) {
            long before = many.server.stats().liveness().heartbeats();
            many.advance(Duration.ofMillis(100));
            perTenth.add(many.server.stats().liveness().heartbeats() - before);
        }

        assertThat(perTenth).as("beats in each tenth of an interval").allMatch(count -> count > 5 && count < 40);
        many.advance(Duration.ofMinutes(10).minus(Duration.ofMillis(1100)));
        assertThat(many.server.stats().liveness().heartbeats()).isBetween(599L * clients, 601L * clients);
    }

    @Test
    @Tag("M30")
    void frozenServerIsNoticedWithinTheTimeout() {
        HeartbeatClient client = connect();
        bus.advance(Duration.ofSeconds(5));
        told.clear();
        bus.serverHost.pause();
        Duration noticed = bus.world.advanceUntil(() -> client.state() == ClientState.SUSPECT, Duration.ofSeconds(4));
        assertThat(noticed).isLessThan(Bus.SUSPECT.plus(Bus.TOLERANCE));
        Duration givenUp = noticed.plus(
                bus.world.advanceUntil(() -> client.state() == ClientState.WAITING, Duration.ofSeconds(4)));

        assertThat(givenUp).isLessThan(Bus.TIMEOUT.plus(Bus.TOLERANCE));
        bus.advance(Duration.ofMillis(1));
        assertThat(told.events()).containsExactly("suspect", "disconnected TIMEOUT");
    }

    @Test
    @Tag("M30")
    void silentlyVanishedServerIsNoticedToo() {
        HeartbeatClient client = connect();
        bus.world.isolate(bus.serverHost);
        bus.world.advanceUntil(() -> client.state() == ClientState.WAITING, Bus.TIMEOUT.plus(Bus.TOLERANCE));
        bus.advance(Duration.ofMinutes(1));
        assertThat(told.events()).contains("disconnected CONNECT_FAILED");

        bus.world.rejoin(bus.serverHost);
        bus.world.advanceUntil(() -> client.state() == ClientState.ONLINE, CAP.plusSeconds(6));
    }

    @Test
    void clientComesBackWhenTheFrozenServerGoesOn() {
        HeartbeatClient client = connect();
        bus.serverHost.pause();
        bus.advance(Duration.ofSeconds(20));
        bus.serverHost.resume();
        bus.world.advanceUntil(() -> client.state() == ClientState.ONLINE, CAP.plusSeconds(1));
        bus.advance(Duration.ofMinutes(1));

        assertThat(bus.told.count("OFFLINE")).isZero();
        assertThat(bus.server.nodes().count(NodeState.ONLINE)).isEqualTo(1);
        assertThat(client.state()).isEqualTo(ClientState.ONLINE);
    }

    @Test
    @Tag("M25")
    void everyAttemptIsGreaterAndShowsTheLastEpoch() {
        connect();
        for (int i = 0; i < 20; i++) {
            bus.advance(Duration.ofSeconds(2));
            host.resetConnections();
        }
        bus.advance(Duration.ofSeconds(10));

        assertThat(told.registrations().size()).isGreaterThan(10);
        assertThat(told.registrations())
                .extracting(ClientListener.Registered::epoch)
                .isSorted()
                .doesNotHaveDuplicates();
        assertThat(bus.told.count("OFFLINE")).isZero();
        assertThat(bus.told.events().stream().filter(event -> event.what().equals("ONLINE")))
                .extracting(event -> event.epoch())
                .isSorted()
                .doesNotHaveDuplicates();
    }

    @Test
    @Tag("M34")
    void waitsAreBoundedByTheDoublingBackoff() {
        connect();
        bus.serverHost.crash();
        bus.advance(Duration.ofMinutes(10));

        Duration bound = BASE;
        for (Duration wait : told.waits()) {
            assertThat(wait).isBetween(Duration.ZERO, bound);
            bound = bound.multipliedBy(2).compareTo(CAP) > 0 ? CAP : bound.multipliedBy(2);
        }
        // On average half the cap, and never more often than the backoff allows.
        assertThat(told.waits().size()).isBetween(100, 250);
        assertThat(host.connects()).isLessThanOrEqualTo(told.waits().size() + 1);
    }

    @Test
    @Tag("M34")
    void waitsAreShortWhileTheServerStillWaitsForTheNode() {
        Bus patient = new Bus(13, 1, options -> options.grace(Duration.ofSeconds(30)));
        ClientRecorder impatient = new ClientRecorder();
        Host node = patient.world.newHost("client");
        HeartbeatClient client = patient.client(node, "n1")
                .listener(impatient)
                .reconnectBase(Duration.ofSeconds(60))
                .reconnectCap(Duration.ofSeconds(60))
                .connect();
        patient.world.advanceUntil(client.registered()::isDone, Duration.ofSeconds(1));
        for (int i = 0; i < 50; i++) {
            node.resetConnections();
            patient.advance(Duration.ofSeconds(11));
        }

        assertThat(impatient.waits()).isNotEmpty().allMatch(wait -> wait.compareTo(Duration.ofSeconds(10)) <= 0);
        assertThat(patient.told.count("OFFLINE")).isZero();
    }

    @Test
    @Tag("M34")
    void attemptsWithinTheGraceDoNotLengthenLaterWaits() {
        int clients = 100;
        for (int i = 0; i < clients; i++) {
            bus.client(host, "n" + i).connect();
        }
        bus.advance(Duration.ofSeconds(2));
        bus.serverHost.refuseConnects(true);
        bus.serverHost.resetConnections();
        bus.advance(Bus.TIMEOUT.multipliedBy(2));
        bus.serverHost.refuseConnects(false);

        // Since the grace is over, for three seconds, the waits have been doubling from where it
        // had held them: a second.
        Duration back = bus.world.advanceUntil(
                () -> bus.server.nodes().count(NodeState.ONLINE) == clients, Duration.ofMinutes(2));
        assertThat(back).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    @Tag("M34")
    void serverThatAcceptsAndDropsIsNotHammered() {
        connect();
        told.clear();
        for (int i = 0; i < 4000; i++) {
            bus.advance(Duration.ofMillis(100));
            bus.serverHost.resetConnections();
        }

        // 400 seconds; the grace of 3 s bounds each wait to 1 s, so that is the pace, and not one
        // attempt after the other.
        assertThat(host.connects()).isLessThan(1000);
    }

    @Test
    @Tag("M53")
    void drainingServerSendsItsNodesAwayAndTheyComeBackWhenItSaid() {
        HeartbeatClient client = connect();
        bus.advance(Duration.ofSeconds(2));
        told.clear();
        var shutdown = bus.server.shutdownAsync(Duration.ofSeconds(10));
        bus.advance(Duration.ofSeconds(1));

        assertThat(shutdown).isCompleted();
        assertThat(told.events()).startsWith("disconnected GO_AWAY");
        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "OFFLINE(SHUTDOWN)");
        assertThat(client.state()).isNotEqualTo(ClientState.CLOSED);
    }

    @Test
    @Tag("M53")
    void kickedClientStaysAway() {
        HeartbeatClient client = connect();
        assertThat(bus.server.kick("n1", "misbehaved")).isTrue();
        assertThat(bus.server.kick("n1", "misbehaved")).isFalse();
        bus.advance(Duration.ofMinutes(5));

        assertThat(client.state()).isEqualTo(ClientState.CLOSED);
        assertThat(told.events()).endsWith("disconnected KICKED", "closed KICKED");
        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "OFFLINE(KICKED)");
        assertThat(host.connects()).isEqualTo(1);
    }

    @Test
    void closingWhileConnectingEndsInClosed() {
        bus.world.isolate(bus.serverHost);
        HeartbeatClient client = bus.client(host, "n1").listener(told).connect();
        bus.advance(Duration.ofSeconds(2));
        var closed = client.closeAsync();
        bus.advance(Duration.ofSeconds(1));

        assertThat(closed).isCompleted();
        assertThat(client.registered()).isCompletedExceptionally();
        assertThat(client.closeAsync()).isCompleted();
        bus.advance(Duration.ofMinutes(1));
        assertThat(told.events()).containsExactly("closed LOCAL");
    }

    @Test
    void withoutAutoReconnectOneLossIsTheEnd() {
        HeartbeatClient client =
                bus.client(host, "n1").listener(told).autoReconnect(false).connect();
        bus.advance(Duration.ofSeconds(1));
        host.resetConnections();
        bus.advance(Duration.ofMinutes(1));

        assertThat(client.state()).isEqualTo(ClientState.CLOSED);
        assertThat(host.connects()).isEqualTo(1);
    }

    @Test
    void aFleetThatComesAtOnceIsAcceptedAtTheServersPace() {
        Simulation world = new Simulation(3);
        Host paced = world.newHost(
                "server", TransportOptions.builder().acceptsPerSecond(100).build());
        HeartbeatServer server =
                HeartbeatServer.builder().port(0).transport(paced.transport()).start();
        Host clients = world.newHost("clients");
        for (int i = 0; i < 300; i++) {
            HeartbeatClient.builder()
                    .server(paced.address(), server.localAddress().getPort())
                    .nodeId("n" + i)
                    .transport(clients.transport())
                    .connect();
        }

        world.advance(Duration.ofSeconds(1));
        assertThat(server.nodes().size()).isBetween(100L, 115L);
        world.advance(Duration.ofSeconds(2));
        assertThat(server.nodes().size()).isEqualTo(300);
        assertThat(server.stats().liveness().registrations()).isEqualTo(300);
    }
}
