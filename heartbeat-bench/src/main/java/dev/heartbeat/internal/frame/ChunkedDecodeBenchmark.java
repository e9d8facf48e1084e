package dev.heartbeat.internal.frame;

import dev.heartbeat.bench.fake.BenchConnection;
import dev.heartbeat.bench.fake.BenchLoop;
import java.nio.ByteBuffer;
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
import org.openjdk.jmh.infra.Blackhole;

/**
 * The cost of a frame of a stream that is cut anywhere: heartbeats and messages of 100 bytes by
 * turns, which come in pieces of this size. A frame that is cut is collected, and so copied once.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class ChunkedDecodeBenchmark {
    private static final int FRAMES = 100;

    /** 7,350 bytes are all of them. */
    @Param({"7350", "1448", "100", "10", "1"})
    int bytesPerRead = 1;

    private final FrameDecoder decoder = new FrameDecoder();
    private final BufferPool spares = new BufferPool(1, 1 << 16);
    private ByteBuffer input = ByteBuffer.allocate(0);

    @SuppressWarnings("NullAway.Init") // Set by prepare.
    private Discarded handler;

    @Setup
    public void prepare(Blackhole hole) {
        handler = new Discarded(hole);
        BenchConnection connection = new BenchConnection(new BenchLoop());
        FrameEncoder encoder = new FrameEncoder(connection);
        for (int i = 0; i < FRAMES / 2; i++) {
            Sample.HEARTBEAT_REQ_RTT.write(encoder, connection, i);
            Sample.DATA_100.write(encoder, connection, i);
        }
        input = connection.takeWritten();
    }

    @Benchmark
    @OperationsPerInvocation(FRAMES)
    public void decode() throws ProtocolException {
        int end = input.capacity();
        for (int at = 0; at < end; at += bytesPerRead) {
            handler.hear(input.limit(Math.min(end, at + bytesPerRead)).position(at), decoder, spares);
        }
    }
}
