package dev.heartbeat.internal.channel;

import dev.heartbeat.fake.FakeCallbackOrder;
import dev.heartbeat.fake.FakeEnvironment;
import dev.heartbeat.fake.FakeLoop;
import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.queue.IncomingMessage;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * Messages on their way to those who fetch them. The line of callbacks runs on the thread that
 * adds, and once more in the end.
 */
public final class PullRace {
    private PullRace() {}

    private static final class Message extends IncomingMessage {
        private int taken;

        Message() {
            super(ByteBuffer.allocate(1), Envelope.NONE);
        }

        @Override
        public synchronized void consumed() {
            taken++;
        }

        synchronized int timesTaken() {
            return taken;
        }
    }

    private static int got(CompletableFuture<ByteBuffer> receiver) {
        return receiver.isDone() && !receiver.isCompletedExceptionally() ? 1 : 0;
    }

    /**
     * Two receive while a message is added. The result is what each got, and how often the message
     * was taken.
     */
    @JCStressTest
    @Outcome(id = "1, 0, 1", expect = Expect.ACCEPTABLE, desc = "The first was there, or came, before the second.")
    @Outcome(id = "0, 1, 1", expect = Expect.ACCEPTABLE, desc = "The second was there, or came, before the first.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "The message is lost, or given twice, or waits beside one who waits.")
    @State
    public static class TwoReceivers {
        private final FakeCallbackOrder line = new FakeCallbackOrder(new FakeEnvironment());
        private final PullQueue pulls = new PullQueue(FakeLoop.still(), line);
        private final Message message = new Message();
        private CompletableFuture<ByteBuffer> first;
        private CompletableFuture<ByteBuffer> second;

        @Actor
        public void first() {
            first = pulls.receive(null);
        }

        @Actor
        public void second() {
            second = pulls.receive(null);
        }

        @Actor
        public void loop() {
            pulls.add(message);
            line.run();
        }

        @Arbiter
        public void afterwards(III_Result result) {
            line.run();
            result.r1 = got(first);
            result.r2 = got(second);
            result.r3 = message.timesTaken();
        }
    }

    /**
     * A receiver is cancelled while a message is added for it. The result is what it got, what the
     * next one got, and how often the message was taken.
     */
    @JCStressTest
    @Outcome(id = "1, 0, 1", expect = Expect.ACCEPTABLE, desc = "Given before it was cancelled.")
    @Outcome(id = "0, 1, 1", expect = Expect.ACCEPTABLE, desc = "Cancelled before, and kept for the next.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "The message is lost, or given twice.")
    @State
    public static class AddAndCancel {
        private final FakeCallbackOrder line = new FakeCallbackOrder(new FakeEnvironment());
        private final PullQueue pulls = new PullQueue(FakeLoop.still(), line);
        private final Message message = new Message();
        private final CompletableFuture<ByteBuffer> waiting = pulls.receive(null);

        @Actor
        public void application() {
            waiting.cancel(false);
        }

        @Actor
        public void loop() {
            pulls.add(message);
            line.run();
        }

        @Arbiter
        public void afterwards(III_Result result) {
            result.r1 = got(waiting);
            CompletableFuture<ByteBuffer> next = pulls.receive(null);
            line.run();
            result.r2 = got(next);
            result.r3 = message.timesTaken();
        }
    }
}
