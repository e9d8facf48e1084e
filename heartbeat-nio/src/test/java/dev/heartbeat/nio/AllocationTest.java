package dev.heartbeat.nio;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.heartbeat.spi.Acceptor;
import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.EventLoop;
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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A heartbeat answered costs no garbage. */
final class AllocationTest {

    private static final int WARM_UP = 20_000;
    private static final int MEASURED = 20_000;

    /** The selector itself takes about a byte, when it makes room for keys. */
    private static final double BYTES_PER_ECHO = 4;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void aSmallEchoAllocatesNothing() throws Exception {
        try (NioTransport transport =
                NioTransport.start(TransportOptions.defaults().withEventLoops(1))) {
            InetSocketAddress address = transport
                    .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), new EchoService())
                    .get()
                    .localAddress();
            long loopThread = threadOf(transport.eventLoops().get(0));
            try (Socket peer = new Socket(address.getAddress(), address.getPort())) {
                peer.setTcpNoDelay(true);
                echo(peer, WARM_UP);
                long before = threads.getThreadAllocatedBytes(loopThread);
                echo(peer, MEASURED);
                long bytes = threads.getThreadAllocatedBytes(loopThread) - before;
                assertThat((double) bytes / MEASURED).isLessThan(BYTES_PER_ECHO);
            }
        }
    }

    private static void echo(Socket peer, int times) throws IOException {
        byte[] ping = new byte[28];
        byte[] pong = new byte[28];
        OutputStream out = peer.getOutputStream();
        DataInputStream in = new DataInputStream(peer.getInputStream());
        for (int i = 0; i < times; i++) {
            out.write(ping);
            in.readFully(pong);
        }
    }

    private static long threadOf(EventLoop loop) throws Exception {
        CompletableFuture<Long> id = new CompletableFuture<>();
        loop.execute(() -> id.complete(Thread.currentThread().getId()));
        return id.get();
    }

    private static final class EchoService implements Acceptor {

        @Override
        public boolean onAccept(InetSocketAddress remote) {
            return true;
        }

        @Override
        public ConnectionHandler onOpen(Connection connection) {
            return new Echo(connection);
        }
    }

    private static final class Echo implements ConnectionHandler {

        private final Connection connection;

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
}
