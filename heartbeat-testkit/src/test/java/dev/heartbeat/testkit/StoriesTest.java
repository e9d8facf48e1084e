package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.AttachedNodeListener;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.NodeState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The bad days of a large fleet, one at a time and with several seeds each: who is called OFFLINE,
 * and who is not.
 */
final class StoriesTest {
    private static final int FLEET = 300;
    private static final Duration HOLD = Duration.ofSeconds(20);

    private Bus bus;
    private final List<Host> hosts = new ArrayList<>();

    /** A fleet of single nodes, ten on a host. */
    private void fleet(long seed) {
        bus = new Bus(seed, 2, options -> options.massGuardMinimum(20).massGuardMaxHold(HOLD));
        for (int i = 0; i < FLEET; i++) {
            if (i % 10 == 0) {
                hosts.add(bus.world.newHost("host" + i / 10));
            }
            bus.client(hosts.get(hosts.size() - 1), "n" + i).connect();
        }
        bus.advance(Duration.ofSeconds(8));
        assertOnline(FLEET);
    }

    private void assertOnline(long nodes) {
        assertThat(bus.server.nodes().count(NodeState.ONLINE)).isEqualTo(nodes);
        assertThat(bus.server.nodes().count(NodeState.SUSPECT)).isZero();
    }

    private void assertNobodyWasCalledOffline() {
        assertThat(bus.told.count("OFFLINE")).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aServerThatStandsStillForHalfAMinuteCallsNobodyOffline(long seed) {
        fleet(seed);
        bus.serverHost.pause();
        // The clients give it up meanwhile, and try to come back.
        bus.advance(Duration.ofSeconds(30));
        bus.serverHost.resume();
        bus.advance(Duration.ofMinutes(2));

        assertNobodyWasCalledOffline();
        assertOnline(FLEET);
        assertThat(bus.server.stats().loops().stalledTime()).isGreaterThan(Duration.ofSeconds(29));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void halfOfTheFleetCutOffForLessThanTheHoldIsBackAndNotMourned(long seed) {
        fleet(seed);
        List<Host> half = hosts.subList(0, hosts.size() / 2);
        half.forEach(host -> bus.world.partition(host, bus.serverHost));
        bus.advance(Duration.ofSeconds(8)); // Longer than timeout and grace.
        assertThat(bus.server.stats().massGuard().isEngaged()).isTrue();
        half.forEach(host -> bus.world.heal(host, bus.serverHost));
        bus.advance(Duration.ofMinutes(2));

        assertNobodyWasCalledOffline();
        assertOnline(FLEET);
        assertThat(bus.server.stats().massGuard().isEngaged()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void halfOfTheFleetCutOffForGoodIsGivenUpOnceEachAndTheGuardEnds(long seed) {
        fleet(seed);
        hosts.subList(0, hosts.size() / 2).forEach(host -> bus.world.partition(host, bus.serverHost));
        bus.advance(HOLD.plusSeconds(30));

        assertThat(bus.told.count("OFFLINE")).isEqualTo(FLEET / 2);
        assertOnline(FLEET / 2);
        assertThat(bus.server.stats().massGuard().isEngaged()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void wallClocksThatStepByADayChangeNothing(long seed) {
        fleet(seed);
        for (int i = 0; i < 20; i++) {
            Duration step = i % 2 == 0 ? Duration.ofDays(1) : Duration.ofDays(-1);
            bus.serverHost.stepWallClock(step);
            hosts.get(bus.world.random().nextInt(hosts.size())).stepWallClock(step.negated());
            bus.advance(Duration.ofSeconds(2));
        }
        assertThat(bus.told.count("SUSPECT")).isZero();
        assertOnline(FLEET);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void nodesThatFlapAreLostAndFoundAndNeverGone(long seed) {
        fleet(seed);
        RandomGenerator random = bus.world.random();
        for (int i = 0; i < 60; i++) {
            hosts.get(random.nextInt(hosts.size())).resetConnections();
            bus.advance(Duration.ofMillis(random.nextInt(1000)));
        }
        bus.advance(Duration.ofMinutes(1));

        assertNobodyWasCalledOffline();
        assertOnline(FLEET);
        assertThat(bus.told.count("SUSPECT")).isGreaterThan(FLEET);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void gatewaysThatDieTakeTheirThousandsAndNobodyElse(long seed) {
        bus = new Bus(
                seed,
                2,
                options -> options.massGuardMinimum(20).massGuardMaxHold(HOLD).maxNodesPerConnection(1000));
        List<Host> gateways = new ArrayList<>();
        for (int gateway = 0; gateway < 5; gateway++) {
            Host host = bus.world.newHost("gateway" + gateway);
            gateways.add(host);
            HeartbeatClient client = bus.client(host, "g" + gateway).connect();
            for (int i = 0; i < 1000; i++) {
                client.attach("g" + gateway + ":" + i, Map.of(), new AttachedNodeListener() {});
            }
        }
        bus.advance(Duration.ofSeconds(10));
        assertOnline(5005);

        gateways.get(1).powerOff();
        gateways.get(3).crash();
        bus.advance(HOLD.plusMinutes(1));

        assertThat(bus.told.count("OFFLINE")).isEqualTo(2002);
        assertThat(bus.told.of("g1:7")).endsWith("OFFLINE(CLOSED)");
        assertThat(bus.told.of("g3:7")).containsExactly("ONLINE", "SUSPECT(LOST)", "OFFLINE(CLOSED)");
        assertThat(bus.told.of("g2:7")).containsExactly("ONLINE");
        assertOnline(3003);
    }
}
