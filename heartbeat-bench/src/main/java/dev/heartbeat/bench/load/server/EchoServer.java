package dev.heartbeat.bench.load.server;

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
 * The least that Java can do: one thread and one selector, and what was read is written back. The
 * floor for a server on {@code java.nio}.
 */
final class EchoServer implements LoadedServer {
    private static final int BACKLOG = 4096;
    private static final int BYTES_PER_READ = 64 * 1024;

    private final Selector selector = Selector.open();
    private final ServerSocketChannel listener = ServerSocketChannel.open();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BYTES_PER_READ);

    EchoServer() throws IOException {
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
        if (key.isReadable()) {
            SocketChannel socket = (SocketChannel) key.channel();
            try {
                echo(socket);
            } catch (IOException e) {
                close(socket); // The load resets its connections.
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
                socket.register(selector, SelectionKey.OP_READ);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void echo(SocketChannel socket) throws IOException {
        buffer.clear();
        if (socket.read(buffer) < 0) {
            socket.close();
            return;
        }
        buffer.flip();
        // The load has far less in flight than a socket holds, so this writes once.
        while (buffer.hasRemaining()) {
            socket.write(buffer);
        }
    }

    private static void close(SocketChannel socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is of no use any more.
        }
    }
}
