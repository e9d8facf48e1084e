package dev.heartbeat.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.spi.Acceptor;
import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.Listener;
import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * A slow peer empties a large socket buffer for a long time before that takes more; by what it
 * acknowledges it is seen to move.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
final class AcknowledgedTest {
    private static final int BUFFER = 4 << 20;
    private static final int MESSAGE = 64 << 20;

    /** Less than a socket waits for before it takes more. */
    private static final int READ = 256 << 10;

    @Test
    void bytesThatThePeerTakesAreProgressThoughTheSocketTakesNone() throws Exception {
        TransportOptions options =
                TransportOptions.builder().eventLoops(1).sendBufferBytes(BUFFER).build();
        try (Transport transport =
                NettyTransport.builder().io(NettyIo.EPOLL).options(options).start()) {
            CompletableFuture<Connection> opened = new CompletableFuture<>();
            Listener listener = transport
                    .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), new Accepting(opened))
                    .get(30, TimeUnit.SECONDS);
            try (Socket peer = new Socket()) {
                peer.setReceiveBufferSize(64 << 10);
                peer.connect(listener.localAddress());
                Connection connection = opened.get(30, TimeUnit.SECONDS);
                on(connection, () -> {
                    connection.write(ByteBuffer.allocateDirect(MESSAGE), 0, MESSAGE);
                    connection.flush();
                    return null;
                });
                long flushed = untilAtRest(connection, connection::flushedBytes);
                long progress = untilAtRest(connection, connection::progress);
                assertThat(on(connection, connection::progress)).isEqualTo(progress);

                peer.getInputStream().readNBytes(READ);
                while (on(connection, connection::progress) == progress) {
                    Thread.onSpinWait();
                }
                assertThat(flushed).isLessThan(MESSAGE);
                assertThat(on(connection, connection::flushedBytes)).isEqualTo(flushed);
            }
        }
    }

    /** Until it has been the same a thousand times. */
    private static long untilAtRest(Connection connection, Supplier<Long> number) throws Exception {
        long last = on(connection, number);
        for (int same = 0; same < 1_000; same++) {
            long now = on(connection, number);
            if (now != last) {
                last = now;
                same = 0;
            }
        }
        return last;
    }

    private static <T> T on(Connection connection, Supplier<T> question) throws Exception {
        return CompletableFuture.supplyAsync(question, connection.eventLoop()::execute)
                .get(30, TimeUnit.SECONDS);
    }

    private record Accepting(CompletableFuture<Connection> opened) implements Acceptor, ConnectionHandler {

        @Override
        public boolean onAccept(InetSocketAddress remote) {
            return true;
        }

        @Override
        public ConnectionHandler onOpen(Connection connection) {
            opened.complete(connection);
            return this;
        }

        @Override
        public void onRead(ByteBuffer bytes) {}

        @Override
        public void onWritable() {}

        @Override
        public void onFlushed(long total) {}

        @Override
        public void onClosed(@Nullable Throwable cause) {}
    }
}
