package dev.heartbeat.tls;

/**
 * Counts what became of handshakes and TLS connections. The numbers are those of one moment, read
 * one after the other. Immutable.
 *
 * @since 0.1
 */
public final class TlsStats {
    private final long completed;
    private final long failed;
    private final long notTls;
    private final long broken;
    private final int underWay;
    private final int waiting;
    private final long heldBytes;

    TlsStats(long completed, long failed, long notTls, long broken, int underWay, int waiting, long heldBytes) {
        this.completed = completed;
        this.failed = failed;
        this.notTls = notTls;
        this.broken = broken;
        this.underWay = underWay;
        this.waiting = waiting;
        this.heldBytes = heldBytes;
    }

    /** {@return handshakes that were completed} */
    public long completedHandshakes() {
        return completed;
    }

    /**
     * Counts handshakes that failed, or whose connection ended before.
     *
     * @return how many there were, without {@link #notTls}
     */
    public long failedHandshakes() {
        return failed;
    }

    /** {@return connections whose peer did not speak TLS} */
    public long notTls() {
        return notTls;
    }

    /** {@return open connections that ended by a fault of TLS, or without close_notify} */
    public long brokenConnections() {
        return broken;
    }

    /** {@return handshakes under way now, at most {@link TlsOptions#maxHandshakes}} */
    public int handshakesUnderWay() {
        return underWay;
    }

    /** {@return handshakes that wait now for one under way to end} */
    public int handshakesWaiting() {
        return waiting;
    }

    /**
     * Counts the bytes of records that are not complete.
     *
     * @return how many are held now, at most {@link TlsOptions#heldBytes}
     */
    public long heldBytes() {
        return heldBytes;
    }

    /** All names and values. */
    @Override
    public String toString() {
        return "TlsStats[completedHandshakes=" + completed + ", failedHandshakes=" + failed + ", notTls=" + notTls
                + ", brokenConnections=" + broken + ", handshakesUnderWay=" + underWay + ", handshakesWaiting="
                + waiting + ", heldBytes=" + heldBytes + "]";
    }
}
