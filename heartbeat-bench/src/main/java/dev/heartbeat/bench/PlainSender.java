package dev.heartbeat.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * Writes as many messages at a time as fill 64 KiB, or one that is larger, without anything between
 * it and the socket.
 */
final class PlainSender extends Sender {
    private static final int BYTES_PER_WRITE = 64 * 1024;

    private final SocketChannel socket;
    private final ByteBuffer message;
    private final ByteBuffer batch;
    private final int perBatch;

    PlainSender(Workload workload, int port) throws IOException {
        socket = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
        message = ByteBuffer.allocateDirect(workload.bytes());
        int frame = Integer.BYTES + workload.bytes();
        perBatch = Math.max(1, BYTES_PER_WRITE / frame);
        batch = ByteBuffer.allocateDirect(perBatch * frame);
    }

    @Override
    int sendSome() throws IOException {
        return perBatch == 1 ? sendOne() : sendBatch();
    }

    /** Header and message together, without a copy. */
    private int sendOne() throws IOException {
        batch.clear().putInt(message.capacity()).flip();
        ByteBuffer[] both = {batch, message.clear()};
        while (message.hasRemaining()) {
            socket.write(both);
        }
        return 1;
    }

    private int sendBatch() throws IOException {
        batch.clear();
        for (int i = 0; i < perBatch; i++) {
            batch.putInt(message.capacity()).put(message.clear());
        }
        batch.flip();
        while (batch.hasRemaining()) {
            socket.write(batch);
        }
        return perBatch;
    }
}
