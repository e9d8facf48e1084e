package dev.heartbeat.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** Reads as much as there is, and looks at each message where it was read or in a copy. */
final class PlainReceiver implements Receiver {
    static final String THREAD = "plain";

    private static final int BYTES_PER_READ = 64 * 1024;

    private final Tally tally;
    private final boolean keeps;
    private final ServerSocketChannel listener;
    private final ByteBuffer buffer;

    /**
     * @param keeps whether the application is given memory of its own for each message
     */
    PlainReceiver(Workload workload, boolean keeps) throws IOException {
        this.keeps = keeps;
        tally = new Tally(workload);
        // No larger than one message that is larger: none is begun before the one before it was
        // whole, so nothing is moved.
        buffer = ByteBuffer.allocateDirect(Math.max(BYTES_PER_READ, Integer.BYTES + workload.bytes()));
        listener = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Thread thread = new Thread(this::run, THREAD);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public int port() {
        return listener.socket().getLocalPort();
    }

    @Override
    public long count() {
        return tally.count();
    }

    private void run() {
        try (SocketChannel socket = listener.accept()) {
            while (socket.read(buffer) >= 0) {
                buffer.flip();
                takeMessages();
                buffer.compact();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void takeMessages() {
        int end = buffer.limit();
        while (end - buffer.position() >= Integer.BYTES) {
            int bytes = buffer.getInt(buffer.position());
            int start = buffer.position() + Integer.BYTES;
            if (end - start < bytes) {
                return;
            }
            ByteBuffer message = buffer.limit(start + bytes).position(start);
            tally.add(keeps ? ByteBuffer.allocate(bytes).put(message).flip() : message);
            buffer.limit(end).position(start + bytes);
        }
    }
}
