package dev.heartbeat.internal.session;

import dev.heartbeat.internal.time.Timer;

/** A timer that runs something. */
final class Deadline extends Timer {
    private final Runnable action;

    Deadline(Runnable action) {
        this.action = action;
    }

    @Override
    protected void onDue(long nowNs) {
        action.run();
    }
}
