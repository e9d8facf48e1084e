package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.ClientState;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.NodeState;
import dev.heartbeat.TakeoverPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two processes, or two connections of one, that claim the same node id; on one event loop and
 * across two.
 */
@Tag("M21")
@Tag("M22")
final class TakeoverTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void newerProcessWinsAndTheOlderStaysAway(int loops) {
        Bus bus = new Bus(21, loops, options -> options);
        ClientRecorder firstTold = new ClientRecorder();
        Host firstHost = bus.world.newHost("client");
        HeartbeatClient first = bus.client(firstHost, "n1").listener(firstTold).connect();
        bus.advance(Duration.ofSeconds(2));
        long firstEpoch = bus.server.nodes().find("n1").orElseThrow().epoch();

        HeartbeatClient second = bus.client(bus.world.newHost("client"), "n1").connect();
        bus.advance(Duration.ofMinutes(5));

        assertThat(first.state()).isEqualTo(ClientState.CLOSED);
        assertThat(second.state()).isEqualTo(ClientState.ONLINE);
        assertThat(firstTold.events()).endsWith("disconnected REPLACED", "closed REPLACED");
        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "OFFLINE(REPLACED)", "ONLINE");
        assertThat(bus.server.nodes().find("n1").orElseThrow().epoch()).isGreaterThan(firstEpoch);
        assertThat(bus.server.nodes().count(NodeState.ONLINE)).isEqualTo(1);
        assertThat(bus.server.nodes().count(NodeState.OFFLINE)).isZero();
        assertThat(bus.server.stats().connections().open()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void lateEndOfTheReplacedConnectionTouchesNothing(int loops) {
        Bus bus = new Bus(22, loops, options -> options);
        Host firstHost = bus.newNode("n1");
        bus.world.isolate(firstHost);
        bus.newNode("n1");
        bus.advance(Duration.ofSeconds(1));
        firstHost.crash();
        bus.world.rejoin(firstHost);
        bus.advance(Duration.ofMinutes(1));

        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "OFFLINE(REPLACED)", "ONLINE");
        assertThat(bus.server.nodes().count(NodeState.ONLINE)).isEqualTo(1);
    }

    @Test
    void processThatWasReplacedWithoutHearingOfItDoesNotPushTheNewerOut() {
        Bus bus = new Bus(23);
        ClientRecorder oldTold = new ClientRecorder();
        Host oldHost = bus.world.newHost("client");
        bus.client(oldHost, "n1").listener(oldTold).connect();
        bus.advance(Duration.ofSeconds(2));
        bus.world.isolate(oldHost);
        HeartbeatClient newer = bus.client(bus.world.newHost("client"), "n1").connect();
        bus.advance(Duration.ofSeconds(30));
        bus.world.rejoin(oldHost);
        bus.advance(Duration.ofMinutes(3));

        assertThat(newer.state()).isEqualTo(ClientState.ONLINE);
        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "OFFLINE(REPLACED)", "ONLINE");
        assertThat(oldTold.events()).endsWith("closed REPLACED");
    }

    @Test
    void olderProcessWinsWhereThatIsThePolicy() {
        Bus bus = new Bus(24, 2, options -> options.takeoverPolicy(TakeoverPolicy.REFUSE));
        Host older = bus.newNode("n1");
        ClientRecorder newerTold = new ClientRecorder();
        HeartbeatClient newer = bus.client(bus.world.newHost("client"), "n1")
                .listener(newerTold)
                .connect();
        bus.advance(Duration.ofSeconds(20));

        assertThat(bus.told.of("n1")).containsExactly("ONLINE");
        assertThat(newer.state()).isNotEqualTo(ClientState.ONLINE);
        assertThat(newerTold.events()).anyMatch(event -> event.contains("NODE_ID_IN_USE"));

        older.crash();
        bus.advance(Duration.ofMinutes(3));
        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "SUSPECT(LOST)", "OFFLINE(CLOSED)", "ONLINE");
        assertThat(newer.state()).isEqualTo(ClientState.ONLINE);
    }

    @ParameterizedTest
    @ValueSource(longs = {31, 32, 33, 34, 35, 36, 37, 38})
    void abandonedAttemptsThatAreReadLateDoNotWin(long seed) {
        // While the server is stopped, the client opens one connection after the other; all of them
        // are read at once when it goes on.
        Bus bus = new Bus(seed, 2, options -> options);
        Host host = bus.world.newHost("client");
        HeartbeatClient client = bus.client(host, "n1")
                .handshakeTimeout(Duration.ofMillis(300))
                .reconnectBase(Duration.ofMillis(10))
                .reconnectCap(Duration.ofMillis(10))
                .connect();
        bus.advance(Duration.ofSeconds(2));
        bus.serverHost.pause();
        bus.advance(Duration.ofSeconds(10));
        bus.serverHost.resume();
        bus.advance(Duration.ofSeconds(30));

        assertThat(client.state()).isEqualTo(ClientState.ONLINE);
        assertThat(bus.told.count("OFFLINE")).isZero();
        assertThat(bus.server.stats().connections().open()).isEqualTo(1);
        assertThat(bus.told.of("n1")).endsWith("ONLINE");
        assertThat(bus.server.nodes().count(NodeState.ONLINE)).isEqualTo(1);
        assertThat(bus.server.nodes().count(NodeState.SUSPECT)).isZero();
    }

    /**
     * The wall clock of the server steps before it starts, and again while a process is away that
     * was replaced meanwhile.
     */
    @ParameterizedTest
    @CsvSource({"400, -400", "-400, 400", "400, 0", "0, -400", "0, 400", "30, -60", "-1, -1"})
    @Tag("M23")
    void replacedProcessStaysAwayHoweverTheWallClockSteps(int before, int after) {
        Simulation world = new Simulation(31);
        Host serverHost = world.newHost("server", 2);
        serverHost.stepWallClock(Duration.ofDays(before));
        Recorder told = new Recorder(world);
        HeartbeatServer server = HeartbeatServer.builder()
                .port(0)
                .heartbeatInterval(Bus.INTERVAL)
                .suspectAfter(Bus.SUSPECT)
                .heartbeatTimeout(Bus.TIMEOUT)
                .listener(told)
                .transport(serverHost.transport())
                .start();
        List<Host> hosts = new ArrayList<>();
        List<ClientRecorder> clientsTold = new ArrayList<>();
        List<HeartbeatClient> clients = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            hosts.add(world.newHost("client"));
            clientsTold.add(new ClientRecorder());
            clients.add(connect(hosts.get(i), serverHost, server, "n" + i, clientsTold.get(i)));
        }
        world.advance(Duration.ofSeconds(1));
        serverHost.stepWallClock(Duration.ofDays(after));
        // One half loses its connections, and the other is replaced while it cannot hear of it.
        hosts.forEach(world::isolate);
        List<HeartbeatClient> successors = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Host host = world.newHost("successor");
            successors.add(connect(host, serverHost, server, "n" + i, new ClientRecorder()));
        }
        world.advance(Duration.ofSeconds(20));
        hosts.forEach(world::rejoin);
        world.advance(Duration.ofMinutes(2));

        assertThat(server.stats().connections().errorsSent()).doesNotContainKey("EPOCH_REFUSED");
        assertThat(successors).allMatch(client -> client.state() == ClientState.ONLINE);
        for (int i = 0; i < 20; i++) {
            assertThat(clients.get(i).state()).isEqualTo(i < 10 ? ClientState.CLOSED : ClientState.ONLINE);
            if (i < 10) {
                assertThat(clientsTold.get(i).events()).endsWith("closed REPLACED");
            }
        }
    }

    private static HeartbeatClient connect(
            Host host, Host serverHost, HeartbeatServer server, String id, ClientRecorder told) {
        return HeartbeatClient.builder()
                .server(serverHost.address(), server.localAddress().getPort())
                .nodeId(id)
                .transport(host.transport())
                .listener(told)
                .connect();
    }

    @Test
    void anEpochOfZeroSaysNothing() {
        Bus bus = new Bus(25);
        bus.newNode("n1");
        ScriptedPeer other = ScriptedPeer.client(bus.world.newHost("other").transport(), bus.server.localAddress());
        // TLV 0x04 of 0, by another incarnation.
        other.connect()
                .raw("ab0206000000000000000 02a 0123456789abcdef 00000001 0000000000010000 0000000000010000 02 6e31"
                        + " 040008 0000000000000000")
                .expectRegistered();
        other.play();
        bus.advance(Duration.ofSeconds(1));
        other.verify();
        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "OFFLINE(REPLACED)", "ONLINE");
    }
}
