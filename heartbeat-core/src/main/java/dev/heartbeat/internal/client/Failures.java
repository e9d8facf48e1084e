package dev.heartbeat.internal.client;

import dev.heartbeat.CloseReason;
import dev.heartbeat.FailureCode;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.internal.frame.ErrorCode;
import dev.heartbeat.internal.frame.GoAway;
import dev.heartbeat.internal.frame.PeerError;
import org.jspecify.annotations.Nullable;

/**
 * Turns what the server says, and how connections end, into what the application is notified of.
 */
final class Failures {
    private Failures() {}

    static HeartbeatException of(PeerError error) {
        FailureCode code = error.code() == null ? FailureCode.UNKNOWN : of(error.code());
        return new HeartbeatException(code, "the server reports " + error.codeName() + ": " + error.text());
    }

    static HeartbeatException of(GoAway goAway) {
        return new HeartbeatException(
                of(reasonOf(goAway)),
                "the server says " + (goAway.reason() == null ? "to go away" : goAway.reason())
                        + (goAway.text().isEmpty() ? "" : ": " + goAway.text()));
    }

    static CloseReason reasonOf(GoAway goAway) {
        if (goAway.reason() == null) {
            return CloseReason.GO_AWAY;
        }
        return switch (goAway.reason()) {
            case REPLACED -> goAway.byTwin() ? CloseReason.DUPLICATE_IDENTITY : CloseReason.REPLACED;
            case KICKED -> CloseReason.KICKED;
            case TIMEOUT -> CloseReason.TIMEOUT;
            case EXPIRED -> CloseReason.EXPIRED;
            case SHUTDOWN, OVERLOADED, MOVED -> CloseReason.GO_AWAY;
        };
    }

    /** Whether asking again, in the same words, cannot help. */
    static boolean isForGood(@Nullable ErrorCode code) {
        return code == ErrorCode.INVALID_NODE_ID
                || code == ErrorCode.INVALID_METADATA
                || code == ErrorCode.UNAUTHORIZED
                || code == ErrorCode.FORBIDDEN
                || code == ErrorCode.UNSUPPORTED_NODE_FEATURE;
    }

    static FailureCode of(ErrorCode code) {
        return switch (code) {
            case INVALID_NODE_ID -> FailureCode.INVALID_NODE_ID;
            case INVALID_METADATA -> FailureCode.INVALID_METADATA;
            case NODE_ID_IN_USE -> FailureCode.NODE_ID_IN_USE;
            case STALE_ATTEMPT, EPOCH_REFUSED -> FailureCode.STALE_REGISTRATION;
            case UNAUTHORIZED -> FailureCode.UNAUTHORIZED;
            case FORBIDDEN, FORBIDDEN_ON_CHANNEL -> FailureCode.FORBIDDEN;
            case REPLACED -> FailureCode.REPLACED;
            case NODE_CAPACITY -> FailureCode.NODE_CAPACITY;
            case UNSUPPORTED_NODE_FEATURE, UNSUPPORTED_CHANNEL_FEATURE -> FailureCode.UNSUPPORTED;
            case UNSUPPORTED_VERSION -> FailureCode.UNSUPPORTED_VERSION;
            case HANDSHAKE_TIMEOUT -> FailureCode.HANDSHAKE_TIMEOUT;
            case INTERNAL -> FailureCode.PEER_FAILED;
            case MESSAGE_TOO_LARGE -> FailureCode.MESSAGE_TOO_LARGE;
            case NO_CAPACITY -> FailureCode.NO_CAPACITY;
            case NOT_PASSED_ON -> FailureCode.NOT_PASSED_ON;
            case CHANNEL_REFUSED, INVALID_CHANNEL_NAME -> FailureCode.CHANNEL_REFUSED;
            case CHANNEL_CANCELLED, CHANNEL_ENDED, UNKNOWN_CHANNEL -> FailureCode.CHANNEL_CLOSED;
            case TOO_MANY_CHANNELS -> FailureCode.TOO_MANY_CHANNELS;
            case FOREIGN,
                    MALFORMED,
                    UNKNOWN_TYPE,
                    BAD_FLAGS,
                    FRAME_TOO_LARGE,
                    UNEXPECTED_FRAME,
                    NOT_REGISTERED,
                    CREDIT_EXCEEDED,
                    TOO_MANY_ERRORS,
                    ALREADY_REGISTERED,
                    UNKNOWN_HANDLE -> FailureCode.PROTOCOL_ERROR;
        };
    }

    static FailureCode of(CloseReason reason) {
        return switch (reason) {
            case LOCAL, UNREGISTERED, SHUTDOWN -> FailureCode.CLIENT_CLOSED;
            case PEER_CLOSED, CONNECTION_LOST -> FailureCode.CONNECTION_LOST;
            case CONNECT_FAILED -> FailureCode.CONNECT_FAILED;
            case HANDSHAKE_TIMEOUT -> FailureCode.HANDSHAKE_TIMEOUT;
            case TIMEOUT, WRITE_STALLED -> FailureCode.PEER_SILENT;
            case PROTOCOL_ERROR, FOREIGN_PROTOCOL -> FailureCode.PROTOCOL_ERROR;
            case REFUSED -> FailureCode.UNKNOWN;
            case REPLACED -> FailureCode.REPLACED;
            case DUPLICATE_IDENTITY -> FailureCode.DUPLICATE_IDENTITY;
            case KICKED -> FailureCode.KICKED;
            case EXPIRED -> FailureCode.UNAUTHORIZED;
            case GO_AWAY -> FailureCode.SERVER_LEAVING;
        };
    }

    /** The end of a client: its last failure says more than the reason. */
    static FailureCode of(CloseReason reason, Throwable cause) {
        return cause instanceof HeartbeatException known ? known.code() : of(reason);
    }
}
