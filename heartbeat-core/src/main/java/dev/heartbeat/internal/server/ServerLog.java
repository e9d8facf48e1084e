package dev.heartbeat.internal.server;

import dev.heartbeat.ConnectionRefusal;
import dev.heartbeat.ServerOptions;
import dev.heartbeat.internal.frame.Printable;
import dev.heartbeat.internal.frame.ProtocolException;
import dev.heartbeat.internal.log.LogEvent;
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

/** The lines of a server's log that others can cause at any rate, thinned. Any loop. */
final class ServerLog {
    private static final LogEvent REFUSED = LogEvent.warn(
            ServerLog.class,
            "heartbeat.connection.refused",
            "closed a connection from {remote} at once: {reason} ({others} more since the last report; the"
                    + " next follows in a minute)");
    private static final LogEvent NO_CAPACITY = LogEvent.warn(
            ServerLog.class,
            "heartbeat.registration.no_capacity",
            "refused {times} registrations or metadata for lack of room: {nodes} of {maxNodes} nodes are"
                    + " known (maxNodes), {bytes} of {registrationBudgetBytes} bytes are used"
                    + " (registrationBudgetBytes); known nodes may still come back");
    private static final LogEvent NO_SHARE = LogEvent.warn(
            ServerLog.class,
            "heartbeat.registration.no_share",
            "refused node {node} at {remote} of principal {principal}, or its metadata: {problem}; it may try again"
                    + " ({others} more since the last report)");
    private static final LogEvent DUPLICATE_IDENTITY = LogEvent.warn(
            ServerLog.class,
            "heartbeat.node.duplicate_identity",
            "node {node}: DUPLICATE_IDENTITY: two processes restored from one snapshot took the node from"
                    + " each other; the one at {remote} is sent away for good ({others} more since the last report)");
    private static final LogEvent FLOODED = LogEvent.warn(
            ServerLog.class,
            "heartbeat.connection.flooded",
            "closed the connection of node {node} at {remote}: it sent more than {controlFramesPerSecond} control frames per"
                    + " second (controlFramesPerSecond); it may come back in {millis} ms ({others} more since the last"
                    + " report)");
    private static final LogEvent UNAUTHORIZED = LogEvent.warn(
            ServerLog.class,
            "heartbeat.registration.unauthorized",
            "refused {times} credentials that are not accepted, the last from {remote}; each further one"
                    + " from there waits longer (the next such line follows in a minute)");
    private static final LogEvent FOREIGN = LogEvent.info(
            ServerLog.class,
            "heartbeat.connection.foreign",
            "{remote} does not speak HBP/2: {problem} ({others} more since the last report)");
    private static final LogEvent NOT_OPENED = LogEvent.warn(
            ServerLog.class,
            "heartbeat.connection.not_opened",
            "a connection did not open: {problem} ({others} more since the last report)");

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
            REFUSED.log(remote, why, times - 1);
        }
    }

    /** A registration, or metadata, found no room. */
    void noCapacity(long nowNs) {
        long times = noCapacity.countIfDue(nowNs);
        if (times > 0) {
            NO_CAPACITY.log(
                    times, table.size(), options.maxNodes(), capacity.bytes(), options.registrationBudgetBytes());
        }
    }

    /** A registration, or metadata, are too much for their principal or their address. */
    void noShare(NodeBinding node, String id, Refusal why, long nowNs) {
        long times = noShare.countIfDue(nowNs);
        if (times > 0) {
            String principal = node.principal();
            NO_SHARE.log(
                    id,
                    node.session.remoteAddress(),
                    principal == null ? "(none)" : Printable.escaped(principal),
                    reached(why),
                    times - 1);
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
            DUPLICATE_IDENTITY.log(sentAway.entry().id(), sentAway.owner().remoteAddress(), times - 1);
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
            FLOODED.log(
                    id == null ? "(unregistered)" : id,
                    remote,
                    limits.controlFramesPerSecond(),
                    limits.banTime().toMillis(),
                    times - 1);
        }
    }

    /** A credential is not accepted. */
    void unauthorized(InetSocketAddress remote, long nowNs) {
        long times = unauthorized.countIfDue(nowNs);
        if (times > 0) {
            UNAUTHORIZED.log(times, remote);
        }
    }

    /** A connection speaks another protocol. */
    void foreign(InetSocketAddress remote, ProtocolException fault, long nowNs) {
        long times = foreign.countIfDue(nowNs);
        if (times > 0) {
            FOREIGN.log(remote, fault.getMessage(), times - 1);
        }
    }

    /** A connection ended before its layer was ready. The cause may hold names of a certificate. */
    void layerFailed(IOException cause, long nowNs) {
        long times = layers.countIfDue(nowNs);
        if (times > 0) {
            NOT_OPENED.log(Printable.escaped(String.valueOf(cause.getMessage())), times - 1);
        }
    }
}
