package dev.heartbeat.testkit.fleet;

/** Something happened that must not; the message says what was expected. */
public final class Violation extends AssertionError {
    private static final long serialVersionUID = 1L;

    private final String invariant;

    Violation(String invariant, String message) {
        super(invariant + ": " + message);
        this.invariant = invariant;
    }

    /** The name of the invariant that was broken. */
    public String invariant() {
        return invariant;
    }
}
