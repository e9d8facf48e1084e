package dev.heartbeat.sockets;

import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A bound port. */
public interface ListeningSocket extends PolledSocket {

    InetSocketAddress localAddress() throws IOException;

    /** The next connection that waits, or null if none does. */
    @Nullable
    Accepted accept() throws IOException;

    /**
     * A connection that was accepted, for any loop of the same transport.
     *
     * @param socket not yet set up, and polled by no loop
     */
    record Accepted(StreamSocket socket, InetSocketAddress remote) {}
}
