package dev.heartbeat.internal.liveness;

import dev.heartbeat.bench.fake.Allocation;
import org.junit.jupiter.api.Test;

/** A sign of life is a field write. */
final class HeardAllocationTest {

    @Test
    void heard() throws Exception {
        HeardBenchmark benchmark = new HeardBenchmark();
        benchmark.nodes = 100;
        benchmark.fill();
        Allocation.assertNone(benchmark::heard);
    }
}
