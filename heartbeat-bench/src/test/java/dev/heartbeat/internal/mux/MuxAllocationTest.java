package dev.heartbeat.internal.mux;

import dev.heartbeat.bench.fake.Allocation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Once a message has its place in the queue, it costs no garbage on its way to the socket. */
final class MuxAllocationTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 100})
    void sendingOverSoManyChannels(int channels) throws Exception {
        SchedulerBenchmark benchmark = new SchedulerBenchmark();
        benchmark.channels = channels;
        benchmark.open();
        Allocation.assertNone(benchmark::pump);
    }

    @Test
    void credit() throws Exception {
        CreditBenchmark benchmark = new CreditBenchmark();
        Allocation.assertNone(benchmark::send);
        Allocation.assertNone(benchmark::receive);
    }
}
