package dev.heartbeat.internal.node;

import dev.heartbeat.Node;
import dev.heartbeat.NodeState;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.internal.node.Admission.Refusal;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The end of a stay, and what is kept of a node after it; a link in the list of {@link Tombstones}.
 * Small on purpose: it holds no metadata, no session and no message.
 */
final class Tombstone {
    final NodeEntry entry;
    final OfflineReason reason;
    final long atMillis;
    final long epoch;
    final long incarnation;
    final long attempt;
    final InetSocketAddress remoteAddress;
    final @Nullable String principal;
    final long registeredAtMillis;

    /**
     * Whether it counts no more: the node is back, or forgotten. Set under the lock of the entry.
     */
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
        this.principal = of.owner.principal();
        this.registeredAtMillis = of.registeredAtMillis;
    }

    /**
     * Why a claim that follows this end comes to nothing; null if it does not. Of the same process,
     * however its stay ended, an attempt that is not greater was abandoned and is read late; and
     * one that was kicked comes back only if it did not hear of it. Another process, or another
     * principal, knows nothing of that stay, and begins one of its own.
     */
    @Nullable
    Refusal refusalOf(Registration.Claim claim) {
        if (incarnation != claim.incarnation()
                || !Objects.equals(principal, claim.owner().principal())) {
            return null;
        }
        if (claim.attempt() <= attempt) {
            return Refusal.STALE_ATTEMPT;
        }
        return reason == OfflineReason.KICKED ? Refusal.KICKED : null;
    }

    /** The node as it was in the end. */
    Node toNode(Map<String, String> metadata) {
        return new Node(
                entry.id(),
                NodeState.OFFLINE,
                epoch,
                incarnation,
                metadata,
                remoteAddress,
                principal,
                Instant.ofEpochMilli(registeredAtMillis),
                null,
                reason,
                Instant.ofEpochMilli(atMillis));
    }
}
