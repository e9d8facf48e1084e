package dev.heartbeat.internal.loop;

/** A timer that runs something. */
public final class Deadline extends Timer {
    private final Runnable action;

    public Deadline(Runnable action) {
        this.action = action;
    }

    @Override
    protected void onDue(long nowNs) {
        action.run();
    }
}
