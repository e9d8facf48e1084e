package dev.heartbeat.nio;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Up to which size a piece is better copied beside its frame's header than given to the socket by
 * itself: what {@code WriteBuffer.LARGEST_COPIED} stands on. One operation writes 16 KiB of frames
 * to a socket on loopback, and reads them at its other end in the same thread, so that nobody waits
 * for anybody. The median is what counts.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CopyOrGatherBenchmark {
    private static final int BYTES_PER_WRITE = 16 * 1024;
    private static final int HEADER = 12;

    /**
     * More than the processor's first caches hold: an application's messages do not come from the
     * same place each time.
     */
    private static final int SOURCE_BYTES = 4 << 20;

    @Param({"64", "256", "1024", "2048", "4096", "8192", "16384"})
    private int size;

    @Param({"heap", "direct"})
    private String kind = "";

    private final ByteBuffer memory = ByteBuffer.allocateDirect(2 * BYTES_PER_WRITE);
    private final ByteBuffer target = ByteBuffer.allocateDirect(2 * BYTES_PER_WRITE);
    private ByteBuffer[] messages = {};
    private ByteBuffer[] headers = {};
    private ByteBuffer[] elements = {};
    private final SocketChannel writer;
    private final SocketChannel reader;
    private int next;

    public CopyOrGatherBenchmark() {
        try (ServerSocketChannel listener =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            writer = SocketChannel.open(listener.getLocalAddress());
            writer.setOption(StandardSocketOptions.TCP_NODELAY, true);
            reader = listener.accept();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Setup
    public void fill() {
        int pieces = BYTES_PER_WRITE / size;
        messages = Stream.generate(
                        () -> kind.equals("heap") ? ByteBuffer.allocate(size) : ByteBuffer.allocateDirect(size))
                .limit(SOURCE_BYTES / size)
                .toArray(ByteBuffer[]::new);
        headers = Stream.generate(memory::duplicate).limit(pieces).toArray(ByteBuffer[]::new);
        elements = new ByteBuffer[2 * pieces];
    }

    @TearDown
    public void close() throws IOException {
        writer.close();
        reader.close();
    }

    @Benchmark
    public void copy() throws IOException {
        memory.clear();
        for (int i = 0; i < headers.length; i++) {
            writeHeader();
            int at = memory.position();
            memory.put(at, nextMessage(), 0, size).position(at + size);
        }
        writer.write(memory.flip());
        readAll();
    }

    @Benchmark
    public void gather() throws IOException {
        memory.clear();
        for (int i = 0; i < headers.length; i++) {
            int at = memory.position();
            writeHeader();
            elements[2 * i] = headers[i].clear().limit(memory.position()).position(at);
            elements[2 * i + 1] = nextMessage().slice(0, size);
        }
        writer.write(elements);
        readAll();
    }

    private void writeHeader() {
        memory.putLong(size).putInt(size);
    }

    private ByteBuffer nextMessage() {
        next = next + 1 < messages.length ? next + 1 : 0;
        return messages[next];
    }

    private void readAll() throws IOException {
        int bytes = headers.length * (HEADER + size);
        for (int left = bytes; left > 0; left -= reader.read(target.clear().limit(left))) {}
    }
}
