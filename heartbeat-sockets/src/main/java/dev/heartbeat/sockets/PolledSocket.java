package dev.heartbeat.sockets;

/**
 * A socket that never blocks, and is polled by a {@link SocketLoop} once it is attached there. On
 * that loop's thread.
 */
public interface PolledSocket {

    /**
     * From now on its user hears of these operations only, as in
     * {@link java.nio.channels.SelectionKey#interestOps()}.
     */
    void await(int operations);

    boolean isOpen();

    /** Idempotent. The loop forgets it, and its user hears no more. */
    void close();
}
