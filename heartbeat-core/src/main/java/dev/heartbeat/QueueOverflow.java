package dev.heartbeat;

/**
 * Says what becomes of a message when the queue of a channel is full:
 * {@link ChannelOptions.Builder#overflow}.
 *
 * @since 0.1
 */
public enum QueueOverflow {
    /** It is refused: {@link SendResult#FULL}. */
    REJECT,
    /**
     * It takes the place of the oldest that wait, which come back through
     * {@link ChannelListener#onUndelivered}. For news that age.
     */
    DROP_OLDEST
}
