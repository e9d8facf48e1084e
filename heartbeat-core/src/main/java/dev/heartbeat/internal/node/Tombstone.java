package dev.heartbeat.internal.node;

import dev.heartbeat.OfflineReason;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The end of a stay, and what is kept of a node after it; a link in the list of {@link Tombstones}. Small on purpose: it holds no metadata, no session and no message.
 */
final class Tombstone {
    final NodeEntry entry;
    final OfflineReason reason;
    final long atMillis;
    final long epoch;
    final long incarnation;
    final long attempt;
    final InetSocketAddress remoteAddress;
    final long registeredAtMillis;

    /** Whether it counts no more: the node is back, or forgotten. Set under the lock of the entry. */
    volatile boolean isOver;

    /** Whether {@link Tombstones} was given it. Guarded by the lock of the entry. */
    boolean kept;

    // ---- of the list, and touched by its loop only

    long keptSinceNs;
    boolean linked;

    @Nullable
    Tombstone older;

    @Nullable
    Tombstone newer;

    Tombstone(Registration of, OfflineReason reason, long nowMillis) {
        this.entry = of.entry;
        this.reason = reason;
        this.atMillis = nowMillis;
        this.epoch = of.epoch;
        this.incarnation = of.incarnation;
        this.attempt = of.attempt();
        this.remoteAddress = of.owner.remoteAddress();
        this.registeredAtMillis = of.registeredAtMillis;
    }
}
