package dev.heartbeat.internal.loop;

import dev.heartbeat.bench.fake.Allocation;
import org.junit.jupiter.api.Test;

/** A timer is its own link. */
final class WheelAllocationTest {
    private final WheelBenchmark benchmark = new WheelBenchmark();

    WheelAllocationTest() {
        benchmark.timers = 10_000;
        benchmark.arm();
    }

    @Test
    void arming() throws Exception {
        Allocation.assertNone(benchmark::rearm);
    }

    @Test
    void expiring() throws Exception {
        Allocation.assertNone(benchmark::expire);
    }
}
