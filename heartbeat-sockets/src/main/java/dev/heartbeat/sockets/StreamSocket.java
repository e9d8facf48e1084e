package dev.heartbeat.sockets;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ReadableByteChannel;

/** One end of a connection: its system calls. Each does what it can without waiting. */
public interface StreamSocket extends PolledSocket, ReadableByteChannel, GatheringByteChannel {

    /**
     * Begins to connect.
     *
     * @return whether it is connected already; if not, {@link #finishConnect} answers once it is
     *     ready to connect
     */
    boolean connect(InetSocketAddress remote) throws IOException;

    /** Whether it is connected by now; the error is why it cannot be. */
    boolean finishConnect() throws IOException;

    @Override
    default long write(ByteBuffer[] from) throws IOException {
        return write(from, 0, from.length);
    }

    /**
     * The number of bytes that the peer has acknowledged, as far as the system reports it; 0 where
     * it does not.
     */
    default long acknowledgedBytes() {
        return 0;
    }

    /** Sends the end of the stream. */
    void shutdownOutput() throws IOException;

    @Override
    boolean isOpen();

    @Override
    void close();

    /** Closes it so that the peer sees a reset and the kernel forgets it. */
    void abort();
}
