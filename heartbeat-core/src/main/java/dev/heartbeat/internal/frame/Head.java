package dev.heartbeat.internal.frame;

/**
 * What a DATA frame says before the message's bytes.
 *
 * @param total length of the whole message, or {@link #NO_TOTAL}
 * @param namesHandle whether it names a handle, which may be 0
 * @param handle the node it is from or for; 0 is the connection's own
 */
public record Head(long total, boolean namesHandle, int handle, Envelope envelope) {
    public static final int NO_TOTAL = -1;

    /** That of a frame without one. */
    public static final Head NONE = new Head(NO_TOTAL, false, 0, Envelope.NONE);

    /** Whether it says which node of many it is from or for. */
    public boolean namesNode() {
        return namesHandle || envelope.isRouted();
    }

    public boolean hasTotal() {
        return total != NO_TOTAL;
    }
}
