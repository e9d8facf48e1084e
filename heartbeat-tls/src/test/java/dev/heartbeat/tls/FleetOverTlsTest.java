package dev.heartbeat.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.testkit.fleet.FleetLayers;
import dev.heartbeat.testkit.fleet.FleetRun;
import dev.heartbeat.tls.spi.TlsEngines;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whole fleets under faults, all of whose connections speak through the layer: by an engine whose
 * records, handshakes and refusals the seed decides, so that a run can be repeated.
 */
@Tag("once")
final class FleetOverTlsTest {
    private static final TlsOptions ON_LOOPS =
            TlsOptions.builder().handshakeThreads(0).build();

    @Test
    void fleetsStandFaultsThroughTheLayer() {
        sweep(6, 2);
    }

    @Test
    @Tag("long")
    void manyFleetsStandFaultsThroughTheLayer() {
        sweep(1_000, 400);
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 4})
    void runsCanBeRepeated(long seed) {
        assertThat(run(seed).traceHash()).isEqualTo(run(seed).traceHash());
    }

    private static void sweep(long from, int count) {
        for (long seed = from; seed < from + count; seed++) {
            FleetRun.Result result = run(seed);
            assertThat(result.violation()).as(result::explanation).isNull();
            assertThat(result.heartbeats()).isPositive();
        }
    }

    static FleetRun.Result run(long seed) {
        // Dice of its own: those of the simulation fall as they do without a layer.
        RandomGenerator dice = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        Engines engines = new Engines(dice);
        engines.failing = dice.nextInt(3) == 0 ? 0.05 : 0;
        engines.updating = dice.nextInt(3) == 0 ? 0.01 : 0;
        TlsLayer.Shared shared = new TlsLayer.Shared(engines, ON_LOOPS, null);
        TlsLayer ofServer = TlsLayer.ofServer(engines, ON_LOOPS);
        return FleetRun.run(seed, new FleetLayers(ofServer, shared::to, RecordTap::new, () -> engines.failing = 0));
    }

    private static final class Engines implements TlsEngines {
        private final RandomGenerator dice;
        private double failing;
        private double updating;

        Engines(RandomGenerator dice) {
            this.dice = dice;
        }

        @Override
        public SSLEngine newServer() {
            return new FakeEngine(false, dice, failing, updating);
        }

        @Override
        public SSLEngine newClient(String host, int port) {
            return new FakeEngine(true, dice, failing, updating);
        }
    }
}
