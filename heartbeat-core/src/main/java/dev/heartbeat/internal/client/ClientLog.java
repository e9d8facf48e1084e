package dev.heartbeat.internal.client;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.heartbeat.ClientOptions;
import dev.heartbeat.CloseReason;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.ServerAddress;
import dev.heartbeat.internal.frame.Printable;
import dev.heartbeat.internal.log.LogEvent;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Logs a client's life: that it is registered, why it is not, when it is tried again, and its end.
 * A failure that repeats is logged after a second at first, and then at gaps that double up to a
 * minute, with the number of those that were not logged. Confined to the loop.
 */
final class ClientLog {
    private static final LogEvent NOT_REGISTERED = LogEvent.warn(
            ClientLog.class,
            "heartbeat.client.not_registered",
            "{node}: {problem}; retrying in {millis} ms ({others} more since the last report)");
    private static final LogEvent REGISTERED_AGAIN = LogEvent.info(
            ClientLog.class,
            "heartbeat.client.registered_again",
            "{node}: registered at {server} after {millis} ms, epoch {epoch}");
    private static final LogEvent REGISTERED = LogEvent.info(
            ClientLog.class, "heartbeat.client.registered", "{node}: registered at {server}, epoch {epoch}");
    private static final LogEvent MOVES = LogEvent.info(
            ClientLog.class, "heartbeat.client.moves", "{node}: leaves {server} for {better}, which is well again");
    private static final LogEvent CLOSED = LogEvent.info(ClientLog.class, "heartbeat.client.closed", "{node}: closed");
    private static final LogEvent FAILED =
            LogEvent.warn(ClientLog.class, "heartbeat.client.failed", "{node}: closed for good; {problem}");
    private static final long SHORTEST_GAP_NS = 1_000_000_000L;
    private static final long LONGEST_GAP_NS = 60 * SHORTEST_GAP_NS;

    private final String id;
    /** The one whose turn it is. */
    private String server = "";

    private final Duration handshakeTimeout;

    private long loggedNs;
    private long gapNs;
    private long unlogged;
    /** Since when it has not been registered, and whether the log says so. */
    private long troubleNs;

    private boolean inTrouble;
    private boolean troubleLogged;

    ClientLog(ClientOptions options) {
        id = options.nodeId();
        handshakeTimeout = options.handshakeTimeout();
    }

    /** From now on it is about this server. */
    void to(ServerAddress current) {
        server = current.toString();
    }

    /** Describes for people what became of the connection. */
    String describe(CloseReason reason, @Nullable Throwable cause) {
        String why = cause == null ? "" : ": " + text(cause);
        return switch (reason) {
            case CONNECT_FAILED -> "connect to " + server + " failed" + why;
            case HANDSHAKE_TIMEOUT ->
                "the server " + server + " did not answer the registration within " + handshakeTimeout.toMillis()
                        + " ms";
            case TIMEOUT -> "the server " + server + " was silent for the heartbeat timeout";
            case PEER_CLOSED -> "the server " + server + " closed the connection without a word";
            case GO_AWAY -> "the server " + server + " sent the node away" + why;
            case REFUSED -> "the server " + server + " refused the registration" + why;
            default -> "the connection to " + server + " ended (" + reason + ")" + why;
        };
    }

    /** Advises what can be done about it; empty where there is nothing to say. */
    static String advice(CloseReason reason) {
        return switch (reason) {
            case CONNECT_FAILED -> "; check host and port, and that the server runs";
            case HANDSHAKE_TIMEOUT, FOREIGN_PROTOCOL, PEER_CLOSED ->
                "; check that a Heartbeat server listens there and has room";
            case REFUSED -> "; correct what the server objects to";
            case REPLACED -> "; another process uses this node id";
            case DUPLICATE_IDENTITY ->
                "; another process was restored from the same snapshot and has the node; start this one anew";
            case KICKED -> "; the server's application sent it away";
            default -> "";
        };
    }

    /** The cause that the application gets: what is known, or a sentence. */
    Throwable causeOf(CloseReason reason, @Nullable Throwable cause) {
        return cause != null ? cause : new HeartbeatException(Failures.of(reason), describe(reason, null));
    }

    /** Its message, which may hold names of the server's certificate. */
    static String text(Throwable cause) {
        try {
            String message = cause.getMessage();
            return message == null ? cause.getClass().getName() : Printable.escaped(message);
        } catch (RuntimeException | Error unprintable) {
            return cause.getClass().getName();
        }
    }

    void disconnected(long nowNs, CloseReason reason, @Nullable Throwable cause, Duration retryIn) {
        if (!inTrouble) {
            inTrouble = true;
            troubleNs = nowNs;
        }
        long sinceNs = nowNs - loggedNs;
        if (gapNs > 0 && sinceNs < gapNs) {
            unlogged++;
            return;
        }
        // After a calm while it begins with short gaps again.
        gapNs = gapNs == 0 || sinceNs > 2 * LONGEST_GAP_NS ? SHORTEST_GAP_NS : Math.min(LONGEST_GAP_NS, 2 * gapNs);
        loggedNs = nowNs;
        troubleLogged = true;
        NOT_REGISTERED.log(id, describe(reason, cause), retryIn.toMillis(), unlogged);
        unlogged = 0;
    }

    void registered(long nowNs, long epoch) {
        if (troubleLogged) {
            REGISTERED_AGAIN.log(id, server, NANOSECONDS.toMillis(nowNs - troubleNs), epoch);
        } else if (!inTrouble) {
            REGISTERED.log(id, server, epoch);
        }
        inTrouble = false;
        troubleLogged = false;
    }

    void moves(ServerAddress better) {
        MOVES.log(id, server, better);
    }

    void closed(CloseReason reason, @Nullable Throwable cause) {
        if (reason == CloseReason.LOCAL || reason == CloseReason.UNREGISTERED) {
            CLOSED.log(id);
        } else {
            FAILED.log(id, describe(reason, cause) + advice(reason));
        }
    }
}
