package dev.heartbeat.internal.client;

import dev.heartbeat.internal.loop.Deadline;
import dev.heartbeat.internal.loop.Shard;
import org.jspecify.annotations.Nullable;

/**
 * A registration that was sent and not answered when its connection was lost. The server may still
 * read it. A client that leaves is closed only after that can no longer happen. Confined to the
 * loop.
 */
final class UnansweredRegistration {
    private final Runnable whenOver;
    private @Nullable Deadline over;

    /**
     * @param whenOver runs when the registration can arrive no more, unless it was forgotten
     */
    UnansweredRegistration(Runnable whenOver) {
        this.whenOver = whenOver;
    }

    boolean mayArrive() {
        return over != null;
    }

    /** It may arrive for so long. Replaces what was known of an earlier one. */
    void mayArriveFor(Shard shard, long delayNs) {
        forget(shard);
        Deadline deadline = new Deadline(() -> {
            over = null;
            whenOver.run();
        });
        over = deadline;
        shard.arm(deadline, delayNs);
    }

    /** The server has answered a later one, and so knows this for what it is. */
    void forget(Shard shard) {
        if (over != null) {
            shard.cancel(over);
            over = null;
        }
    }
}
