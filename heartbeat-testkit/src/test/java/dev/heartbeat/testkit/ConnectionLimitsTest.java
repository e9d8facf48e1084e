package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.heartbeat.ClientState;
import dev.heartbeat.ConnectionRefusal;
import dev.heartbeat.ConnectionStats;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.Networks;
import dev.heartbeat.ServerOptions;
import dev.heartbeat.spi.TransportOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** A server closes connections at once that come from where, or more often than, they may. */
final class ConnectionLimitsTest {
    private static final Duration SOON = Duration.ofMillis(500);
    private static final Duration RETRY = Duration.ofMillis(50);

    private int seed = 101;

    private Bus bus(UnaryOperator<HeartbeatServer.Builder> options) {
        return new Bus(seed++, 2, options);
    }

    private static HeartbeatClient connect(Bus bus, Host host, String id) {
        HeartbeatClient client =
                bus.client(host, id).reconnectBase(RETRY).reconnectCap(RETRY).connect();
        bus.advance(SOON);
        return client;
    }

    /** Connections that say nothing, opened one after the other. */
    private static List<ScriptedPeer> strangers(Bus bus, Host host, int count) {
        List<ScriptedPeer> peers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ScriptedPeer peer = ScriptedPeer.client(host.transport(), bus.server.localAddress());
            peer.connect().expectReset();
            peer.play();
            peers.add(peer);
            bus.advance(Duration.ofMillis(1));
        }
        return peers;
    }

    private static ConnectionStats connections(Bus bus) {
        return bus.server.stats().connections();
    }

    private static void change(Bus bus, UnaryOperator<ServerOptions.Builder> to) {
        bus.server.reconfigure(to.apply(bus.server.options().toBuilder()).build());
    }

    // ---- lists

    @Test
    void onlyThoseOnTheListMayConnect() {
        Bus bus = bus(options -> options.allowFrom(Networks.of("192.0.2.0/24")));
        Host host = bus.world.newHost("client");
        HeartbeatClient client = connect(bus, host, "n1");
        assertThat(client.state()).isNotEqualTo(ClientState.ONLINE);
        assertThat(connections(bus).accepted()).isZero();
        assertThat(connections(bus).refusals()).containsOnlyKeys(ConnectionRefusal.ADDRESS_DENIED);
        assertThat(connections(bus).refused()).isGreaterThan(1);

        change(bus, options -> options.allowFrom(Networks.of("192.0.2.0/24", host.address())));
        bus.advance(SOON);
        assertThat(client.state()).isEqualTo(ClientState.ONLINE);
    }

    @Test
    void deniedAddressMayNotConnectThoughItIsAllowed() {
        Bus bus = bus(options -> options);
        Host denied = bus.world.newHost("denied");
        Host other = bus.world.newHost("other");
        HeartbeatClient before = connect(bus, denied, "n1");
        change(bus, options -> options.allowFrom(Networks.of("0.0.0.0/0")).denyFrom(Networks.of(denied.address())));

        assertThat(connect(bus, other, "n2").state()).isEqualTo(ClientState.ONLINE);
        assertThat(connect(bus, denied, "n3").state()).isNotEqualTo(ClientState.ONLINE);
        // The connection that was open stays.
        bus.advance(Duration.ofMinutes(1));
        assertThat(before.state()).isEqualTo(ClientState.ONLINE);
        assertThat(bus.told.of("n1")).containsExactly("ONLINE");
    }

    // ---- numbers

    @Test
    void addressHasSoManyConnectionsAndGetsThemBack() {
        Bus bus = bus(options -> options.maxConnectionsPerAddress(2));
        Host host = bus.world.newHost("client");
        HeartbeatClient first = connect(bus, host, "n1");
        connect(bus, host, "n2");
        HeartbeatClient third = connect(bus, host, "n3");
        assertThat(third.state()).isNotEqualTo(ClientState.ONLINE);
        assertThat(connections(bus).refusals()).containsOnlyKeys(ConnectionRefusal.ADDRESS_CONNECTIONS);
        assertThat(connect(bus, bus.world.newHost("other"), "n4").state()).isEqualTo(ClientState.ONLINE);

        first.closeAsync();
        bus.advance(Duration.ofSeconds(3));
        assertThat(third.state()).isEqualTo(ClientState.ONLINE);
        assertThat(connections(bus).open()).isEqualTo(3);
    }

    /** Whatever way a connection ends, its place is free again. */
    @Test
    void placesAreFreeAgainWhateverBecomesOfConnections() {
        Bus bus = bus(options -> options.maxConnectionsPerAddress(3).handshakeTimeout(Duration.ofSeconds(1)));
        Host host = bus.world.newHost("client");
        for (int round = 0; round < 4; round++) {
            bus.serverHost.failSetUps(round == 1);
            strangers(bus, host, 3);
            bus.advance(round == 0 ? Duration.ofSeconds(5) : SOON); // Once, until the deadline.
            host.resetConnections();
            bus.advance(Duration.ofSeconds(5));
            assertThat(connections(bus).open()).isZero();
            assertThat(connections(bus).unregistered()).isZero();
        }
        assertThat(connections(bus).refused()).isZero();
        assertThat(connect(bus, host, "n1").state()).isEqualTo(ClientState.ONLINE);
        assertThat(connections(bus).unregistered()).isZero();
    }

    @Test
    void limitThatComesLaterCountsWhatComesThen() {
        Bus bus = bus(options -> options);
        Host host = bus.world.newHost("client");
        HeartbeatClient first = connect(bus, host, "n1");
        change(bus, options -> options.maxConnectionsPerAddress(1));
        HeartbeatClient second = connect(bus, host, "n2");
        HeartbeatClient third = connect(bus, host, "n3");
        assertThat(second.state()).isEqualTo(ClientState.ONLINE);
        assertThat(third.state()).isNotEqualTo(ClientState.ONLINE);
        first.closeAsync();
        bus.advance(Duration.ofSeconds(3));
        assertThat(third.state()).isNotEqualTo(ClientState.ONLINE);
        change(bus, options -> options.maxConnectionsPerAddress(0));
        bus.advance(SOON);
        assertThat(third.state()).isEqualTo(ClientState.ONLINE);
    }

    @Test
    void soManyMayBeWithoutNode() {
        Bus bus = bus(options -> options.maxUnregistered(2).handshakeTimeout(Duration.ofSeconds(5)));
        HeartbeatClient before = connect(bus, bus.world.newHost("client"), "n0");
        strangers(bus, bus.world.newHost("stranger"), 2);
        assertThat(connections(bus).unregistered()).isEqualTo(2);
        HeartbeatClient client = connect(bus, bus.world.newHost("client"), "n1");
        assertThat(client.state()).isNotEqualTo(ClientState.ONLINE);
        assertThat(connections(bus).refusals()).containsOnlyKeys(ConnectionRefusal.UNREGISTERED);
        bus.advance(Duration.ofSeconds(5));
        assertThat(client.state()).isEqualTo(ClientState.ONLINE);
        assertThat(before.state()).isEqualTo(ClientState.ONLINE);
    }

    @Test
    void totalOfConnectionsChangesWhileItRuns() {
        Bus bus = bus(options -> options.maxConnections(1));
        connect(bus, bus.world.newHost("client"), "n1");
        HeartbeatClient second = connect(bus, bus.world.newHost("client"), "n2");
        assertThat(second.state()).isNotEqualTo(ClientState.ONLINE);
        assertThat(connections(bus).refusals()).containsOnlyKeys(ConnectionRefusal.CONNECTIONS);
        change(bus, options -> options.maxConnections(2));
        bus.advance(SOON);
        assertThat(second.state()).isEqualTo(ClientState.ONLINE);
    }

    // ---- rates

    @Test
    void floodOfOneAddressTakesNothingFromOthers() {
        Bus bus = bus(options -> options.attemptsPerSecondPerAddress(1));
        Host flooder = bus.world.newHost("flooder");
        HeartbeatClient node = connect(bus, bus.world.newHost("client"), "n1");
        strangers(bus, flooder, 100);
        assertThat(connections(bus).refusals()).isEqualTo(Map.of(ConnectionRefusal.ADDRESS_ATTEMPTS, 90L));
        assertThat(connect(bus, bus.world.newHost("client"), "n2").state()).isEqualTo(ClientState.ONLINE);
        assertThat(node.state()).isEqualTo(ClientState.ONLINE);

        // Its bucket fills again.
        bus.advance(Duration.ofSeconds(10));
        strangers(bus, flooder, 20);
        assertThat(connections(bus).refused()).isBetween(99L, 100L);
    }

    @Test
    void attemptsOfAllAreBounded() {
        Bus bus = bus(options -> options.attemptsPerSecond(10));
        for (int i = 0; i < 30; i++) {
            strangers(bus, bus.world.newHost("stranger"), 1);
        }
        assertThat(connections(bus).refusals()).isEqualTo(Map.of(ConnectionRefusal.ATTEMPTS, 20L));
    }

    /** A listener accepts at a pace, which those that are refused do not use up. */
    @Test
    void refusedConnectionsKeepNobodyWaiting() {
        Simulation world = new Simulation(131);
        Host flooder = world.newHost("flooder");
        TransportOptions paced =
                TransportOptions.builder().eventLoops(1).acceptsPerSecond(10).build();
        HeartbeatServer server = HeartbeatServer.builder()
                .port(0)
                .denyFrom(Networks.of(flooder.address()))
                .transport(world.newHost("server", paced).transport())
                .start();
        for (int i = 0; i < 50; i++) {
            ScriptedPeer peer = ScriptedPeer.client(flooder.transport(), server.localAddress());
            peer.connect().expectReset().play();
        }
        HeartbeatClient client = HeartbeatClient.builder()
                .server(
                        server.localAddress().getHostString(),
                        server.localAddress().getPort())
                .nodeId("n1")
                .transport(world.newHost("client").transport())
                .connect();
        world.advance(SOON);
        assertThat(client.state()).isEqualTo(ClientState.ONLINE);
        assertThat(server.stats().connections().refused()).isEqualTo(50);
    }

    // ---- arguments

    @Test
    void whatCannotChangeIsRefusedByNameAndNothingChanges() {
        Bus bus = bus(options -> options.maxConnections(7));
        ServerOptions before = bus.server.options();
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> change(bus, options -> options.maxConnections(8).ackEvery(3)))
                .withMessage("ackEvery is 3, allowed is 1 while the server runs");
        assertThat(bus.server.options()).isEqualTo(before);
        change(bus, options -> options.maxConnections(8));
        assertThat(bus.server.options().maxConnections()).isEqualTo(8);
    }

    @Test
    void serverThatIsNotStartedTakesNoOtherOptions() {
        HeartbeatServer server = HeartbeatServer.builder().build();
        assertThatIllegalStateException().isThrownBy(() -> server.reconfigure(ServerOptions.defaults()));
    }
}
