package dev.heartbeat;

/**
 * Counts what became of the callbacks of a server ({@link ServerStats#callbacks}), or of a client
 * and the nodes attached to it ({@link ClientStats#callbacks}).
 *
 * The numbers are those of one moment, read one after the other while the loops go on, so they may
 * differ by what happened in between. Immutable.
 *
 * @since 0.1
 */
public final class CallbackStats {
    private final long failures;

    CallbackStats(long failures) {
        this.failures = failures;
    }

    /**
     * Calls of the application's listeners and handlers that threw.
     *
     * @return the number of calls
     */
    public long failures() {
        return failures;
    }

    /** All names and values. */
    @Override
    public String toString() {
        return new StatsText().with("failures", failures).toString();
    }
}
