package dev.heartbeat;

import dev.heartbeat.internal.client.ClientCounts;

/**
 * Counts the connections of a client, and the heartbeats over them:
 * {@link ClientStats#connections}.
 *
 * The numbers are those of one moment, read one after the other while the loops go on, so they may
 * differ by what happened in between. Immutable.
 *
 * @since 0.1
 */
public final class ClientConnectionStats {
    private final long attempts;
    private final long registrations;
    private final long heartbeats;
    private final long heartbeatsAnswered;

    ClientConnectionStats(ClientCounts counts) {
        attempts = counts.attempts();
        registrations = counts.registrations();
        heartbeats = counts.heartbeats();
        heartbeatsAnswered = counts.answers();
    }

    /** {@return attempts to connect} Those beyond {@link #registrations} did not get as far. */
    public long attempts() {
        return attempts;
    }

    /** {@return registrations of the client itself, reconnects included} */
    public long registrations() {
        return registrations;
    }

    /** {@return heartbeat requests sent} */
    public long heartbeats() {
        return heartbeats;
    }

    /**
     * Answers of the server to them. The last one gave the round trip.
     *
     * @return the number of answers
     */
    public long heartbeatsAnswered() {
        return heartbeatsAnswered;
    }

    /** All names and values. */
    @Override
    public String toString() {
        return new StatsText()
                .with("attempts", attempts)
                .with("registrations", registrations)
                .with("heartbeats", heartbeats)
                .with("heartbeatsAnswered", heartbeatsAnswered)
                .toString();
    }
}
