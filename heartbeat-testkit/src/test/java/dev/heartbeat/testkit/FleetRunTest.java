package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.testkit.fleet.FleetRun;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole fleets under the faults that seeds choose. */
final class FleetRunTest {
    private static final int SEEDS = 40;
    private static final int MORE_SEEDS = 600;

    @Test
    @Tag("once")
    void noSeedBreaksAnInvariant() {
        requireNoViolation(1, SEEDS);
    }

    @Test
    @Tag("long")
    void norDoMoreSeeds() {
        requireNoViolation(SEEDS + 1, MORE_SEEDS);
    }

    private static void requireNoViolation(long first, long last) {
        List<FleetRun.Result> broken = LongStream.rangeClosed(first, last)
                .parallel()
                .mapToObj(FleetRun::run)
                .filter(result -> result.violation() != null)
                .toList();

        assertThat(broken).as(() -> broken.get(0).explanation()).isEmpty();
    }

    /** Seeds that once found something. */
    @ParameterizedTest
    @Tag("once")
    @ValueSource(longs = {131, 212, 1291, 1295, 441, 1299, 2363, 2694, 2747, 2769, 4171, 823})
    void seedsThatFoundSomethingStayQuiet(long seed) {
        FleetRun.Result result = FleetRun.run(seed);

        assertThat(result.violation()).as(result::explanation).isNull();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void sameSeedIsTheSameRun(long seed) {
        FleetRun.Result first = FleetRun.run(seed);
        FleetRun.Result second = FleetRun.run(seed);

        assertThat(second.traceHash()).isEqualTo(first.traceHash());
        assertThat(second.events()).isEqualTo(first.events());
        assertThat(FleetRun.run(seed + 1000).traceHash()).isNotEqualTo(first.traceHash());
    }
}
