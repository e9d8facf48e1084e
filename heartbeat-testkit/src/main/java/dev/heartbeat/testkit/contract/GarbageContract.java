package dev.heartbeat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.heartbeat.spi.Acceptor;
import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A few bytes answered cost no garbage, and neither does a small message written. For transports
 * that promise it; those on selectors of the JDK run it with {@code -XX:AutoBoxCacheMax=20000},
 * since these box the number of each socket that is ready.
 *
 * @since 0.1
 */
public abstract class GarbageContract implements TransportUnderTest {

    private static final int PING = 28;
    private static final int WARM_UP = 20_000;
    private static final int MEASURED = 20_000;

    /** The selector itself takes about a byte, when it makes room for keys. */
    private static final double BYTES_PER_ECHO = 4;

    /** As much as the transport copies of a piece. */
    private static final int LARGEST_COPIED = 4096;

    /** More than a socket holds, at both ends. */
    private static final int MESSAGES = 250_000;

    /** So often it has to wait. */
    private static final int WAITS = 40;

    /** The garbage that the JDK may make for itself in a moment, spread over all of them. */
    private static final double BYTES_PER_MESSAGE = 0.1;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** For a nested class of the transport's own test. */
    protected GarbageContract() {}

    /**
     * {@return the bytes that the polling itself may take for each turn: what the transport stands
     * on may be none of its making}
     */
    protected double bytesPerPoll() {
        return 0;
    }

    @Test
    void aSmallEchoAllocatesNothing() throws Exception {
        assertAnswersCostNothing(Echo::new, PING);
    }

    @Test
    void aSmallMessageThatIsGivenAllocatesNothing() throws Exception {
        assertGivingCostsNothing(ByteBuffer.allocate(100));
    }

    @Test
    void theLargestThatIsCopiedAllocatesNothingWhateverItsMemory() throws Exception {
        assertGivingCostsNothing(ByteBuffer.allocate(LARGEST_COPIED));
        assertGivingCostsNothing(ByteBuffer.allocateDirect(LARGEST_COPIED).asReadOnlyBuffer());
    }

    private void assertGivingCostsNothing(ByteBuffer message) throws Exception {
        assertAnswersCostNothing(connection -> new Answer(connection, message), Answer.HEADER + message.capacity());
    }

    private void assertAnswersCostNothing(Function<Connection, ConnectionHandler> handlers, int answerBytes)
            throws Exception {
        serve(handlers, (peer, loopThread) -> {
            peer.setTcpNoDelay(true);
            ask(peer, answerBytes, WARM_UP);
            double limit = BYTES_PER_ECHO + bytesPerPoll();
            double bytesPerEcho = Rounds.leastUntilBelow(limit, () -> {
                long before = threads.getThreadAllocatedBytes(loopThread);
                ask(peer, answerBytes, MEASURED);
                return (double) (threads.getThreadAllocatedBytes(loopThread) - before) / MEASURED;
            });
            assertThat(bytesPerEcho).isLessThan(limit);
        });
    }

    /** The peer reads nothing before the socket is full. */
    @Test
    void aStreamOfSmallMessagesIntoAFullSocketAllocatesNothing() throws Exception {
        AtomicInteger waits = new AtomicInteger();
        serve(connection -> new Firehose(connection, waits), (peer, loopThread) -> {
            peer.getOutputStream().write(1);
            readWhenItWaits(peer, waits, WAITS / 4);
            double bytesPerMessage = Rounds.leastUntilBelow(BYTES_PER_MESSAGE, () -> {
                long before = threads.getThreadAllocatedBytes(loopThread);
                readWhenItWaits(peer, waits, WAITS);
                return (double) (threads.getThreadAllocatedBytes(loopThread) - before) / (WAITS * MESSAGES);
            });
            assertThat(bytesPerMessage).isLessThan(BYTES_PER_MESSAGE);
        });
    }

    private static void readWhenItWaits(Socket peer, AtomicInteger waits, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            int before = waits.get();
            read(peer, MESSAGES);
            while (waits.get() == before) {
                Thread.onSpinWait(); // Not for long: nobody reads.
            }
        }
    }

    private static void read(Socket peer, int messages) throws IOException {
        peer.getInputStream().skipNBytes((long) messages * Firehose.FRAME);
    }

    private interface Measurement {
        void run(Socket peer, long loopThread) throws Exception;
    }

    private void serve(Function<Connection, ConnectionHandler> handlers, Measurement measurement) throws Exception {
        try (Transport transport =
                start(TransportOptions.builder().eventLoops(1).build())) {
            InetSocketAddress address = await(transport.listen(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), new Service(handlers)))
                    .localAddress();
            try (Socket peer = new Socket(address.getAddress(), address.getPort())) {
                measurement.run(peer, threadOf(transport.eventLoops().get(0)));
            }
        }
    }

    private static void ask(Socket peer, int answerBytes, int times) throws IOException {
        byte[] ping = new byte[PING];
        byte[] pong = new byte[answerBytes];
        OutputStream out = peer.getOutputStream();
        DataInputStream in = new DataInputStream(peer.getInputStream());
        for (int i = 0; i < times; i++) {
            out.write(ping);
            in.readFully(pong);
        }
    }

    private long threadOf(EventLoop loop) throws Exception {
        CompletableFuture<Long> id = new CompletableFuture<>();
        loop.execute(() -> id.complete(Thread.currentThread().getId()));
        return await(id);
    }

    private record Service(Function<Connection, ConnectionHandler> handlers) implements Acceptor {

        @Override
        public boolean onAccept(InetSocketAddress remote) {
            return true;
        }

        @Override
        public ConnectionHandler onOpen(Connection connection) {
            return handlers.apply(connection);
        }
    }

    private static class Echo implements ConnectionHandler {

        final Connection connection;

        private Echo(Connection connection) {
            this.connection = connection;
        }

        @Override
        public void onRead(ByteBuffer bytes) {
            connection.reserve(bytes.remaining()).put(bytes);
            connection.flush();
        }

        @Override
        public void onWritable() {}

        @Override
        public void onFlushed(long total) {}

        @Override
        public void onClosed(@Nullable Throwable cause) {}
    }

    /** Gives the same message as each answer, behind a header. */
    private static final class Answer extends Echo {

        private static final int HEADER = 12;

        private final ByteBuffer message;

        private Answer(Connection connection, ByteBuffer message) {
            super(connection);
            this.message = message;
        }

        @Override
        public void onRead(ByteBuffer bytes) {
            connection.reserve(HEADER).putLong(0).putInt(0);
            connection.write(message, 0, message.capacity());
            connection.flush();
        }
    }

    /** Once it is asked, it sends for ever, as much at a time as is writable. */
    private static final class Firehose extends Echo {

        private static final int HEADER = 12;
        private static final int FRAME = HEADER + 100;

        private final ByteBuffer message = ByteBuffer.allocate(FRAME - HEADER);
        private final AtomicInteger waits;

        private Firehose(Connection connection, AtomicInteger waits) {
            super(connection);
            this.waits = waits;
        }

        @Override
        public void onRead(ByteBuffer bytes) {
            send();
        }

        @Override
        public void onFlushed(long total) {
            send();
        }

        private void send() {
            while (connection.isWritable() && connection.pendingBytes() < 32 * 1024) {
                connection.reserve(HEADER).putLong(0).putInt(0);
                connection.write(message, 0, message.capacity());
                if (connection.pendingBytes() > 16 * 1024) {
                    connection.flush();
                }
            }
            waits.incrementAndGet();
        }
    }
}
