package dev.heartbeat.internal.queue;

import dev.heartbeat.SendResult;
import dev.heartbeat.fake.FakeCallbackOrder;
import dev.heartbeat.fake.FakeEnvironment;
import dev.heartbeat.fake.FakeLoop;
import dev.heartbeat.internal.frame.Envelope;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * The reply to a request comes while something else ends it. The result is how often it completed
 * with the reply, how often with something else, and whether the reply was counted as one that
 * nobody waits for.
 */
public final class RequestRace {
    private RequestRace() {}

    /** A request that waits for its reply. */
    abstract static class Waiting implements PendingRequests.Way {
        private final FakeLoop loop = FakeLoop.still();
        final FakeCallbackOrder line = new FakeCallbackOrder(new FakeEnvironment());
        final PendingRequests requests = new PendingRequests(loop, 1, line, this);
        final CompletableFuture<ByteBuffer> reply = requests.send(ByteBuffer.allocate(1), 1_000_000_000L, null, null);
        final List<Runnable> completions = new ArrayList<>();
        private volatile int unmatched;
        private int taken;

        @Override
        public SendResult offer(OutgoingMessage request) {
            return SendResult.ACCEPTED;
        }

        @Override
        public void withdraw(OutgoingMessage request) {}

        @Override
        public void onUnmatchedReply() {
            unmatched = 1; // The one thread that has the reply writes it.
        }

        final void answer() {
            requests.onAnswer(
                    new IncomingMessage(
                            ByteBuffer.allocate(0),
                            Envelope.request(1, null, Envelope.NOT_SAID).answer(Envelope.Kind.REPLY)) {
                        @Override
                        public void consumed() {
                            taken++;
                        }
                    });
        }

        final void finish(III_Result result) {
            loop.run();
            completions.forEach(Runnable::run);
            line.run();
            result.r1 = reply.isDone() && !reply.isCompletedExceptionally() ? 1 : 0;
            result.r2 = reply.isCompletedExceptionally() ? 1 : 0;
            result.r3 = 10 * (taken - 1) + unmatched;
        }
    }

    /** Its time is over. */
    @JCStressTest
    @Outcome(id = "1, 0, 0", expect = Expect.ACCEPTABLE, desc = "The reply came first.")
    @Outcome(id = "0, 1, 1", expect = Expect.ACCEPTABLE, desc = "The reply was late, and is counted.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "The request never ends, or the reply is dropped in silence.")
    @State
    public static class AnswerAndTimeout extends Waiting {
        @Actor
        public void loop() {
            answer();
        }

        @Actor
        public void timer() {
            requests.fail(1, new TimeoutException(), line::complete);
        }

        @Arbiter
        public void afterwards(III_Result result) {
            finish(result);
        }
    }

    /** Its channel is closed. */
    @JCStressTest
    @Outcome(id = "1, 0, 0", expect = Expect.ACCEPTABLE, desc = "The reply came first.")
    @Outcome(id = "0, 1, 1", expect = Expect.ACCEPTABLE, desc = "The end came first.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "The request never ends, or the reply is dropped in silence.")
    @State
    public static class AnswerAndClose extends Waiting {
        @Actor
        public void loop() {
            answer();
        }

        @Actor
        public void end() {
            requests.close("over", completions);
        }

        @Arbiter
        public void afterwards(III_Result result) {
            finish(result);
        }
    }

    /** Its sender does not want it any longer. */
    @JCStressTest
    @Outcome(id = "0, 1, 0", expect = Expect.ACCEPTABLE, desc = "Cancelled while the reply waited for its turn.")
    @Outcome(id = "0, 1, 1", expect = Expect.ACCEPTABLE, desc = "Cancelled before the reply came.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "The request ends twice or never, or the reply is not taken once.")
    @State
    public static class AnswerAndCancel extends Waiting {
        @Actor
        public void loop() {
            answer();
        }

        @Actor
        public void application() {
            reply.cancel(false);
        }

        @Arbiter
        public void afterwards(III_Result result) {
            finish(result);
        }
    }
}
