package dev.heartbeat.internal.server;

import dev.heartbeat.BroadcastResult;
import dev.heartbeat.NodeListener;
import dev.heartbeat.SendResult;
import dev.heartbeat.TakeoverPolicy;
import dev.heartbeat.bench.fake.BenchLoop;
import dev.heartbeat.fake.FakeEnvironment;
import dev.heartbeat.fake.FakeOwner;
import dev.heartbeat.internal.frame.SharedMessage;
import dev.heartbeat.internal.loop.Loop;
import dev.heartbeat.internal.loop.Shard;
import dev.heartbeat.internal.node.Capacity;
import dev.heartbeat.internal.node.NodeEvents;
import dev.heartbeat.internal.node.NodeTable;
import dev.heartbeat.internal.node.Registration;
import dev.heartbeat.internal.node.Tombstones;
import dev.heartbeat.internal.queue.CallbackThreads;
import dev.heartbeat.internal.queue.Mailbox;
import dev.heartbeat.internal.queue.MessageList;
import dev.heartbeat.internal.queue.Outbox;
import dev.heartbeat.internal.queue.OutgoingMessage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
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
 * The cost of a message to ten thousand for the thread that sends it, for each recipient: the copy,
 * each queue, and the command by which its loop learns of it. The loop's work after that is not in
 * it. Beside it what the application could do without groups: keep the ids and send to each.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        jvmArgsAppend = {"-Xms3g", "-Xmx3g"})
public class BroadcastBenchmark {
    private static final int RECIPIENTS = 10_000;

    /** The number of nodes, among which the recipients are anywhere. */
    @Param({"10000", "1000000"})
    private int nodes;

    private final BenchLoop loop = new BenchLoop();
    private final Shard shard = Shard.of(loop);
    private final NodeTable table = new NodeTable(
            TakeoverPolicy.NEWEST_WINS,
            "group",
            100,
            100,
            new NodeEvents(
                    List.of(new NodeListener() {}),
                    (from, message) -> {},
                    (from, request) -> {},
                    (from, to) -> false,
                    null,
                    new CallbackThreads(FakeEnvironment.atOnce(), List.of(), null)),
            FakeEnvironment.atOnce(),
            () -> new Outbox(1000, 1 << 20, 1 << 20),
            1000,
            new Tombstones(0, 0, new FirstLoop(loop)),
            Capacity.unbounded(),
            () -> {});
    private final List<String> ids = new ArrayList<>();
    private final ByteBuffer message = ByteBuffer.allocate(100);

    /**
     * A node on a loop. Like a {@link NodeBinding} it is woken, and takes all messages that wait.
     */
    private static final class Stay extends FakeOwner implements Runnable {
        private final Shard shard;
        private final AtomicBoolean joined = new AtomicBoolean();
        private @Nullable Registration registration;

        Stay(Shard shard) {
            this.shard = shard;
        }

        @Override
        public void wake() {
            if (joined.compareAndSet(false, true)) {
                shard.execute(this);
            }
        }

        @Override
        public void run() {
            joined.set(false);
            if (registration == null) {
                return;
            }
            Mailbox outbox = registration.entry().mailbox(registration);
            MessageList taken = new MessageList();
            while (outbox != null && outbox.poll(registration, 0, 16_384, taken) > 0) {
                taken.drain(message -> {});
            }
        }

        @Override
        public Loop loop() {
            return shard;
        }
    }

    /** The recipients are made among all others. */
    @Setup
    public void fill() {
        for (int i = 0; i < nodes; i++) {
            String id = "node-" + i;
            Stay stay = new Stay(shard);
            stay.registration = table.admit(new Registration.Claim(id, 1, 1, 0, Map.of(), stay))
                    .registration();
            if (i % (nodes / RECIPIENTS) == 0) {
                table.join("red", id);
                ids.add(id);
            }
        }
        Collections.shuffle(ids, new Random(1));
    }

    /** Messages that wait are taken, so that no queue is ever full. */
    @Setup(Level.Invocation)
    public void take() {
        loop.run();
    }

    @Benchmark
    @OperationsPerInvocation(RECIPIENTS)
    public BroadcastResult group() {
        return table.send("red", SharedMessage.copyOf(message));
    }

    @Benchmark
    @OperationsPerInvocation(RECIPIENTS)
    public int oneByOne() {
        int accepted = 0;
        for (String id : ids) {
            accepted += table.offer(id, new OutgoingMessage(message)) == SendResult.ACCEPTED ? 1 : 0;
        }
        return accepted;
    }
}
