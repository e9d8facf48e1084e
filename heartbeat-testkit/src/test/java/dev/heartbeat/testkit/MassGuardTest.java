package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.NodeState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Half of a fleet falls silent or is lost at once: on virtual time. */
@Tag("M91")
final class MassGuardTest {
    private static final int NODES = 200;
    private static final Duration MAXIMUM = Duration.ofSeconds(20);

    private final List<Host> hosts = new ArrayList<>();

    private Bus bus(int loops, int releaseRate) {
        return bus(loops, releaseRate, 1);
    }

    private Bus bus(int loops, int releaseRate, int ackEvery) {
        Bus bus = new Bus(
                41,
                loops,
                options -> options.massGuardMinimum(10)
                        .massGuardMaxHold(MAXIMUM)
                        .massGuardReleaseRate(releaseRate)
                        .ackEvery(ackEvery));
        for (int i = 0; i < NODES; i++) {
            Host host = bus.world.newHost("client");
            bus.client(host, "n" + i)
                    .reconnectBase(Duration.ofMillis(200))
                    .reconnectCap(Duration.ofSeconds(1))
                    .connect();
            hosts.add(host);
        }
        bus.advance(Duration.ofSeconds(8));
        return bus;
    }

    private List<Host> half() {
        return hosts.subList(0, NODES / 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void halfThatComesBackInTimeIsNeverOffline(int loops) {
        Bus bus = bus(loops, 1000);
        half().forEach(host -> bus.world.partition(host, bus.serverHost));
        bus.advance(Duration.ofSeconds(8));
        assertThat(bus.server.nodes().count(NodeState.SUSPECT)).isEqualTo(NODES / 2);
        assertThat(bus.server.stats().massGuard().isEngaged()).isTrue();
        assertThat(bus.server.stats().massGuard().status().held()).isEqualTo(NODES / 2);

        bus.world.healAll();
        bus.advance(Duration.ofSeconds(30));

        assertThat(bus.told.count("OFFLINE")).isZero();
        assertThat(bus.server.nodes().count(NodeState.ONLINE)).isEqualTo(NODES);
        assertThat(bus.told.of("guard")).containsExactly("HOLDING", "PASSING");
        assertThat(bus.server.stats().massGuard().status().held()).isZero();
        assertThat(bus.server.stats().massGuard().engagements()).isEqualTo(1);
        assertThat(bus.server.stats().massGuard().hold().count()).isEqualTo(1);
        assertThat(bus.server.stats().massGuard().hold().max())
                .isEqualTo(bus.server.stats().massGuard().engagedTime());
        assertThat(bus.server.stats().massGuard().verdictsHeld()).isGreaterThanOrEqualTo(NODES / 2);
        assertThat(bus.server.stats().massGuard().engagedTime())
                .isBetween(Duration.ofSeconds(3), Duration.ofSeconds(16));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void halfThatStaysAwayIsReleasedOneAfterTheOtherWithinTheMaximum(int loops) {
        Bus bus = bus(loops, 20);
        half().forEach(host -> bus.world.partition(host, bus.serverHost));
        bus.advance(Duration.ofSeconds(40));

        assertThat(bus.told.of("guard")).containsExactly("HOLDING", "RELEASING", "PASSING");
        assertThat(bus.told.count("OFFLINE(TIMEOUT)")).isEqualTo(NODES / 2);
        Duration engaged = bus.told.when("guard", "HOLDING");
        Duration released = bus.told.when("guard", "RELEASING");
        Duration ended = bus.told.when("guard", "PASSING");
        assertThat(released.minus(engaged)).isBetween(MAXIMUM.dividedBy(2), MAXIMUM);
        assertThat(ended.minus(engaged)).isLessThanOrEqualTo(MAXIMUM.plus(Duration.ofMillis(200)));
        assertThat(offlineBetween(bus, engaged, released)).isZero();
        for (Duration second = released; second.compareTo(ended.minusSeconds(1)) < 0; second = second.plusSeconds(1)) {
            assertThat(offlineBetween(bus, second, second.plusSeconds(1))).isBetween(15L, 25L);
        }
        assertThat(bus.server.stats().massGuard().status().held()).isZero();
        assertThat(bus.server.stats().massGuard().isEngaged()).isFalse();
    }

    @Test
    void nodeHeardWhileItsVerdictIsHeldIsNotGivenUpLater() {
        // With few answers the nodes are more patient than their server, and stay on their
        // connections.
        Bus bus = bus(2, 1000, 8);
        bus.advance(Duration.ofMillis(3500)); // Their last answer is some seconds old.
        half().forEach(host -> bus.world.partition(host, bus.serverHost));
        bus.advance(Duration.ofSeconds(5));
        assertThat(bus.server.stats().massGuard().status().held()).isEqualTo(NODES / 2);
        long connections = bus.server.stats().connections().accepted();
        bus.world.healAll();
        bus.advance(Duration.ofSeconds(40));

        // Some had been answered long before, and came back over another.
        assertThat(bus.server.stats().connections().accepted()).isLessThan(connections + NODES / 5);
        assertThat(bus.told.count("OFFLINE")).isZero();
        assertThat(bus.server.nodes().count(NodeState.ONLINE)).isEqualTo(NODES);
        assertThat(bus.server.stats().massGuard().status().released()).isZero();
    }

    private static long offlineBetween(Bus bus, Duration from, Duration until) {
        return bus.told.events().stream()
                .filter(event -> event.what().startsWith("OFFLINE"))
                .filter(event -> event.at().compareTo(from) >= 0 && event.at().compareTo(until) < 0)
                .count();
    }

    @Test
    void aSlowRateIsRaisedSoThatAllAreOverInTime() {
        Bus bus = bus(2, 1);
        half().forEach(host -> bus.world.partition(host, bus.serverHost));
        bus.advance(Duration.ofSeconds(40));

        assertThat(bus.told.count("OFFLINE(TIMEOUT)")).isEqualTo(NODES / 2);
        Duration last = bus.told.events().stream()
                .filter(event -> event.what().startsWith("OFFLINE"))
                .map(Recorder.Event::at)
                .reduce((one, other) -> other)
                .orElseThrow();
        assertThat(last.minus(bus.told.when("guard", "HOLDING")))
                .isLessThanOrEqualTo(MAXIMUM.plus(Duration.ofMillis(200)));
    }

    @Test
    void lostAndSilentNodesWaitAlikeAndReleasedNodesMayComeBack() {
        Bus bus = bus(2, 1000);
        half().forEach(Host::crash);
        bus.advance(Duration.ofSeconds(15));
        assertThat(bus.told.count("SUSPECT(LOST)")).isEqualTo(NODES / 2);
        assertThat(bus.told.count("OFFLINE")).isZero();
        bus.advance(Duration.ofSeconds(15));
        assertThat(bus.told.count("OFFLINE(CLOSED)")).isEqualTo(NODES / 2);

        half().forEach(host -> {
            host.restart();
            bus.client(host, "n" + hosts.indexOf(host)).connect();
        });
        bus.advance(Duration.ofSeconds(10));
        assertThat(bus.server.nodes().count(NodeState.ONLINE)).isEqualTo(NODES);
        assertThat(bus.told.events().stream()
                        .filter(event -> event.what().startsWith("OFFLINE"))
                        .collect(Collectors.groupingBy(Recorder.Event::node)))
                .allSatisfy((node, ends) -> assertThat(ends).hasSize(1));
    }

    @Test
    void nextWaveIsHeldAgain() {
        Bus bus = bus(2, 1000);
        for (int wave = 1; wave <= 3; wave++) {
            half().forEach(host -> bus.world.partition(host, bus.serverHost));
            bus.advance(Duration.ofSeconds(10));
            assertThat(bus.server.stats().massGuard().engagements()).isEqualTo(wave);
            bus.world.healAll();
            bus.advance(Duration.ofSeconds(20));
            assertThat(bus.server.stats().massGuard().isEngaged()).isFalse();
        }
        assertThat(bus.told.count("OFFLINE")).isZero();
    }

    @Test
    void closingWhileVerdictsAreHeldLeavesNothing() {
        Bus bus = bus(2, 1000);
        half().forEach(host -> bus.world.partition(host, bus.serverHost));
        bus.advance(Duration.ofSeconds(8));
        assertThat(bus.server.stats().massGuard().isEngaged()).isTrue();
        bus.world.await(bus.server.closeAsync(), Duration.ofSeconds(20));
        bus.advance(Duration.ofSeconds(1));

        assertThat(bus.told.count("OFFLINE(SHUTDOWN)")).isEqualTo(NODES);
        assertThat(bus.server.stats().massGuard().isEngaged()).isFalse();
        assertThat(bus.server.stats().massGuard().status().held()).isZero();
    }

    /** A peer that registers hundreds of nodes a second and is reset decides nothing for others. */
    @ParameterizedTest
    @ValueSource(ints = {1, 40})
    void strangersThatComeAndGoDelayNoVerdict(int nodesOfEach) {
        Bus bus = bus(2, 1000);
        bus.world.silence(hosts.get(0), bus.serverHost);
        Duration cut = bus.world.now();
        for (int i = 0; i < 60; i++) {
            ScriptedPeer peer =
                    ScriptedPeer.client(bus.world.newHost("stranger").transport(), bus.server.localAddress());
            peer.ignore("REGISTERED").ignore("ERROR").ignore("PING");
            peer.connect().register("gateway" + i);
            for (int handle = 1; handle <= nodesOfEach; handle++) {
                peer.register(handle, "stranger" + i + "-" + handle);
            }
            peer.play();
            bus.advance(Duration.ofMillis(100));
            peer.close();
        }
        Duration told = bus.told.when("n0", "OFFLINE(TIMEOUT)");
        assertThat(told.minus(cut)).isLessThan(Bus.TIMEOUT.plus(Bus.INTERVAL));
        assertThat(bus.server.stats().massGuard().engagements()).isZero();
    }

    /**
     * The same from nodes that stay for long enough: what they gain is one maximum, however often
     * the guard engages.
     */
    @Test
    void noVerdictIsHeldForLongerThanTheMaximumHoweverOftenTheGuardEngages() {
        Bus bus = bus(2, 1);
        List<ScriptedPeer> strangers = new ArrayList<>();
        for (int i = 0; i < 14; i++) {
            ScriptedPeer peer =
                    ScriptedPeer.client(bus.world.newHost("stranger").transport(), bus.server.localAddress());
            peer.ignore("REGISTERED").ignore("ERROR").ignore("PING").ignore("HEARTBEAT_RES");
            peer.connect().register("gateway" + i);
            for (int handle = 1; handle <= 60; handle++) {
                peer.register(handle, "stranger" + i + "-" + handle);
            }
            peer.play();
            strangers.add(peer);
        }
        for (int i = 0; i < 14; i++) {
            beat(strangers);
            bus.advance(Duration.ofSeconds(1));
        }
        bus.world.silence(hosts.get(0), bus.serverHost);
        Duration cut = bus.world.now();
        for (ScriptedPeer peer : List.copyOf(strangers)) {
            strangers.remove(peer);
            peer.close();
            for (int i = 0; i < 3; i++) {
                beat(strangers);
                bus.advance(Duration.ofSeconds(1));
            }
        }
        Duration told = bus.told.when("n0", "OFFLINE(TIMEOUT)");
        assertThat(bus.server.stats().massGuard().engagements()).isPositive();
        assertThat(told.minus(cut)).isLessThan(Bus.TIMEOUT.plus(MAXIMUM).plus(Bus.INTERVAL));
    }

    private static void beat(List<ScriptedPeer> peers) {
        peers.forEach(peer -> {
            peer.raw("ab020100 00000000 00000013 0000000000000001 0000000000000000 010000");
            peer.play();
        });
    }
}
