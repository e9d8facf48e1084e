package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.ClientState;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.NodeState;
import dev.heartbeat.ServerOptions;
import dev.heartbeat.internal.frame.Register;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Registrations of strangers are bounded, by number and by bytes. Nodes that were there before do
 * not suffer.
 */
@Tag("M80")
final class CapacityTest {
    private static final long BUDGET = 1 << 20;
    /** Remains of lost connections are counted, and no node is refused for them. */
    private static final long LOST_CONNECTIONS = 30_000;

    private static final int HONEST = 20;
    private static final Map<String, String> LARGE = Map.of("k", "x".repeat(4000));

    private final List<Host> honest = new ArrayList<>();

    private Bus bus(int maxNodes) {
        Bus bus = new Bus(
                71,
                2,
                options -> options.maxNodes(maxNodes)
                        .registrationBudgetBytes(BUDGET)
                        .maxNodesPerConnection(1000));
        for (int i = 0; i < HONEST; i++) {
            honest.add(bus.newNode("honest" + i));
        }
        return bus;
    }

    private static String register(int handle, String id, Map<String, String> metadata) {
        Register register = new Register(7, 1, 1 << 16, 1 << 16, id, metadata, 0, null, 0);
        return HexFormat.of().formatHex(FrameSheet.bytesOf(encoder -> encoder.register(handle, register)));
    }

    private static ScriptedPeer stranger(Bus bus) {
        ScriptedPeer peer = ScriptedPeer.client(bus.world.newHost("stranger").transport(), bus.server.localAddress());
        peer.ignore("ERROR").ignore("REGISTERED").ignore("PING").ignore("HEARTBEAT_RES");
        return peer;
    }

    /**
     * One connection after the other registers 300 nodes with 4,000 bytes of metadata each, and is
     * reset.
     */
    private static void attack(Bus bus, int connections) {
        for (int i = 0; i < connections; i++) {
            ScriptedPeer peer = stranger(bus);
            peer.connect().raw(register(0, "gateway" + i, LARGE));
            for (int first = 1; first <= 300; first += 100) {
                StringBuilder some = new StringBuilder();
                for (int handle = first; handle < first + 100; handle++) {
                    some.append(register(handle, "n" + i + "-" + handle, LARGE));
                }
                peer.raw(some.toString());
            }
            peer.play();
            bus.advance(Duration.ofMillis(100));
            peer.close();
            bus.advance(Duration.ofMillis(20));
            assertThat(bus.server.stats().liveness().registrationBytes())
                    .isLessThanOrEqualTo(BUDGET + LOST_CONNECTIONS);
        }
    }

    private void honestStayed(Bus bus) {
        for (int i = 0; i < HONEST; i++) {
            assertThat(bus.told.of("honest" + i)).containsExactly("ONLINE");
        }
    }

    @Test
    void bytesAreAQuarterOfTheHeapByDefault() {
        assertThat(ServerOptions.defaults().registrationBudgetBytes())
                .isEqualTo(Runtime.getRuntime().maxMemory() / 4);
    }

    @Test
    void nodesInGraceAreBounded() {
        Bus bus = bus(10_000);
        attack(bus, 10);
        assertThat(bus.server.nodes().count(NodeState.SUSPECT)).isBetween(200L, 260L);
        assertThat(bus.server.stats().connections().errorsSent().get("NODE_CAPACITY"))
                .isGreaterThan(50);
        honestStayed(bus);
        bus.advance(Duration.ofMinutes(1));
        honestStayed(bus);
    }

    @Test
    void singleNodesAreBoundedAsWell() {
        Bus bus = bus(100);
        for (int i = 0; i < 500; i++) {
            ScriptedPeer peer = stranger(bus);
            peer.connect().raw(register(0, "single" + i, Map.of()));
            peer.play();
            bus.advance(Duration.ofMillis(2));
            peer.close();
        }
        assertThat(bus.server.nodes().size()).isEqualTo(100);
        honestStayed(bus);
    }

    @Test
    void thoseThatAreGoneMakeRoom() {
        Bus bus = bus(100);
        for (int i = 0; i < 80; i++) {
            ScriptedPeer peer = stranger(bus);
            peer.connect().raw(register(0, "gone" + i, Map.of()));
            peer.unregister();
            peer.play();
            bus.advance(Duration.ofMillis(20));
            peer.close();
        }
        assertThat(bus.server.nodes().count(NodeState.OFFLINE)).isEqualTo(80);
        HeartbeatClient late = bus.client(bus.world.newHost("late"), "late").connect();
        bus.advance(Duration.ofSeconds(10));
        assertThat(late.state()).isEqualTo(ClientState.ONLINE);
        honestStayed(bus);
    }

    @Test
    void knownNodeMayComeBackWithoutRoom() {
        Bus bus = bus(10_000);
        ScriptedPeer known = ScriptedPeer.client(bus.world.newHost("known").transport(), bus.server.localAddress());
        known.connect().register("known").expectRegistered().reset();
        known.play();
        bus.advance(Duration.ofMillis(100));
        known.verify();
        attack(bus, 2);
        assertThat(bus.server.stats().connections().errorsSent()).containsKey("NODE_CAPACITY");
        known.connect().register("known").expectRegistered();
        known.play();
        bus.advance(Duration.ofMillis(100));
        known.verify();
        assertThat(bus.told.of("known")).containsExactly("ONLINE", "SUSPECT(LOST)", "ONLINE");
        honestStayed(bus);
    }

    @Test
    void refusedNodeComesWhenThereIsRoom() {
        Bus bus = bus(10_000);
        attack(bus, 1);
        ClientRecorder told = new ClientRecorder();
        HeartbeatClient late = bus.client(bus.world.newHost("late"), "late")
                .metadata("k", LARGE.get("k"))
                .listener(told)
                .connect();
        bus.advance(Duration.ofMillis(500));
        assertThat(late.state()).isNotEqualTo(ClientState.ONLINE);
        assertThat(told.events()).anyMatch(event -> event.contains("NODE_CAPACITY"));
        assertThat(told.waits()).isNotEmpty().allMatch(wait -> wait.compareTo(Bus.INTERVAL) >= 0);
        bus.advance(Duration.ofMinutes(3));
        assertThat(late.state()).isEqualTo(ClientState.ONLINE);
    }

    @Test
    void metadataThatGrowAreBounded() {
        Bus bus = bus(10_000);
        List<HeartbeatClient> growing = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            growing.add(bus.client(bus.world.newHost("growing"), "growing" + i).connect());
        }
        bus.advance(Duration.ofSeconds(1));
        growing.forEach(client -> client.updateMetadata(LARGE));
        bus.advance(Duration.ofSeconds(1));
        assertThat(bus.server.stats().liveness().registrationBytes()).isLessThanOrEqualTo(BUDGET);
        assertThat(bus.server.stats().connections().errorsSent().get("NODE_CAPACITY"))
                .isGreaterThan(30);
        assertThat(bus.server.nodes().count(NodeState.ONLINE)).isEqualTo(HONEST + 300);
        growing.forEach(client -> client.updateMetadata(Map.of()));
        bus.advance(Duration.ofSeconds(1));
        growing.forEach(HeartbeatClient::closeAsync);
        bus.advance(Duration.ofMinutes(11));
        assertThat(bus.server.stats().liveness().registrationBytes()).isEqualTo(bytesOfHonest());
    }

    private static long bytesOfHonest() {
        long bytes = 0;
        for (int i = 0; i < HONEST; i++) {
            bytes += 280 + ("honest" + i).length();
        }
        return bytes;
    }
}
