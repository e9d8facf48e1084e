package dev.heartbeat.sockets;

import java.util.concurrent.RejectedExecutionException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** Tasks on their way to a selector's loop. */
public final class TaskAndLoopRace {
    private TaskAndLoopRace() {}

    private static void runBatch(TaskQueue tasks) {
        for (Runnable task = tasks.next(); task != null; task = tasks.next()) {
            task.run();
        }
    }

    /**
     * A task is added while the loop takes a batch. The result is whether the loop is to be woken
     * for it, how often it ran in that batch, and how often in the end.
     */
    @JCStressTest
    @Outcome(id = "0, 1, 1", expect = Expect.ACCEPTABLE, desc = "It came before the batch was taken, and ran with it.")
    @Outcome(
            id = "1, 0, 1",
            expect = Expect.ACCEPTABLE,
            desc = "It came after; the loop is woken, and runs it with the next batch.")
    @Outcome(
            expect = Expect.FORBIDDEN,
            desc = "Nobody wakes the loop for a task that waits, or a task is lost or runs twice.")
    @State
    public static class WhileABatchIsTaken {
        private final TaskQueue tasks = new TaskQueue();
        private int times;

        public WhileABatchIsTaken() {
            tasks.add(() -> {});
        }

        @Actor
        public void application(III_Result result) {
            result.r1 = tasks.add(() -> times++) ? 1 : 0;
        }

        @Actor
        public void loop(III_Result result) {
            tasks.takeBatch();
            runBatch(tasks);
            result.r2 = times;
        }

        @Arbiter
        public void afterwards(III_Result result) {
            tasks.takeBatch();
            runBatch(tasks);
            result.r3 = times;
        }
    }

    /** Two threads add; one of them is to wake the loop. */
    @JCStressTest
    @Outcome(
            id = {"1, 0, 2", "0, 1, 2"},
            expect = Expect.ACCEPTABLE,
            desc = "Whoever was first wakes the loop.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Both wake it or nobody does, or a task is lost.")
    @State
    public static class TwoThreads {
        private final TaskQueue tasks = new TaskQueue();
        private int times;

        @Actor
        public void first(III_Result result) {
            result.r1 = tasks.add(() -> times++) ? 1 : 0;
        }

        @Actor
        public void second(III_Result result) {
            result.r2 = tasks.add(() -> times++) ? 1 : 0;
        }

        @Arbiter
        public void afterwards(III_Result result) {
            tasks.takeBatch();
            runBatch(tasks);
            result.r3 = times;
        }
    }

    /**
     * A task is added while the loop ends. The result is whether it was refused, and how often it
     * ran.
     */
    @JCStressTest
    @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "It came before the end, and ran with the last batch.")
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "It came after the end, and was refused.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "It was taken and never ran, or refused and ran.")
    @State
    public static class WhileTheLoopEnds {
        private final TaskQueue tasks = new TaskQueue();
        private int times;

        @Actor
        public void application(II_Result result) {
            try {
                tasks.add(() -> times++);
            } catch (RejectedExecutionException e) {
                result.r1 = 1;
            }
        }

        @Actor
        public void loop() {
            tasks.end();
            runBatch(tasks);
        }

        @Arbiter
        public void afterwards(II_Result result) {
            result.r2 = times;
        }
    }
}
