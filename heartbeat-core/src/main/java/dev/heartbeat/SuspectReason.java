package dev.heartbeat;

/**
 * Why a node became {@link NodeState#SUSPECT}.
 *
 * @since 0.1
 */
public enum SuspectReason {
    /** Connected, but nothing whole was heard of it for the suspicion time. One probe was sent. */
    SILENT,
    /** Its connection ended without a word; the grace runs. */
    LOST
}
