package dev.heartbeat.internal.mux;

import dev.heartbeat.UndeliveredException.Reason;
import dev.heartbeat.bench.fake.BenchConnection;
import dev.heartbeat.bench.fake.BenchLoop;
import dev.heartbeat.fake.FakeLoop;
import dev.heartbeat.internal.frame.BufferPool;
import dev.heartbeat.internal.frame.ChannelOpen;
import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.frame.FrameEncoder;
import dev.heartbeat.internal.frame.ProtocolException;
import dev.heartbeat.internal.loop.Loop;
import dev.heartbeat.internal.queue.IncomingMessage;
import dev.heartbeat.internal.queue.MessageList;
import dev.heartbeat.internal.queue.OutgoingMessage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The cost of a message of 100 bytes from its turn on, until the socket has taken it: 100 of them
 * wait, all for one channel or each for its own. The work of the application's thread before, and
 * the queue between, is not in it.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SchedulerBenchmark {
    private static final int MESSAGES = 100;
    private static final Loop STILL = FakeLoop.still();
    private static final long PLENTY = Long.MAX_VALUE / 2;

    @Param({"1", "100"})
    int channels = 1;

    private final BenchConnection connection = new BenchConnection(new BenchLoop());
    private final Multiplexer mux = new Multiplexer(
            new Host(),
            connection,
            new FrameEncoder(connection),
            new Nobody(),
            new RoundRobin(),
            new Multiplexer.Credits(PLENTY, PLENTY, 64 * 1024),
            new Multiplexer.Limits(
                    1, 1 << 20, 100, 100, 64 * 1024, new Multiplexer.Arrival(1, 10_000_000_000L, 1024), 1_000_000_000L),
            new InboundBudget(1 << 30));
    private final List<Waiting> waiting = new ArrayList<>();

    private static final class Host implements Multiplexer.Host {
        @Override
        public Loop loop() {
            return STILL;
        }

        @Override
        public BufferPool spares() {
            return BufferPool.NONE;
        }

        @Override
        public long rttNs() {
            return 0;
        }

        @Override
        public Endpoint onOpen(ChannelOpen open) {
            throw new UnsupportedOperationException("nothing is opened by the other side");
        }

        @Override
        public void onMessageSent() {}

        @Override
        public void onSignOfLife(int handle) {}

        @Override
        public void pumpSoon() {}
    }

    /** Receives nothing. */
    private static class Nobody implements SharedReceiver {
        @Override
        public boolean takesFrom(int handle, long ordinal) {
            return false;
        }

        @Override
        public void onFragment(int handle) {}

        @Override
        public void onMessage(int handle, IncomingMessage message) {}

        @Override
        public void onRequestCancelled(int handle, Envelope request) {}

        @Override
        public void onRefusedMessage(ProtocolException refusal) {}
    }

    /** Has messages to send, and gets each back when it has left. */
    private static final class Waiting extends Nobody implements Endpoint, Sender {
        private final MessageList messages = new MessageList();
        private final MessageList left = new MessageList();
        private final MuxChannel channel;

        Waiting(Multiplexer mux, String name, int count) throws ProtocolException {
            channel = mux.open(name, Multiplexer.DEFAULT_WEIGHT, 0, this);
            mux.onAccept(channel.id(), PLENTY);
            for (int i = 0; i < count; i++) {
                left.add(new OutgoingMessage(ByteBuffer.allocate(100)));
            }
        }

        /** All of them wait again. */
        void offer() {
            for (OutgoingMessage message = left.poll(); message != null; message = left.poll()) {
                messages.add(message);
            }
            channel.offer(this);
        }

        @Override
        public boolean isInline() {
            return false;
        }

        @Override
        public void onView(Envelope envelope, ByteBuffer message) {}

        @Override
        public void onAccepted() {}

        @Override
        public void onEnd() {}

        @Override
        public void onOver(Ending ending, String text) {}

        @Override
        public int handle() {
            return 0;
        }

        @Override
        public boolean join() {
            return true;
        }

        @Override
        public void dequeued() {}

        @Override
        public void poll(MessageList to, long room) {
            long rest = room;
            for (OutgoingMessage first = messages.peek(); first != null; first = messages.peek()) {
                rest -= first.frameSize(0);
                if (rest < 0) {
                    return;
                }
                messages.poll();
                to.add(first);
            }
        }

        @Override
        public boolean hasMore() {
            return !messages.isEmpty();
        }

        @Override
        public void onSent(OutgoingMessage message) {
            left.add(message);
        }

        @Override
        public void undelivered(OutgoingMessage message, Reason reason) {}

        @Override
        public Sender sender() {
            return this;
        }

        @Override
        public int window() {
            return 64 * 1024;
        }

        @Override
        public int maxWindow() {
            return 64 * 1024;
        }

        @Override
        public boolean awaitsReplies() {
            return false;
        }

        @Override
        public void drain() {}

        @Override
        public void onOffered(MuxChannel offered) {}
    }

    @Setup
    public void open() throws ProtocolException {
        for (int i = 0; i < channels; i++) {
            waiting.add(new Waiting(mux, "channel-" + i, MESSAGES / channels));
        }
        mux.pump();
    }

    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public long pump() {
        for (int i = 0; i < waiting.size(); i++) {
            waiting.get(i).offer();
        }
        mux.pump();
        return connection.flushedBytes();
    }
}
