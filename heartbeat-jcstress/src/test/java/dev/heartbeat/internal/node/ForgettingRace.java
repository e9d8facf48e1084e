package dev.heartbeat.internal.node;

import dev.heartbeat.OfflineReason;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** The end of a node is reported, and the node is then forgotten, just when it registers again. */
@JCStressTest
@Outcome(
        id = "online1 offline1 online2, counted 100, held 1",
        expect = Expect.ACCEPTABLE,
        desc = "It was forgotten and came back, or came back in time to be remembered: the same to everybody.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The new stay is lost, or told before the end of the old.")
@State
public class ForgettingRace {
    private final Nodes nodes = new Nodes();

    public ForgettingRace() {
        Registration ended = nodes.register(1, 1);
        ended.entry().end(ended, OfflineReason.CLOSED);
    }

    @Actor
    public void worker() {
        nodes.environment.work();
    }

    @Actor
    public void loop() {
        nodes.register(2, 1);
    }

    @Arbiter
    public void afterwards(LL_Result result) {
        nodes.environment.work();
        result.r1 = nodes.told();
        result.r2 = nodes.counted();
    }
}
