package dev.heartbeat.nio;

/** A socket among those of a loop: what hangs on its selection key. All on the loop's thread. */
interface LoopSocket {

    /**
     * Something can be done without waiting.
     *
     * @param operations which, as in {@link java.nio.channels.SelectionKey#readyOps()}
     */
    void onReady(int operations);

    /** The transport closes, and everything with it. */
    void onTransportClosing();
}
