package dev.heartbeat.internal.queue;

import java.nio.ByteBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * The session on one loop takes the message that waits while the session on another takes the
 * outbox over. The result is which of them got it.
 */
@JCStressTest
@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "The old holder took it before it lost the outbox.")
@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "The new holder took it; the old one no longer could.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Both have it, or nobody.")
@State
public class OutboxHolderRace {
    private final Object oldHolder = new Object();
    private final Object newHolder = new Object();
    private final Outbox outbox = new Outbox(10, 1000, 100);

    public OutboxHolderRace() {
        outbox.holdBy(oldHolder);
        outbox.offer(new OutgoingMessage(ByteBuffer.allocate(1)));
    }

    @Actor
    public void oldLoop(II_Result result) {
        result.r1 = outbox.poll(oldHolder, 0, 0, new MessageList());
    }

    @Actor
    public void newLoop(II_Result result) {
        outbox.holdBy(newHolder);
        result.r2 = outbox.poll(newHolder, 0, 0, new MessageList());
    }
}
