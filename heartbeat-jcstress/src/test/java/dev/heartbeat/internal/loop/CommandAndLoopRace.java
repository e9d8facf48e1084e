package dev.heartbeat.internal.loop;

import dev.heartbeat.fake.FakeLoop;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * Commands on their way to a loop. One that is lost would be a wake-up that is lost: a message, a
 * kick or an end that never happens.
 */
public final class CommandAndLoopRace {
    private CommandAndLoopRace() {}

    /**
     * One command is sent while the loop works off another. The result is in which run of the loop
     * it was made.
     */
    @JCStressTest
    @Outcome(
            id = "1, 1, 0",
            expect = Expect.ACCEPTABLE,
            desc = "The run under way has seen it; the loop need not come back.")
    @Outcome(
            id = "1, 1, 1",
            expect = Expect.ACCEPTABLE,
            desc = "The run under way has seen it; the loop comes back for nothing.")
    @Outcome(
            id = "1, 2, 1",
            expect = Expect.ACCEPTABLE,
            desc = "It came when the run was over, and brought the loop back.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "The command is lost, or made twice.")
    @State
    public static class OneThread {
        private final FakeLoop loop = FakeLoop.still();
        private final Shard shard = Shard.of(loop);
        private int run = 1;
        private int times;
        private int madeInRun;

        public OneThread() {
            shard.execute(() -> {});
        }

        private void command() {
            times++;
            madeInRun = run;
        }

        @Actor
        public void application() {
            shard.execute(this::command);
        }

        @Actor
        public void loop() {
            loop.run();
        }

        @Arbiter
        public void afterwards(III_Result result) {
            run = 2;
            result.r3 = loop.run();
            result.r1 = times;
            result.r2 = madeInRun;
        }
    }

    /**
     * Two threads send a command each, and the loop runs afterwards. The result is how often each
     * was made, and how often the loop was brought back.
     */
    @JCStressTest
    @Outcome(id = "1, 1, 1", expect = Expect.ACCEPTABLE, desc = "Both are made in one run.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "A command is lost or made twice, or the loop is woken for each.")
    @State
    public static class TwoThreads {
        private final FakeLoop loop = FakeLoop.still();
        private final Shard shard = Shard.of(loop);
        private int first;
        private int second;

        @Actor
        public void first() {
            shard.execute(() -> first++);
        }

        @Actor
        public void second() {
            shard.execute(() -> second++);
        }

        @Arbiter
        public void afterwards(III_Result result) {
            result.r3 = loop.run();
            result.r1 = first;
            result.r2 = second;
        }
    }
}
