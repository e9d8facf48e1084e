package dev.heartbeat.internal.node;

import dev.heartbeat.fake.FakeOwner;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * A message is offered to a node whose process registers over another connection meanwhile. The
 * result is whether it was accepted, whether the new session found it when it looked for the first
 * time, and whether it finds it when it looks because it was woken.
 */
@JCStressTest
@Outcome(id = "1, 1, 0", expect = Expect.ACCEPTABLE, desc = "The message was there before the outbox passed on.")
@Outcome(
        id = "1, 0, 1",
        expect = Expect.ACCEPTABLE,
        desc = "The message came after the first look, and woke the session that holds the outbox.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The message waits for a session that does not know of it.")
@State
public class MessageAndReconnectRace {
    private final Nodes nodes = new Nodes();
    private final FakeOwner session = new FakeOwner();
    private Registration fresh;

    public MessageAndReconnectRace() {
        Registration old = nodes.register(1, 1);
        nodes.offer();
        Nodes.take(old);
    }

    @Actor
    public void application(III_Result result) {
        result.r1 = nodes.offer() ? 1 : 0;
    }

    @Actor
    public void newLoop(III_Result result) {
        fresh = nodes.register(1, 2, session);
        result.r2 = Nodes.take(fresh);
    }

    @Arbiter
    public void afterwards(III_Result result) {
        result.r3 = session.wakes() > 0 ? Nodes.take(fresh) : 0;
    }
}
