package dev.heartbeat.sockets;

/**
 * Knows whether every socket has been asked for what it holds. One poll reports so many ready
 * sockets and no more; after a long stall of the machine there are many times that, each with
 * heartbeats waiting that must be read before anyone judges a peer silent.
 *
 * <p>It relies on selectors being fair: a socket that was reported goes behind all others that are
 * ready. Reports as numerous as the sockets have therefore covered them all.
 */
final class Sweep {

    /**
     * A poll that reports fewer left none out. The JDK's selectors report 256 (kqueue, Windows) or
     * 1,024 (epoll) at once.
     */
    private static final int BATCH = 256;

    private boolean leftNoneOut = true;
    private long reported;

    /** Notes what a poll reported. */
    void polled(int ready) {
        leftNoneOut = ready < BATCH;
        reported = leftNoneOut ? 0 : reported + ready;
    }

    boolean covers(int sockets) {
        return leftNoneOut || reported >= sockets;
    }

    void restart() {
        reported = 0;
    }
}
