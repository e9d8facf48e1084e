package dev.heartbeat.internal.node;

import dev.heartbeat.NodeState;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.internal.queue.Outbox;
import java.net.InetSocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One registration of a node over one connection, named by its epoch. Its state and its metadata are changed by its {@link NodeEntry} only, under the
 * entry's lock; everything else is as it was registered with.
 */
public final class Registration {
    final NodeEntry entry;
    final long epoch;
    final long incarnation;
    final long attempt;
    final InetSocketAddress remoteAddress;
    final long registeredAtMillis;
    final Owner owner;

    /** Guarded by the entry; read without it for snapshots. */
    volatile NodeState state = NodeState.ONLINE;
    /** As the node told last; unmodifiable. Changed by the entry only, in {@link NodeEntry#changeMetadata}. */
    volatile Map<String, String> metadata;
    /** Made with the first message to the node; guarded by the entry. It passes on to the next registration of the same process. */
    @Nullable
    Outbox outbox;

    /** As the node measured it; 0 before the first. Written by the owner's loop. */
    private volatile int rttMicros;

    Registration(NodeEntry entry, Claim claim, long epoch, long nowMillis) {
        this.entry = entry;
        this.epoch = epoch;
        this.incarnation = claim.incarnation();
        this.attempt = claim.attempt();
        this.metadata = claim.metadata();
        this.remoteAddress = claim.remoteAddress();
        this.registeredAtMillis = nowMillis;
        this.owner = claim.owner();
    }

    /** What a connection asks for when it registers a node. */
    public record Claim(
            String nodeId,
            long incarnation,
            long attempt,
            long lastEpoch,
            Map<String, String> metadata,
            InetSocketAddress remoteAddress,
            Owner owner) {}

    /** The session that a node is registered on. Every method may be called from any thread and returns at once. */
    public interface Owner {

        /** Messages wait in the outbox. */
        void wake();

        /** The same process has registered over another connection: close quietly, the node lives on. */
        void superseded();

        /** Somebody else ended the stay: tell the peer and close. */
        void ended(OfflineReason reason, String text);

        /** The server stops: send the node away once it has all that was accepted for it. */
        void drain(long retryAfterMillis);
    }

    public NodeEntry entry() {
        return entry;
    }

    public long epoch() {
        return epoch;
    }

    public Owner owner() {
        return owner;
    }

    public void rttMicros(int micros) {
        rttMicros = micros;
    }

    int rttMicros() {
        return rttMicros;
    }
}
