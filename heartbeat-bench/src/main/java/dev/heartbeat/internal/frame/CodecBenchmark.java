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
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * The cost of one frame where it is made, and where it is read: in direct memory, as a transport
 * has it. The bytes of a message are copied beside their header, and read where they lie.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class CodecBenchmark {
    @Param
    Sample frame = Sample.PING;

    private final BenchConnection connection = new BenchConnection(new BenchLoop());
    private final FrameEncoder encoder = new FrameEncoder(connection);
    private final FrameDecoder decoder = new FrameDecoder();
    private ByteBuffer input = ByteBuffer.allocate(0);

    @SuppressWarnings("NullAway.Init") // Set by prepare.
    private Discarded handler;

    private long number;

    @Setup
    public void prepare(Blackhole hole) {
        handler = new Discarded(hole);
        frame.write(encoder, connection, 1);
        input = connection.takeWritten();
    }

    @Benchmark
    public int encode() {
        frame.write(encoder, connection, ++number);
        int bytes = connection.written().position();
        connection.flush();
        return bytes;
    }

    @Benchmark
    public void decode() throws ProtocolException {
        handler.hear(input.rewind(), decoder, BufferPool.NONE);
    }

    @Benchmark
    public void encodeAndDecode() throws ProtocolException {
        frame.write(encoder, connection, ++number);
        handler.hear(connection.written().flip(), decoder, BufferPool.NONE);
        connection.flush();
    }
}
