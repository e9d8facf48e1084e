package dev.heartbeat.sockets;

/** The user that a loop notifies of a socket. All on the loop's thread. */
public interface SocketUser {

    /**
     * Something can be done without waiting.
     *
     * @param operations which, as in {@link java.nio.channels.SelectionKey#readyOps()}; where the
     *     socket has failed, whatever makes its user hear of that
     */
    void onReady(int operations);

    /** The transport closes, and everything with it. */
    void onTransportClosing();
}
