package dev.heartbeat.internal.session;

import dev.heartbeat.internal.loop.Deadline;
import dev.heartbeat.internal.loop.Shard;
import org.jspecify.annotations.Nullable;

/**
 * The one timer of a session: setting it again replaces what it was set for. It is a
 * {@link Deadline} only while it is set.
 */
public final class SessionTimer {
    private final Shard shard;
    private @Nullable Deadline set;

    SessionTimer(Shard shard) {
        this.shard = shard;
    }

    boolean isSet() {
        return set != null;
    }

    public void set(long delayNs, Runnable action) {
        cancel();
        Deadline next = new Deadline(() -> {
            set = null;
            action.run();
        });
        set = next;
        shard.arm(next, delayNs);
    }

    public void cancel() {
        if (set != null) {
            shard.cancel(set);
            set = null;
        }
    }
}
