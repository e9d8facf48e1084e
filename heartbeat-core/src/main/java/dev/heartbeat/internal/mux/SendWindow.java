package dev.heartbeat.internal.mux;

/**
 * The limit up to which this side may send. Both numbers are offsets from the beginning of the
 * stream and only grow, so nothing can wrap.
 */
final class SendWindow {
    private long sent;
    private long limit;

    SendWindow(long limit) {
        this.limit = limit;
    }

    long available() {
        return limit - sent;
    }

    void send(long bytes) {
        sent += bytes;
    }

    /** A lower limit than before says nothing new. */
    void raise(long newLimit) {
        limit = Math.max(limit, newLimit);
    }
}
