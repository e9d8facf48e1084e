package dev.heartbeat.internal.queue;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIL_Result;

/**
 * Two threads add a call each. The one that finds the executor idle runs it. The result is the
 * thread of the first call, that of the second, and the fault.
 */
@JCStressTest
@Outcome(id = "1, 2, ok", expect = Expect.ACCEPTABLE, desc = "One after the other; the lane was idle in between.")
@Outcome(
        id = "1, 1, ok",
        expect = Expect.ACCEPTABLE,
        desc = "The second call was added while the first thread ran the lane.")
@Outcome(
        id = "2, 2, ok",
        expect = Expect.ACCEPTABLE,
        desc = "The first call was added while the second thread ran the lane.")
@Outcome(
        expect = Expect.FORBIDDEN,
        desc = "A call is lost (0), made twice (two digits), beside another, or nobody hears that the lane is idle.")
@State
public class SerialExecutorRace {
    private final Worker worker = new Worker();
    private int ranFirst;
    private int ranSecond;

    /** Whoever adds works, at once. */
    private static final class Worker implements SerialExecutor.Owner {
        final SerialExecutor executor = new SerialExecutor(this);
        final ThreadLocal<Integer> actor = new ThreadLocal<>();
        final AtomicInteger underWay = new AtomicInteger();
        volatile boolean besideAnother;
        volatile boolean idle;

        int call(int ranBefore) {
            if (underWay.incrementAndGet() != 1) {
                besideAnother = true;
            }
            idle = false;
            int ran = 10 * ranBefore + actor.get();
            underWay.decrementAndGet();
            return ran;
        }

        @Override
        public Executor workers() {
            return Runnable::run;
        }

        @Override
        public void onFailure(Throwable failure) {
            throw new AssertionError(failure);
        }

        @Override
        public void onIdle() {
            idle = true;
        }
    }

    @Actor
    public void first() {
        worker.actor.set(1);
        worker.executor.add(() -> ranFirst = worker.call(ranFirst));
    }

    @Actor
    public void second() {
        worker.actor.set(2);
        worker.executor.add(() -> ranSecond = worker.call(ranSecond));
    }

    @Arbiter
    public void afterwards(IIL_Result result) {
        result.r1 = ranFirst;
        result.r2 = ranSecond;
        result.r3 =
                worker.besideAnother ? "beside another" : worker.idle && worker.executor.isIdle() ? "ok" : "not idle";
    }
}
