package dev.heartbeat.internal.server;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.SendResult;
import dev.heartbeat.bench.fake.BenchNode;
import dev.heartbeat.bench.fake.BenchTransport;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Control;

/**
 * A message of 100 bytes to a node, from {@code trySend} until its frame is flushed: its place in
 * the queue, the command by which the loop learns of it, its turn. One thread does it, which is
 * the loop too; or two do, where what counts is the sender's time for a message that is accepted,
 * waiting for room included. Without sockets.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SendBenchmark {
    private static final int TOGETHER = 16;
    private static final int MANY = 100;
    private static final String ID = "node";

    private final BenchTransport transport = new BenchTransport();
    private final HeartbeatServer server = HeartbeatServer.builder()
            .port(1)
            .listener(new Writable())
            .transport(transport)
            .startAsync()
            .join();
    private final ByteBuffer message = ByteBuffer.allocate(100);
    private final List<ByteBuffer> messages = Collections.nCopies(MANY, message);

    /**
     * The number of times that the queue was full and half of it free again. Written by the loop.
     */
    private volatile int writable;

    private final class Writable implements NodeListener {
        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // One thread writes.
        public void onWritable(Node node) {
            writable++;
        }
    }

    public SendBenchmark() {
        BenchNode unused = new BenchNode(transport, ID);
    }

    @Benchmark
    public SendResult oneInATurn() {
        SendResult result = server.trySend(ID, message);
        transport.loop().run();
        return result;
    }

    @Benchmark
    @OperationsPerInvocation(TOGETHER)
    public SendResult sixteenInATurn() {
        for (int i = 1; i < TOGETHER; i++) {
            server.trySend(ID, message);
        }
        return oneInATurn();
    }

    /** To compare with {@link #hundredAtOnce}. */
    @Benchmark
    @OperationsPerInvocation(MANY)
    public SendResult hundredOneByOne() {
        for (int i = 1; i < MANY; i++) {
            server.trySend(ID, message);
        }
        return oneInATurn();
    }

    @Benchmark
    @OperationsPerInvocation(MANY)
    public List<SendResult> hundredAtOnce() {
        List<SendResult> results = server.sendAll(ID, messages);
        transport.loop().run();
        return results;
    }

    @Benchmark
    @Group("from_another_thread")
    public void send(Control control) {
        int before = writable;
        while (server.trySend(ID, message) != SendResult.ACCEPTED && !control.stopMeasurement) {
            awaitWritable(before, control);
            before = writable;
        }
    }

    private void awaitWritable(int before, Control control) {
        while (writable == before && !control.stopMeasurement) {
            Thread.onSpinWait();
        }
    }

    @Benchmark
    @Group("from_another_thread")
    public void loop() {
        transport.loop().run();
    }
}
