package dev.heartbeat.internal.queue;

import dev.heartbeat.SendResult;
import java.nio.ByteBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * Two messages are offered while the holder takes one and closes. The result is how many were
 * accepted, how many were taken, and how many came back.
 */
@JCStressTest
@Outcome(id = "0, 0, 0", expect = Expect.ACCEPTABLE, desc = "Closed before the first offer.")
@Outcome(id = "1, 0, 1", expect = Expect.ACCEPTABLE, desc = "The first came after the look and before the end.")
@Outcome(id = "1, 1, 0", expect = Expect.ACCEPTABLE, desc = "The first was taken, the second came after the end.")
@Outcome(id = "2, 0, 2", expect = Expect.ACCEPTABLE, desc = "Both came after the look and before the end.")
@Outcome(id = "2, 1, 1", expect = Expect.ACCEPTABLE, desc = "The first was taken, the second came back.")
@Outcome(expect = Expect.FORBIDDEN, desc = "What was accepted did not leave exactly once.")
@State
public class OutboxCloseRace {
    private final Object holder = new Object();
    private final Outbox outbox = new Outbox(10, 1000, 100);
    private final MessageList taken = new MessageList();
    private int cameBack;

    public OutboxCloseRace() {
        outbox.holdBy(holder);
    }

    @Actor
    public void application(III_Result result) {
        result.r1 = offer() + offer();
    }

    private int offer() {
        return outbox.offer(new OutgoingMessage(ByteBuffer.allocate(1))) == SendResult.ACCEPTED ? 1 : 0;
    }

    @Actor
    public void loop(III_Result result) {
        result.r2 = outbox.poll(holder, 0, 0, taken);
        outbox.close().drain(message -> cameBack++);
        result.r3 = cameBack;
    }
}
