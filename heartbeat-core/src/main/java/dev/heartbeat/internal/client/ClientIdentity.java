package dev.heartbeat.internal.client;

import dev.heartbeat.ClientOptions;
import dev.heartbeat.internal.frame.Metadata;
import dev.heartbeat.internal.frame.NodeId;
import dev.heartbeat.internal.frame.Register;
import dev.heartbeat.internal.frame.Secret;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What a client says of itself when it registers: one process, over all of its connections. Any
 * thread may change the metadata; everything else runs on the loop.
 */
final class ClientIdentity {
    private final ClientOptions options;
    private final long incarnation;
    private volatile Map<String, String> metadata;
    private final AtomicBoolean metadataChanged = new AtomicBoolean();
    /** Of the last registration; 0 if there is none that counts. */
    private long epoch;

    /**
     * @param incarnation tells this process from all others
     */
    ClientIdentity(ClientOptions options, long incarnation) {
        this.options = options;
        this.incarnation = incarnation;
        metadata = options.metadata();
    }

    // ---- what the protocol allows

    /**
     * Judges what the options' own constructor cannot.
     *
     * @throws IllegalArgumentException if the protocol does not allow the node id or the metadata
     */
    static void requireValid(ClientOptions options) {
        requireNodeId(options.nodeId());
        refuse(Metadata.objection(options.metadata()));
    }

    /**
     * @throws IllegalArgumentException if the protocol does not allow it
     */
    static void requireNodeId(String nodeId) {
        refuse(NodeId.objection(nodeId));
    }

    /** A copy that nobody changes. */
    static Map<String, String> checked(Map<String, String> metadata) {
        // The map that is judged is one that nobody changes any more.
        Map<String, String> copy = new LinkedHashMap<>(metadata);
        refuse(Metadata.objection(copy));
        return Map.copyOf(copy);
    }

    private static void refuse(String objection) {
        if (!objection.isEmpty()) {
            throw new IllegalArgumentException(objection);
        }
    }

    // ---- the metadata

    Map<String, String> metadata() {
        return metadata;
    }

    /** Returns whether the change is news: no other one waits to be sent. */
    boolean change(Map<String, String> newMetadata) {
        metadata = checked(newMetadata);
        return !metadataChanged.getAndSet(true);
    }

    /** Whether the metadata has changed since it was sent. */
    boolean takeUpdate() {
        return metadataChanged.getAndSet(false);
    }

    // ---- its registrations

    /** The request of the next registration. */
    Register registration(ClientCounts counts, @Nullable Secret credential) {
        metadataChanged.set(false); // Before it is read: what comes later is an update.
        Duration interval = options.heartbeatInterval();
        return new Register(
                incarnation,
                counts.attempts(),
                options.windowBytes(),
                options.windowBytes(),
                options.nodeId(),
                metadata,
                interval == null ? 0 : interval.toMillis(),
                credential,
                epoch,
                new Register.Limits(options.maxMessageBytes(), options.maxChannels()));
    }

    void registered(long newEpoch) {
        epoch = newEpoch;
    }

    void forgetEpoch() {
        epoch = 0;
    }
}
