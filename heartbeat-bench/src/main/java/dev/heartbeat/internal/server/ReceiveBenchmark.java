package dev.heartbeat.internal.server;

import dev.heartbeat.Channel;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.ChannelOptions.Delivery;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.bench.fake.BenchNode;
import dev.heartbeat.bench.fake.BenchTransport;
import dev.heartbeat.internal.frame.ChannelOpen;
import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.frame.Head;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A message of 100 bytes that a node sends, from the bytes that were read to the application, which
 * looks at one of them. Without sockets, and without another thread: the application is called
 * where it is handed over.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ReceiveBenchmark {
    private static final int COALESCED = 16;
    private static final int MESSAGE_BYTES = 100;

    private static final int CHANNEL_0 = 0;
    private static final int INLINE = 1;
    private static final int PUSH = 3;

    private final BenchTransport transport = new BenchTransport();
    private final BenchNode node;
    private final ByteBuffer onChannel0 = messages(CHANNEL_0);
    private final ByteBuffer inline = messages(INLINE);
    private final ByteBuffer pushed = messages(PUSH);
    private final Application application = new Application();

    public ReceiveBenchmark() {
        Application listening = application;
        HeartbeatServer unused = HeartbeatServer.builder()
                .port(1)
                .onMessage((from, message) -> listening.lookAt(message))
                .channel("inline", delivery(Delivery.INLINE), channel -> listening)
                .channel("push", delivery(Delivery.PUSH), channel -> listening)
                .transport(transport)
                .startAsync()
                .join();
        node = new BenchNode(transport, "node");
    }

    private static ChannelOptions delivery(Delivery how) {
        return ChannelOptions.builder().delivery(how).build();
    }

    private static ByteBuffer messages(int channel) {
        ByteBuffer message = ByteBuffer.allocate(MESSAGE_BYTES);
        return BenchNode.frames((encoder, connection) -> {
            for (int i = 0; i < COALESCED; i++) {
                encoder.data(channel, 0, 0, Envelope.NONE, MESSAGE_BYTES, Head.NO_TOTAL, 0);
                connection.write(message, 0, MESSAGE_BYTES);
            }
        });
    }

    /** Looks at what it gets. */
    private static final class Application implements ChannelListener {
        private long sum;

        @Override
        public void onMessage(Channel channel, ByteBuffer message) {
            lookAt(message);
        }

        private void lookAt(ByteBuffer message) {
            sum += message.get(message.position());
        }
    }

    /** The node opens its channels, and the application accepts them. */
    @Setup
    public void open() {
        open(INLINE, "inline");
        open(PUSH, "push");
    }

    private void open(int id, String name) {
        ChannelOpen channel = new ChannelOpen(Long.MAX_VALUE, 16, name, 0);
        node.give(BenchNode.frames((encoder, connection) -> encoder.channelOpen(id, channel)));
        transport.loop().run();
    }

    @Benchmark
    @OperationsPerInvocation(COALESCED)
    public long channel0() {
        return receive(onChannel0);
    }

    @Benchmark
    @OperationsPerInvocation(COALESCED)
    public long push() {
        return receive(pushed);
    }

    @Benchmark
    @OperationsPerInvocation(COALESCED)
    public long inline() {
        return receive(inline);
    }

    /** Then a turn, in which what the application has taken becomes credit. */
    private long receive(ByteBuffer messages) {
        node.give(messages);
        transport.loop().run();
        return application.sum;
    }
}
