package dev.heartbeat.testkit.fleet;

import org.jspecify.annotations.Nullable;

/**
 * Something happened that must not; the message says what was expected.
 *
 * @since 0.1
 */
public final class Violation extends AssertionError {
    private static final long serialVersionUID = 1L;

    private final String invariant;

    Violation(String invariant, String message) {
        this(invariant, message, null);
    }

    Violation(String invariant, String message, @Nullable Throwable cause) {
        super(invariant + ": " + message, cause);
        this.invariant = invariant;
    }

    /** The name of the invariant that was broken. */
    public String invariant() {
        return invariant;
    }
}
