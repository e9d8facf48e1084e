package dev.heartbeat.internal.frame;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can be wrong, with its number on the wire and how much of the connection it
 * concerns.
 */
public enum ErrorCode {
    /** Never sent: whoever speaks another protocol gets no answer. */
    FOREIGN(0, Scope.CONNECTION),
    MALFORMED(1, Scope.CONNECTION),
    UNSUPPORTED_VERSION(2, Scope.CONNECTION),
    UNKNOWN_TYPE(3, Scope.CONNECTION),
    BAD_FLAGS(4, Scope.CONNECTION),
    FRAME_TOO_LARGE(5, Scope.CONNECTION),
    UNEXPECTED_FRAME(6, Scope.CONNECTION),
    NOT_REGISTERED(7, Scope.CONNECTION),
    HANDSHAKE_TIMEOUT(8, Scope.CONNECTION),
    CREDIT_EXCEEDED(9, Scope.CONNECTION),
    TOO_MANY_ERRORS(10, Scope.CONNECTION),
    INTERNAL(11, Scope.CONNECTION),

    INVALID_NODE_ID(20, Scope.NODE),
    INVALID_METADATA(21, Scope.NODE),
    ALREADY_REGISTERED(22, Scope.NODE),
    STALE_ATTEMPT(23, Scope.NODE),
    NODE_ID_IN_USE(24, Scope.NODE),
    EPOCH_REFUSED(25, Scope.NODE),
    UNKNOWN_HANDLE(26, Scope.NODE),
    UNAUTHORIZED(27, Scope.NODE),
    REPLACED(28, Scope.NODE),
    NODE_CAPACITY(29, Scope.NODE),
    FORBIDDEN(30, Scope.NODE),
    FORBIDDEN_ON_CHANNEL(30, Scope.CHANNEL),

    UNKNOWN_CHANNEL(40, Scope.CHANNEL),
    MESSAGE_TOO_LARGE(41, Scope.CHANNEL),
    NO_CAPACITY(42, Scope.CHANNEL),
    CHANNEL_REFUSED(43, Scope.CHANNEL),
    CHANNEL_CANCELLED(44, Scope.CHANNEL),
    CHANNEL_ENDED(45, Scope.CHANNEL),
    INVALID_CHANNEL_NAME(46, Scope.CHANNEL),
    NOT_PASSED_ON(47, Scope.CHANNEL),
    TOO_MANY_CHANNELS(48, Scope.CHANNEL),

    UNSUPPORTED_NODE_FEATURE(50, Scope.NODE),
    UNSUPPORTED_CHANNEL_FEATURE(50, Scope.CHANNEL);

    /** The scope of an error. */
    public enum Scope {
        CONNECTION(0),
        NODE(1),
        CHANNEL(2);

        private final int wire;

        Scope(int wire) {
            this.wire = wire;
        }

        int wire() {
            return wire;
        }

        static Scope of(int wire) {
            // An unknown scope is treated as the widest one.
            return switch (wire) {
                case 1 -> NODE;
                case 2 -> CHANNEL;
                default -> CONNECTION;
            };
        }
    }

    private static final Map<Integer, ErrorCode> BY_WIRE = new HashMap<>();

    static {
        for (ErrorCode code : values()) {
            BY_WIRE.put(key(code.scope, code.wire), code);
        }
    }

    private final int wire;
    private final Scope scope;

    ErrorCode(int wire, Scope scope) {
        this.wire = wire;
        this.scope = scope;
    }

    public Scope scope() {
        return scope;
    }

    int wire() {
        return wire;
    }

    /** Its name in the protocol, where one number may have several scopes. */
    public String wireName() {
        return switch (this) {
            case FORBIDDEN_ON_CHANNEL -> FORBIDDEN.name();
            case UNSUPPORTED_NODE_FEATURE, UNSUPPORTED_CHANNEL_FEATURE -> "UNSUPPORTED";
            default -> name();
        };
    }

    /** The code of this number in this scope, or null if a newer peer knows more than this side. */
    static @Nullable ErrorCode of(Scope scope, int wire) {
        return BY_WIRE.get(key(scope, wire));
    }

    private static int key(Scope scope, int wire) {
        return scope.wire() << 16 | wire;
    }
}
