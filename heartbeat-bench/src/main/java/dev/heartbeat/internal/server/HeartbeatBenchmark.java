package dev.heartbeat.internal.server;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.bench.fake.BenchNode;
import dev.heartbeat.bench.fake.BenchTransport;
import dev.heartbeat.internal.frame.HandleRanges;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
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
 * A heartbeat on the server, from the bytes that were read to the bytes to be written, without a
 * socket: decoded, counted, its node found alive, and answered; or, where the server answers each
 * tenth, the mean of ten. The nodes beat in an order of their own.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms2g", "-Xmx2g"})
public class HeartbeatBenchmark {
    private static final int COALESCED = 16;

    @Param({"1000", "100000"})
    int nodes = 1;

    @Param({"1", "10"})
    int ackEvery = 1;

    private final ByteBuffer one = beats(1);
    private final ByteBuffer sixteen = beats(COALESCED);

    @Nullable
    HeartbeatServer server;

    private BenchNode[] fleet = {};
    private int next;

    @Setup
    public void register() {
        BenchTransport transport = new BenchTransport();
        server = HeartbeatServer.builder()
                .port(1)
                .ackEvery(ackEvery)
                .transport(transport)
                .startAsync()
                .join();
        List<BenchNode> made = IntStream.range(0, nodes)
                .mapToObj(i -> new BenchNode(transport, "node-" + i))
                .collect(Collectors.toList());
        Collections.shuffle(made, new Random(1));
        fleet = made.toArray(new BenchNode[0]);
    }

    private static ByteBuffer beats(int count) {
        return BenchNode.frames((encoder, connection) -> {
            for (int i = 0; i < count; i++) {
                encoder.heartbeatRequest(0, i, 0, 250, HandleRanges.NOBODY);
            }
        });
    }

    private BenchNode next() {
        next = next + 1 < nodes ? next + 1 : 0;
        return fleet[next];
    }

    @Benchmark
    public void oneInARead() {
        next().give(one);
    }

    @Benchmark
    @OperationsPerInvocation(COALESCED)
    public void sixteenInARead() {
        next().give(sixteen);
    }
}
