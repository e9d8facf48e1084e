package dev.heartbeat.bench.load.server;

import dev.heartbeat.bench.wire.BareTls;
import dev.heartbeat.tls.BenchmarkKeys;
import dev.heartbeat.tls.BenchmarkTls;
import dev.heartbeat.tls.spi.TlsEngines;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * {@link EchoServer} with a bare engine for each socket: the least that TLS takes in Java. The
 * floor for a server on {@code java.nio} with this engine.
 */
final class TlsEchoServer implements LoadedServer {
    private static final int BACKLOG = 4096;
    private static final int PLAINTEXT_BYTES = 64 * 1024;

    private final Selector selector = Selector.open();
    private final ServerSocketChannel listener = ServerSocketChannel.open();
    private final BareTls.Memory memory = new BareTls.Memory();
    private final TlsEngines engines;
    private final ByteBuffer plaintext;

    TlsEchoServer(String engine) throws IOException {
        engines = BenchmarkTls.engines(BenchmarkKeys.builder(engine));
        plaintext = engines.prefersDirectMemory()
                ? ByteBuffer.allocateDirect(PLAINTEXT_BYTES)
                : ByteBuffer.allocate(PLAINTEXT_BYTES);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
        Thread thread = new Thread(this::run, "echo");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public int port() {
        return listener.socket().getLocalPort();
    }

    private void run() {
        try {
            while (true) {
                selector.select(this::onReady);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void onReady(SelectionKey key) {
        if (key.attachment() instanceof BareTls tls) {
            SocketChannel socket = (SocketChannel) key.channel();
            try {
                if (tls.read(socket, plaintext.clear()) < 0) {
                    close(socket, tls);
                } else if (plaintext.flip().hasRemaining()) {
                    tls.write(socket, plaintext);
                }
            } catch (IOException e) {
                close(socket, tls); // The load resets its connections.
            }
        } else {
            accept();
        }
    }

    private void accept() {
        try {
            for (SocketChannel socket = listener.accept(); socket != null; socket = listener.accept()) {
                socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
                socket.configureBlocking(false);
                socket.register(selector, SelectionKey.OP_READ, new BareTls(engines.newServer(), memory));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void close(SocketChannel socket, BareTls tls) {
        engines.release(tls.engine());
        try {
            socket.close();
        } catch (IOException e) {
            // It is of no use any more.
        }
    }
}
