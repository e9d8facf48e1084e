package dev.heartbeat.internal.loop;

import org.jspecify.annotations.Nullable;

/**
 * Something to be done at a time; a link in a slot of a {@link TimerWheel}, so that arming it
 * allocates nothing.
 */
public abstract class Timer {
    @Nullable
    Timer previous;

    @Nullable
    Timer next;
    /** The tick in which it is due; meaningful while it is armed. */
    long dueTick;

    /**
     * The time has come. The timer is no longer armed, and may be armed again. If it throws and is
     * not, it is due again a second later.
     */
    protected abstract void onDue(long nowNs);

    public final boolean isArmed() {
        return previous != null;
    }
}
