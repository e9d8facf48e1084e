package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.ClientState;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.Node;
import dev.heartbeat.NodeState;
import dev.heartbeat.OfflineReason;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The server's events for nodes that fall silent, are lost and come back; on virtual time. */
final class LivenessTest {
    private final Bus bus = new Bus(1);

    @Test
    @Tag("M30")
    void silentNodeIsSuspectedProbedAndGivenUpInTime() {
        Host host = bus.newNode("n1");
        bus.advance(Duration.ofSeconds(5));
        bus.world.partition(host, bus.serverHost);
        Duration silentFrom = bus.world.now();
        bus.advance(Duration.ofSeconds(5));

        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "SUSPECT(SILENT)", "OFFLINE(TIMEOUT)");
        // Its last beat came up to an interval and its jitter before the silence.
        assertThat(bus.told.when("n1", "SUSPECT(SILENT)"))
                .isBetween(
                        silentFrom
                                .plus(Bus.SUSPECT)
                                .minus(Bus.INTERVAL.multipliedBy(11).dividedBy(10)),
                        silentFrom.plus(Bus.SUSPECT).plus(Bus.TOLERANCE));
        assertThat(bus.told.when("n1", "OFFLINE(TIMEOUT)").minus(bus.told.when("n1", "SUSPECT(SILENT)")))
                .isBetween(
                        Bus.TIMEOUT.minus(Bus.SUSPECT).minus(Bus.TOLERANCE),
                        Bus.TIMEOUT.minus(Bus.SUSPECT).plus(Bus.TOLERANCE));
    }

    @Test
    @Tag("M29")
    void beatingNodeIsNeverSuspected() {
        bus.newNode("n1");
        bus.advance(Duration.ofHours(1));

        assertThat(bus.told.of("n1")).containsExactly("ONLINE");
        assertThat(bus.server.stats().liveness().heartbeats()).isBetween(3590L, 3610L);
    }

    @Test
    @Tag("M30")
    void suspectedNodeThatIsHeardAgainIsOnlineAgain() {
        Host host = bus.newNode("n1");
        bus.world.partition(host, bus.serverHost);
        bus.world.advanceUntil(() -> bus.server.nodes().count(NodeState.SUSPECT) == 1, Duration.ofSeconds(4));
        bus.world.healAll();
        bus.advance(Duration.ofSeconds(10));

        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "SUSPECT(SILENT)", "ONLINE");
        assertThat(bus.server.nodes().count(NodeState.ONLINE)).isEqualTo(1);
        assertThat(bus.server.nodes().count(NodeState.SUSPECT)).isZero();
    }

    @Test
    @Tag("M31")
    void lostNodeIsSuspectAtOnceAndOfflineAfterTheGrace() {
        Host host = bus.newNode("n1");
        bus.advance(Duration.ofSeconds(5));
        Duration killed = bus.world.now();
        host.crash();
        bus.advance(Duration.ofSeconds(5));

        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "SUSPECT(LOST)", "OFFLINE(CLOSED)");
        assertThat(bus.told.when("n1", "SUSPECT(LOST)")).isLessThan(killed.plus(Bus.TOLERANCE));
        assertThat(bus.told.when("n1", "OFFLINE(CLOSED)"))
                .isBetween(killed.plus(Bus.TIMEOUT), killed.plus(Bus.TIMEOUT).plus(Bus.TOLERANCE));
        assertThat(bus.server.nodes().find("n1")).map(Node::offlineReason).contains(OfflineReason.CLOSED);
        assertThat(bus.server.nodes().count(NodeState.OFFLINE)).isEqualTo(1);
    }

    @Test
    @Tag("M31")
    void withoutGraceALostNodeIsOfflineAtOnce() {
        Bus impatient = new Bus(2, 1, options -> options.grace(Duration.ZERO));
        Host host = impatient.newNode("n1");
        host.crash();
        impatient.advance(Bus.TOLERANCE);

        assertThat(impatient.told.of("n1")).containsExactly("ONLINE", "OFFLINE(CLOSED)");
    }

    @Test
    @Tag("M31")
    void nodeThatComesBackWithinTheGraceGoesOnWithANewEpoch() {
        Host host = bus.newNode("n1");
        long epoch = bus.server.nodes().find("n1").orElseThrow().epoch();
        bus.advance(Duration.ofSeconds(2));
        host.resetConnections();
        bus.advance(Duration.ofSeconds(10));

        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "SUSPECT(LOST)", "ONLINE");
        assertThat(bus.server.nodes().find("n1").orElseThrow().epoch()).isGreaterThan(epoch);
        assertThat(bus.server.stats().connections().open()).isEqualTo(1);
    }

    @Test
    void halfOpenConnectionIsReplacedByTheSameProcessWithoutAnEnd() {
        // The node's side of the connection is gone, but the server has not heard of it when the
        // node is back.
        Host host = bus.newNode("n1");
        host.loseConnections();
        bus.advance(Duration.ofMillis(700));

        assertThat(bus.told.of("n1")).startsWith("ONLINE", "SUSPECT(LOST)", "ONLINE");
        bus.advance(Duration.ofSeconds(10));
        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "SUSPECT(LOST)", "ONLINE");
    }

    @Test
    @Tag("M31")
    void goodbyeEndsAtOnce() {
        Host host = bus.world.newHost("client");
        HeartbeatClient client = bus.client(host, "n1").connect();
        bus.advance(Duration.ofSeconds(1));
        client.closeAsync();
        bus.advance(Bus.TOLERANCE);

        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "OFFLINE(UNREGISTERED)");
        assertThat(client.state()).isEqualTo(ClientState.CLOSED);
        bus.advance(Duration.ofMinutes(5));
        assertThat(bus.told.of("n1")).hasSize(2);
        assertThat(bus.server.stats().connections().open()).isZero();
    }

    @Test
    @Tag("M92")
    void stoppedServerJudgesNobodyForItsOwnPause() {
        Bus big = new Bus(3, 2, options -> options.massGuardMaxHold(Duration.ZERO));
        for (int i = 0; i < 200; i++) {
            big.newNode("n" + i);
        }
        big.advance(Duration.ofSeconds(10));
        big.serverHost.pause();
        big.advance(Duration.ofSeconds(30));
        big.serverHost.resume();
        big.advance(Duration.ofSeconds(30));

        assertThat(big.told.count("OFFLINE")).isZero();
        assertThat(big.server.nodes().count(NodeState.ONLINE)).isEqualTo(200);
        assertThat(big.server.stats().loops().stalls()).isPositive();
        assertThat(big.server.stats().loops().stalledTime()).isGreaterThan(Duration.ofSeconds(25));
    }

    @Test
    @Tag("M92")
    void shortPauseOfTheServerIsNotNoticedByAnyone() {
        for (int i = 0; i < 50; i++) {
            bus.newNode("n" + i);
        }
        for (int round = 0; round < 20; round++) {
            bus.serverHost.pause();
            bus.advance(Duration.ofMillis(1700));
            bus.serverHost.resume();
            bus.advance(Duration.ofMillis(1900));
        }

        assertThat(bus.told.count("SUSPECT")).isZero();
        assertThat(bus.told.count("OFFLINE")).isZero();
    }

    @Test
    void wallClockDoesNotMatter() {
        bus.newNode("n1");
        bus.serverHost.stepWallClock(Duration.ofDays(1));
        bus.advance(Duration.ofMinutes(1));
        bus.serverHost.stepWallClock(Duration.ofDays(-2));
        bus.advance(Duration.ofMinutes(1));

        assertThat(bus.told.of("n1")).containsExactly("ONLINE");
    }

    @Test
    @Tag("M91")
    void massGuardHoldsVerdictsAndLetsThemPassInTheEnd() {
        Bus guarded = new Bus(4, 2, options -> options.massGuardMinimum(10).massGuardMaxHold(Duration.ofSeconds(20)));
        List<Host> hosts = new java.util.ArrayList<>();
        for (int i = 0; i < 100; i++) {
            hosts.add(guarded.newNode("n" + i));
        }
        // A young stay does not count.
        guarded.advance(Bus.TIMEOUT.multipliedBy(2));
        hosts.subList(0, 50).forEach(Host::crash);
        guarded.advance(Duration.ofSeconds(15));
        assertThat(guarded.told.count("SUSPECT(LOST)")).isEqualTo(50);
        assertThat(guarded.told.count("OFFLINE")).isZero();
        assertThat(guarded.server.stats().massGuard().isEngaged()).isTrue();

        guarded.advance(Duration.ofSeconds(15));
        assertThat(guarded.told.count("OFFLINE(CLOSED)")).isEqualTo(50);
        assertThat(guarded.server.stats().massGuard().isEngaged()).isFalse();
        assertThat(guarded.server.stats().massGuard().engagements()).isEqualTo(1);
    }

    @Test
    @Tag("M91")
    void massGuardDoesNotHoldGoodbyesAndKicks() {
        Bus guarded = new Bus(5, 2, options -> options.massGuardMinimum(10).massGuardMaxHold(Duration.ofSeconds(20)));
        Host polite = guarded.world.newHost("client");
        HeartbeatClient leaving = guarded.client(polite, "polite").connect();
        guarded.newNode("kicked");
        List<Host> hosts = new java.util.ArrayList<>();
        for (int i = 0; i < 50; i++) {
            hosts.add(guarded.newNode("n" + i));
        }
        guarded.advance(Bus.TIMEOUT.multipliedBy(2));
        hosts.forEach(Host::crash);
        guarded.advance(Duration.ofSeconds(5));
        assertThat(guarded.server.stats().massGuard().isEngaged()).isTrue();
        leaving.closeAsync();
        assertThat(guarded.server.kick("kicked", "because")).isTrue();
        guarded.advance(Bus.TOLERANCE);

        assertThat(guarded.told.of("polite")).endsWith("OFFLINE(UNREGISTERED)");
        assertThat(guarded.told.of("kicked")).endsWith("OFFLINE(KICKED)");
        assertThat(guarded.told.count("OFFLINE(CLOSED)")).isZero();
    }
}
