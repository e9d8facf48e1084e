package dev.heartbeat.internal.mux;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Which channel writes next: deficit round-robin over those that have something to write and the
 * credit for it (Shreedhar and Varghese, 1995; here in the form that lets a turn be overdrawn by
 * one frame and pays for it in the next). A channel's share is its weight. Nobody is looked at that
 * has nothing.
 *
 * <p>Invariant: a channel is in here at most once, and is marked as scheduled.
 */
final class WriteScheduler {
    /** Bytes that one unit of weight is worth in a round. */
    private static final int QUANTUM = 1024;

    private final ArrayDeque<MuxChannel> active = new ArrayDeque<>(4);

    /** It may have something to write. */
    void activate(MuxChannel channel) {
        if (!channel.scheduled && channel.canWrite()) {
            channel.scheduled = true;
            active.add(channel);
        }
    }

    /** Whose turn it is; null if nobody can write. */
    @Nullable
    MuxChannel next() {
        for (MuxChannel first = active.peek(); first != null; first = active.peek()) {
            if (!first.canWrite()) {
                active.poll();
                first.scheduled = false;
                // Unused bytes are gone; overdrawn ones are not.
                first.deficit = Math.min(first.deficit, 0);
            } else if (first.deficit > 0) {
                return first;
            } else {
                first.deficit += (long) first.weight() * QUANTUM;
                active.add(active.poll());
            }
        }
        return null;
    }
}
