package dev.heartbeat.internal.channel;

import dev.heartbeat.Channel;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.Node;
import dev.heartbeat.SendResult;
import dev.heartbeat.UndeliveredException;
import dev.heartbeat.fake.FakeEnvironment;
import dev.heartbeat.fake.FakeLoop;
import dev.heartbeat.internal.queue.CallbackThreads;
import dev.heartbeat.internal.queue.Tracing;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A message is offered on a channel while its connection ends. The result is whether it was
 * accepted, and how often it came back.
 */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "Accepted before the end, and told with it.")
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "Refused: the channel was closed.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Accepted and lost, or refused and told.")
@State
public class SendAndCloseRace {
    private final FakeEnvironment workers = new FakeEnvironment();
    private final FakeLoop loop = FakeLoop.still();
    private final Listening listener = new Listening();
    private final ChannelEnd end =
            ChannelEnd.opening(new FakeChannelOwner(workers), loop, "c", ChannelOptions.defaults(), 100, listener);

    /** Counts what comes back. */
    private static final class Listening implements ChannelListener {
        private int cameBack;

        @Override
        public void onUndelivered(Channel channel, ByteBuffer message, UndeliveredException.Reason reason) {
            cameBack++;
        }
    }

    /** A client without a connection. */
    private record FakeChannelOwner(CallbackThreads callbackThreads, ChannelCounts counts) implements ChannelOwner {
        FakeChannelOwner(FakeEnvironment workers) {
            this(new CallbackThreads(workers, List.of(), null), new ChannelCounts());
        }

        @Override
        public String nodeId() {
            return "n1";
        }

        @Override
        public @Nullable Node node() {
            return null;
        }

        @Override
        public @Nullable Tracing tracing() {
            return null;
        }

        @Override
        public void requireMayWait(String call) {}

        @Override
        public void onMessageIn() {}

        @Override
        public void onFailure(String of, Throwable failure) {
            throw new AssertionError(failure);
        }
    }

    @Actor
    public void application(II_Result result) {
        result.r1 = end.trySend(ByteBuffer.allocate(1)) == SendResult.ACCEPTED ? 1 : 0;
    }

    @Actor
    public void loop() {
        end.cannotOpen("the connection is lost");
    }

    @Arbiter
    public void afterwards(II_Result result) {
        loop.run();
        workers.work();
        result.r2 = listener.cameBack;
    }
}
