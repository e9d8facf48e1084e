package dev.heartbeat.internal.mux;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Two loops reserve room for a message each, of a budget of ten. */
public final class InboundBudgetRace {
    private InboundBudgetRace() {}

    /** The rest of the budget, found by trying. */
    private static int free(InboundBudget budget) {
        int free = 0;
        while (budget.tryReserve(null, 1)) {
            free++;
        }
        return free;
    }

    /** There is room for one of them. */
    @JCStressTest
    @Outcome(id = "1, 0, 4", expect = Expect.ACCEPTABLE, desc = "The first loop was first.")
    @Outcome(id = "0, 1, 4", expect = Expect.ACCEPTABLE, desc = "The second loop was first.")
    @Outcome(
            expect = Expect.FORBIDDEN,
            desc = "More was given than there is, or room for one was given to nobody, or some of it is lost.")
    @State
    public static class RoomForOne {
        private final InboundBudget budget = new InboundBudget(10);

        @Actor
        public void first(III_Result result) {
            result.r1 = budget.tryReserve(null, 6) ? 1 : 0;
        }

        @Actor
        public void second(III_Result result) {
            result.r2 = budget.tryReserve(null, 6) ? 1 : 0;
        }

        @Arbiter
        public void afterwards(III_Result result) {
            result.r3 = free(budget);
        }
    }

    /** One asks for more than there is; the other must not suffer from that. */
    @JCStressTest
    @Outcome(id = "0, 1, 5", expect = Expect.ACCEPTABLE, desc = "What is too much is refused, what fits is given.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "A message is refused though there is room for it.")
    @State
    public static class TooMuch {
        private final InboundBudget budget = new InboundBudget(10);

        @Actor
        public void first(III_Result result) {
            result.r1 = budget.tryReserve(null, 20) ? 1 : 0;
        }

        @Actor
        public void second(III_Result result) {
            result.r2 = budget.tryReserve(null, 5) ? 1 : 0;
        }

        @Arbiter
        public void afterwards(III_Result result) {
            result.r3 = free(budget);
        }
    }
}
