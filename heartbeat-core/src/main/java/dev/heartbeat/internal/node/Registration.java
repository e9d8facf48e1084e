package dev.heartbeat.internal.node;

import dev.heartbeat.Node;
import dev.heartbeat.NodeState;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.TakeoverPolicy;
import dev.heartbeat.auth.Grant;
import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.frame.ErrorCode;
import dev.heartbeat.internal.frame.MetadataMap;
import dev.heartbeat.internal.loop.Loop;
import dev.heartbeat.internal.node.Admission.Refusal;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One registration of a node over one connection, named by its epoch. Its state and its metadata
 * are changed by its {@link NodeEntry} only, under the entry's lock; everything else is as it was
 * registered with.
 */
public final class Registration {
    /** A quarter of a second, so that an int lasts for decades. */
    private static final int TICK_SHIFT = 28;

    final NodeEntry entry;
    final long epoch;
    final long incarnation;
    /** An unsigned number. */
    private final int attempt;

    final long registeredAtMillis;
    final Owner owner;

    /**
     * As the node told last; unmodifiable. Changed by the entry only, in
     * {@link NodeEntry#changeMetadata}.
     */
    volatile MetadataMap metadata;
    /** Whether its listener is yet to be notified of the metadata; guarded by the entry. */
    boolean updateQueued;

    /**
     * Whether its being SUSPECT counts as a vote for the fault being on this side; guarded by the
     * entry.
     */
    boolean votes;
    /**
     * When the stay began, over all its registrations, in ticks of {@link #TICK_SHIFT}; 0 until the
     * session says so.
     */
    int sinceTicks;

    /** Guarded by the entry; read without it for snapshots. */
    volatile NodeState state = NodeState.ONLINE;
    /**
     * Whether its connection is lost, and what is left of that is kept until the node is back or
     * its grace is over; guarded by the entry.
     */
    boolean orphaned;

    /**
     * Whether the node is being sent away, and nothing more is accepted for it; guarded by the
     * entry.
     */
    boolean leaving;

    /**
     * Made with the first message; guarded by the entry. It passes on to the next registration of
     * the same process.
     */
    @Nullable
    NodeMail mail;

    /**
     * Made when a second process is found to have this identity; guarded by the entry. It passes on
     * like {@link #mail}.
     */
    @Nullable
    DuplicateIdentity duplicates;

    Registration(NodeEntry entry, Claim claim, MetadataMap metadata, long epoch, long nowMillis) {
        this.entry = entry;
        this.epoch = epoch;
        this.incarnation = claim.incarnation();
        this.attempt = (int) claim.attempt();
        this.metadata = metadata;
        this.registeredAtMillis = nowMillis;
        this.owner = claim.owner();
    }

    /** The request of a connection that registers a node. */
    public record Claim(
            String nodeId, long incarnation, long attempt, long lastEpoch, Map<String, String> metadata, Owner owner) {}

    /**
     * A node's place on the connection that it is registered on. Every method may be called from
     * any thread and returns at once.
     */
    public interface Owner {

        /** The address its connection comes from. */
        InetSocketAddress remoteAddress();

        /** What was granted to its connection; null where nobody is asked. */
        default @Nullable Grant grant() {
            return null;
        }

        /** Who its connection is; null where nobody is asked. */
        default @Nullable String principal() {
            Grant granted = grant();
            return granted == null ? null : granted.principal();
        }

        /**
         * Whether the connection is the node's alone, so that the node keeps what is left of it.
         */
        boolean hasOwnConnection();

        /** The last round trip of a heartbeat, as the node measured it; 0 before the first. */
        int rttMicros();

        /** The length of the longest message that its connection takes. */
        int maxMessageBytes();

        /** The loop it lives on. */
        Loop loop();

        /** Messages wait in the outbox. */
        void wake();

        /**
         * It waits for no answer to this request of the server any more, or of whom it passed it on
         * for.
         */
        void cancel(Envelope request);

        /**
         * Messages of the node that were for others did not reach them: notify it.
         *
         * @param code why, of channel scope
         */
        void notPassedOn(ErrorCode code, String text);

        /**
         * The same process has registered over another connection: leave quietly, the node lives
         * on.
         */
        void superseded();

        /** Somebody else ended the stay: notify the peer. */
        void ended(OfflineReason reason, String text);

        /** The server stops: send the node away once it has all that was accepted for it. */
        void drain(long retryAfterMillis);
    }

    /** It begins now, unless it goes on with a stay that began before. On the owner's loop. */
    public void begins(long nowNs) {
        if (sinceTicks == 0) {
            sinceTicks = Math.max(1, ticks(nowNs));
        }
    }

    /** Whether the stay has lasted for so long. On the owner's loop. */
    public boolean hasLasted(long durationNs, long nowNs) {
        return ticks(nowNs) - sinceTicks >= ticks(durationNs);
    }

    /**
     * Why a claim to the same id comes to nothing while this one is current; null if it does not.
     */
    @Nullable
    Refusal refusalOf(Claim claim, TakeoverPolicy policy) {
        if (!Objects.equals(owner.principal(), claim.owner().principal())) {
            return Refusal.UNAUTHORIZED; // First: nothing else about the node shows.
        }
        if (incarnation == claim.incarnation()) {
            return claim.attempt() > attempt() ? null : Refusal.STALE_ATTEMPT;
        }
        if (claim.lastEpoch() != 0 && claim.lastEpoch() < epoch) {
            // It was replaced before, and did not hear of it: else two processes could push each
            // other out for ever.
            return Refusal.REPLACED;
        }
        return policy == TakeoverPolicy.NEWEST_WINS ? null : Refusal.ID_IN_USE;
    }

    /** The node as it is known of this registration, which may be over. */
    Node toNode(NodeState in) {
        int rtt = owner.rttMicros();
        return new Node(
                entry.id(),
                in,
                epoch,
                incarnation,
                metadata,
                owner.remoteAddress(),
                owner.principal(),
                Instant.ofEpochMilli(registeredAtMillis),
                rtt == 0 ? null : Duration.ofNanos(Integer.toUnsignedLong(rtt) * 1000),
                null,
                null);
    }

    private static int ticks(long ns) {
        return (int) (ns >> TICK_SHIFT);
    }

    public NodeEntry entry() {
        return entry;
    }

    /** The metadata, as the node said them last. Any thread. */
    public MetadataMap metadata() {
        return metadata;
    }

    public long epoch() {
        return epoch;
    }

    public Owner owner() {
        return owner;
    }

    long attempt() {
        return Integer.toUnsignedLong(attempt);
    }
}
