package dev.heartbeat;

/**
 * A cause of a server's overload.
 *
 * @since 0.1
 */
public enum OverloadCause {
    /**
     * Received messages that the application has not handled, measured against
     * {@link ServerSetters#inboundBudgetBytes}.
     */
    MESSAGES,
    /** The direct buffers of the process, of those that {@code java.nio} counts. */
    DIRECT_MEMORY,
    /** The heap after garbage collections; only with {@link ServerSetters#overloadByHeap}. */
    HEAP,
    /** The event loops: by how much everything that is due is late, again and again. */
    LOOP_LAG
}
