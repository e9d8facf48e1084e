package dev.heartbeat.internal.server;

import dev.heartbeat.ConnectionRefusal;
import dev.heartbeat.ServerOptions;
import dev.heartbeat.internal.frame.Printable;
import dev.heartbeat.internal.frame.ProtocolException;
import dev.heartbeat.internal.node.Admission.Refusal;
import dev.heartbeat.internal.node.Capacity;
import dev.heartbeat.internal.node.NodeTable;
import dev.heartbeat.internal.node.Registration;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The lines of a server's log that others can cause at any rate, thinned. Any loop. */
final class ServerLog {
    private static final Logger LOG = LoggerFactory.getLogger(ServerLog.class);

    private final ServerOptions options;
    private final NodeTable table;
    private final Capacity capacity;
    private final LogThrottle noCapacity = new LogThrottle();
    private final LogThrottle duplicates = new LogThrottle();
    private final LogThrottle foreign = new LogThrottle();
    private final LogThrottle layers = new LogThrottle();
    private final LogThrottle noShare = new LogThrottle();
    private final LogThrottle floods = new LogThrottle();
    private final LogThrottle unauthorized = new LogThrottle();
    private final Map<ConnectionRefusal, LogThrottle> refusals = new EnumMap<>(ConnectionRefusal.class);

    ServerLog(ServerOptions options, NodeTable table, Capacity capacity) {
        this.options = options;
        this.table = table;
        this.capacity = capacity;
        for (ConnectionRefusal why : ConnectionRefusal.values()) {
            refusals.put(why, new LogThrottle());
        }
    }

    /** A connection is closed at once. */
    void refused(InetSocketAddress remote, ConnectionRefusal why, long nowNs) {
        long times = Objects.requireNonNull(refusals.get(why)).countIfDue(nowNs);
        if (times > 0) {
            LOG.warn(
                    "closed a connection from {} at once: {} (the next such line follows in a minute){}",
                    remote,
                    why,
                    others(times));
        }
    }

    /** A registration, or metadata, found no room. */
    void noCapacity(long nowNs) {
        long times = noCapacity.countIfDue(nowNs);
        if (times > 0) {
            LOG.warn(
                    "refused {} registrations or metadata for lack of room: {} of {} nodes are known (maxNodes), {} of {}"
                            + " bytes are used (registrationBudgetBytes); known nodes may still come back",
                    times,
                    table.size(),
                    options.maxNodes(),
                    capacity.bytes(),
                    options.registrationBudgetBytes());
        }
    }

    /** A registration, or metadata, are too much for their principal or their address. */
    void noShare(NodeBinding node, String id, Refusal why, long nowNs) {
        long times = noShare.countIfDue(nowNs);
        if (times > 0) {
            String principal = node.principal();
            LOG.warn(
                    "refused node {} at {} of {}, or its metadata: {}; it may try again{}",
                    id,
                    node.session.remoteAddress(),
                    principal == null ? "nobody" : "principal " + Printable.escaped(principal),
                    reached(why),
                    others(times));
        }
    }

    private String reached(Refusal why) {
        return switch (why) {
            case NODES_OF_PRINCIPAL ->
                "the principal has " + options.maxNodesPerPrincipal() + " nodes already (maxNodesPerPrincipal)";
            case NODES_OF_ADDRESS ->
                "the address has " + options.maxNodesPerAddress() + " nodes already (maxNodesPerAddress)";
            case METADATA_OF_PRINCIPAL ->
                "the metadata of the principal exceed " + options.maxMetadataBytesPerPrincipal()
                        + " bytes (maxMetadataBytesPerPrincipal)";
            default ->
                "the metadata of the address exceed " + options.maxMetadataBytesPerAddress()
                        + " bytes (maxMetadataBytesPerAddress)";
        };
    }

    /** One of two processes of one identity is sent away. */
    void duplicateIdentity(Registration sentAway, long nowNs) {
        long times = duplicates.countIfDue(nowNs);
        if (times > 0) {
            LOG.warn(
                    "node {}: DUPLICATE_IDENTITY: two processes restored from one snapshot took the node from each other;"
                            + " the one at {} is sent away for good{}",
                    sentAway.entry().id(),
                    sentAway.owner().remoteAddress(),
                    others(times));
        }
    }

    /**
     * A connection sends more than it may.
     *
     * @param id its own node's; null if it has none yet
     */
    void flooded(InetSocketAddress remote, @Nullable String id, ServerOptions limits, long nowNs) {
        long times = floods.countIfDue(nowNs);
        if (times > 0) {
            LOG.warn(
                    "closed the connection of {} at {}: it sent more than {} control frames per second"
                            + " (controlFramesPerSecond); it may come back in {} ms{}",
                    id == null ? "an unregistered node" : "node " + id,
                    remote,
                    limits.controlFramesPerSecond(),
                    limits.banTime().toMillis(),
                    others(times));
        }
    }

    /** A credential is not accepted. */
    void unauthorized(InetSocketAddress remote, long nowNs) {
        long times = unauthorized.countIfDue(nowNs);
        if (times > 0) {
            LOG.warn(
                    "refused {} credentials that are not accepted, the last from {}; each further one from there waits"
                            + " longer (the next such line follows in a minute)",
                    times,
                    remote);
        }
    }

    /** A connection speaks another protocol. */
    void foreign(InetSocketAddress remote, ProtocolException fault, long nowNs) {
        long times = foreign.countIfDue(nowNs);
        if (times > 0) {
            LOG.info("{} does not speak HBP/2: {}{}", remote, fault.getMessage(), others(times));
        }
    }

    /** A connection ended before its layer was ready. The cause may hold names of a certificate. */
    void layerFailed(IOException cause, long nowNs) {
        long times = layers.countIfDue(nowNs);
        if (times > 0) {
            LOG.warn(
                    "a connection did not open: {}{}",
                    Printable.escaped(String.valueOf(cause.getMessage())),
                    others(times));
        }
    }

    private static String others(long times) {
        return times == 1 ? "" : " (" + (times - 1) + " more since the last report)";
    }
}
