package dev.heartbeat.internal.frame;

/**
 * What a DATA frame says before the message's bytes.
 *
 * @param total length of the whole message, or {@link #NO_TOTAL}
 * @param namesHandle whether it names a handle, which may be 0
 * @param handle the node it is from or for; 0 is the connection's own
 * @param remainingMillis how much of a request's time remained when it was written, or {@link #NO_TIME}
 */
public record Head(long total, boolean namesHandle, int handle, Envelope envelope, long remainingMillis) {
    public static final int NO_TOTAL = -1;
    public static final int NO_TIME = -1;

    /** That of a frame without one. */
    public static final Head NONE = new Head(NO_TOTAL, false, 0, Envelope.NONE, NO_TIME);

    /** Whether it says which node of many it is from or for. */
    public boolean namesNode() {
        return namesHandle || envelope.isRouted();
    }

    public boolean hasTotal() {
        return total != NO_TOTAL;
    }

    /** Whether it says how much of a request's time remains. */
    public boolean saysTime() {
        return remainingMillis != NO_TIME && envelope.kind() == Envelope.Kind.REQUEST;
    }
}
