package dev.heartbeat;

import java.util.Map;
import java.util.Objects;

/**
 * Counts the messages of a server ({@link ServerStats#messages}), or of a client and the nodes
 * attached to it ({@link ClientStats#messages}).
 *
 * The numbers are those of one moment, read one after the other while the loops go on, so they may
 * differ by what happened in between. Immutable.
 *
 * @since 0.1
 */
public final class MessageStats {
    private final long received;
    private final long sent;
    private final Map<UndeliveredException.Reason, Long> undelivered;
    private final long dropped;
    private final long unmatchedReplies;

    MessageStats(
            long received,
            long sent,
            Map<UndeliveredException.Reason, Long> undelivered,
            long dropped,
            long unmatchedReplies) {
        this.received = received;
        this.sent = sent;
        this.undelivered = undelivered;
        this.dropped = dropped;
        this.unmatchedReplies = unmatchedReplies;
    }

    /**
     * {@return messages handed to the application, on any channel; requests and replies are
     * messages too}
     */
    public long received() {
        return received;
    }

    /** {@return messages accepted for sending and taken by the socket, likewise} */
    public long sent() {
        return sent;
    }

    /**
     * {@return accepted messages that came back instead of being delivered, for each reason there
     * is; unmodifiable}
     */
    public Map<UndeliveredException.Reason, Long> undelivered() {
        return undelivered;
    }

    /**
     * {@return messages that had to leave a full queue for a newer one} They came back, so
     * {@link #undelivered} counts them too.
     */
    public long dropped() {
        return dropped;
    }

    /** {@return replies that came too late, twice, or to no request} */
    public long unmatchedReplies() {
        return unmatchedReplies;
    }

    /** {@return accepted messages that came back for this reason} */
    public long undelivered(UndeliveredException.Reason reason) {
        return undelivered.getOrDefault(Objects.requireNonNull(reason, "reason"), 0L);
    }

    /** {@return accepted messages that came back, for whichever reason} */
    public long undeliveredTotal() {
        return undelivered.values().stream().mapToLong(Long::longValue).sum();
    }

    /** All names and values. */
    @Override
    public String toString() {
        return new StatsText()
                .with("received", received)
                .with("sent", sent)
                .with("undelivered", undelivered)
                .with("dropped", dropped)
                .with("unmatchedReplies", unmatchedReplies)
                .toString();
    }
}
