package dev.heartbeat.internal.liveness;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * Two loops have a verdict due at the same moment, while the guard is about to be released. The
 * result is whether each holds it, and how often the guard engaged.
 */
@JCStressTest
@Outcome(id = "0, 0, 1", expect = Expect.ACCEPTABLE, desc = "The hold was over for both.")
@Outcome(
        expect = Expect.FORBIDDEN,
        desc = "A verdict is held beyond the longest hold, or the guard engaged again while it was releasing.")
@State
public class MassGuardRace {
    private static final long STEP_NS = 1_000_000_000;

    private final MassGuard guard = new MassGuard(0.1, 10, STEP_NS, 1000, STEP_NS, status -> {});

    public MassGuardRace() {
        guard.holds(50, 100, 0);
    }

    @Actor
    public void first(III_Result result) {
        result.r1 = guard.holds(50, 100, STEP_NS) ? 1 : 0;
    }

    @Actor
    public void second(III_Result result) {
        result.r2 = guard.holds(50, 100, STEP_NS) ? 1 : 0;
    }

    @Arbiter
    public void afterwards(III_Result result) {
        result.r3 = (int) guard.engagements();
    }
}
