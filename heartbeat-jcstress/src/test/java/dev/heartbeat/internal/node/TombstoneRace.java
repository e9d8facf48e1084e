package dev.heartbeat.internal.node;

import dev.heartbeat.OfflineReason;
import dev.heartbeat.fake.FakeOwner;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/**
 * At most one node that is gone is kept. It comes back just when it is to be forgotten for another.
 */
@JCStressTest
@Outcome(
        id = "online1 offline1 online2 offline2 online1, counted 101, held 2",
        expect = Expect.ACCEPTABLE,
        desc = "It was forgotten and came back, or came back in time: the same to everybody.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Who is back is forgotten, or counted twice, or the other is not kept.")
@State
public class TombstoneRace {
    private final Nodes nodes = new Nodes(1);

    public TombstoneRace() {
        goes("n1", 1);
        nodes.home.run();
        goes("n2", 2);
    }

    private void goes(String id, long incarnation) {
        Registration ended = nodes.register(id, incarnation, 1, new FakeOwner());
        ended.entry().end(ended, OfflineReason.CLOSED);
        nodes.environment.work();
    }

    @Actor
    public void firstLoop() {
        nodes.home.run();
    }

    @Actor
    public void loop() {
        nodes.register(1, 2);
    }

    @Arbiter
    public void afterwards(LL_Result result) {
        nodes.home.run();
        nodes.environment.work();
        result.r1 = nodes.told();
        result.r2 = nodes.counted();
    }
}
