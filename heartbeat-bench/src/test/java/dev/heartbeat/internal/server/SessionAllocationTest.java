package dev.heartbeat.internal.server;

import dev.heartbeat.bench.fake.Allocation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The garbage of a server's session, from the bytes read to the bytes written. */
final class SessionAllocationTest {
    private static final int MESSAGES = 16;

    /** The message's place in its queue. */
    private static final int OUTGOING = 56;

    /** In each turn of the loop: a command, the bench's link to it, and what drains its queue. */
    private static final int TURN = 100;

    @ParameterizedTest
    @ValueSource(ints = {1, 10})
    void heartbeatsOfWhichEachSoManyThIsAnswered(int ackEvery) throws Exception {
        HeartbeatBenchmark benchmark = new HeartbeatBenchmark();
        benchmark.nodes = 100;
        benchmark.ackEvery = ackEvery;
        benchmark.register();
        Allocation.assertNone(benchmark::oneInARead);
        Allocation.assertNone(benchmark::sixteenInARead);
    }

    @Test
    void messagesThatAreHandledOnTheLoop() throws Exception {
        ReceiveBenchmark benchmark = new ReceiveBenchmark();
        benchmark.open();
        // The rest of a read that is more than a turn may handle.
        Allocation.assertAtMost(1, benchmark::inline);
    }

    @Test
    void aMessageSentTakesItsPlaceInTheQueue() throws Exception {
        Allocation.assertAtMost(MESSAGES * OUTGOING + TURN, new SendBenchmark()::sixteenInATurn);
    }
}
