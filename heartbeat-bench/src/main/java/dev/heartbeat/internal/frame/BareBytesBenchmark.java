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
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Beside the {@link CodecBenchmark}: the numbers of a heartbeat written and read again one after
 * the other, with nothing checked and nobody notified. It is what the machine and
 * {@link ByteBuffer} make of these 28 bytes.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class BareBytesBenchmark {
    private final BenchConnection connection = new BenchConnection(new BenchLoop());
    private int start = 0xAB02_0100;
    private int handle;
    private int length = 16;
    private long number;

    @Benchmark
    public void writeAndRead(Blackhole hole) {
        ByteBuffer out = connection.reserve(FrameHeader.SIZE + 2 * Long.BYTES);
        out.putInt(start).putInt(handle).putInt(length).putLong(++number).putLong(0);
        ByteBuffer in = connection.written().flip();
        while (in.hasRemaining()) {
            hole.consume(in.getInt());
            hole.consume(in.getInt());
            hole.consume(in.getInt());
            hole.consume(in.getLong());
            hole.consume(in.getLong());
        }
        connection.flush();
    }
}
