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
    private final long redirected;

    CallbackStats(long failures, long redirected) {
        this.failures = failures;
        this.redirected = redirected;
    }

    /**
     * Calls of the application's listeners and handlers that threw.
     *
     * @return the number of calls
     */
    public long failures() {
        return failures;
    }

    /**
     * Times that the transport's worker threads got calls of a {@code callbackExecutor}, because
     * that refused them, or was about to make them on the thread that brought them; 0 where there
     * is none.
     *
     * @return the number of times
     */
    public long redirected() {
        return redirected;
    }

    /** All names and values. */
    @Override
    public String toString() {
        return new StatsText()
                .with("failures", failures)
                .with("redirected", redirected)
                .toString();
    }
}
