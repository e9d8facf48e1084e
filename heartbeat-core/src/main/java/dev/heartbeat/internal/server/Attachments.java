package dev.heartbeat.internal.server;

import dev.heartbeat.internal.frame.ErrorCode;
import dev.heartbeat.internal.frame.HandleRanges;
import dev.heartbeat.internal.frame.ProtocolException;
import dev.heartbeat.internal.mux.IdTable;
import dev.heartbeat.spi.Connection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The nodes that a gateway speaks for over its connection, beside its own: by handle, with what
 * their common heartbeat says. Made with the first of them.
 *
 * <p>A beat for all writes one field, which every one of them is judged by; it visits those only
 * that are suspected.
 */
public final class Attachments {
    /** The number of registrations that a gateway may have under way. */
    public static final int MAX_UNANSWERED = 256;

    private final IdTable<AttachedBinding> bindings = new IdTable<>();
    private @Nullable Set<AttachedBinding> suspects;

    private boolean covered;
    private long coveredNs;

    private int answers;
    private long answeredUpTo;

    private final long sinceNs;

    Attachments(long nowNs) {
        sinceNs = nowNs;
    }

    /** Whether the connection has spoken for others for so long. */
    boolean haveLasted(long durationNs, long nowNs) {
        return nowNs - sinceNs >= durationNs;
    }

    int size() {
        return bindings.size();
    }

    /** Whether it was never registered here. */
    boolean isNew(int handle) {
        return bindings.isNew(handle);
    }

    /**
     * The node of a handle; null if it has left, which the peer may not know yet.
     *
     * @throws ProtocolException if it never was
     */
    @Nullable
    AttachedBinding known(int handle) throws ProtocolException {
        if (isNew(handle)) {
            throw unknown(handle);
        }
        return get(handle);
    }

    static ProtocolException unknown(int handle) {
        return new ProtocolException(ErrorCode.UNKNOWN_HANDLE, "handle " + text(handle) + " was not registered");
    }

    private static String text(int handle) {
        return Integer.toUnsignedString(handle);
    }

    /** The node of a handle; null if it is not registered. */
    @Nullable
    AttachedBinding get(int handle) {
        AttachedBinding found = bindings.get(handle);
        return found == null || !found.hasBegun() ? null : found;
    }

    void add(AttachedBinding binding) {
        bindings.add(binding.handle(), binding);
    }

    /** Does nothing if it is here no more. */
    void forget(AttachedBinding binding) {
        bindings.remove(binding.handle());
        recovered(binding);
    }

    /** Those that are registered. */
    void forEach(Consumer<AttachedBinding> action) {
        bindings.forEach(node -> {
            if (node.hasBegun()) {
                action.accept(node);
            }
        });
    }

    /** Those that wait for the authenticator wait no more. */
    void abandonWaiting() {
        bindings.forEach(node -> {
            if (!node.hasBegun()) {
                node.abandon();
            }
        });
    }

    // ---- life

    /**
     * A beat spoke for these.
     *
     * @return how many places were looked at for it, at most
     */
    int heard(HandleRanges ranges, long nowNs) {
        if (ranges == HandleRanges.ALL) {
            heardAll(nowNs);
            return 0;
        }
        return heard(ranges);
    }

    private void heardAll(long nowNs) {
        Set<AttachedBinding> found = suspects;
        if (found != null) {
            suspects = null;
            found.forEach(AttachedBinding::heard); // First: until now they were silent.
        }
        covered = true;
        coveredNs = nowNs;
    }

    private int heard(HandleRanges ranges) {
        long handles = 0;
        for (int i = 0; i < ranges.ranges(); i++) {
            bindings.forEach(ranges.first(i), ranges.last(i), AttachedBinding::heard);
            handles += Integer.toUnsignedLong(ranges.last(i) - ranges.first(i));
        }
        return ranges.ranges() + (int) Math.min(handles, bindings.size());
    }

    /** The time since a beat last spoke for all. */
    long silentNs(long nowNs) {
        return covered ? nowNs - coveredNs : Long.MAX_VALUE;
    }

    void lookAtSuspects() {
        if (suspects != null) {
            suspects.forEach(binding -> binding.lookAgainAfter(0));
        }
    }

    void suspected(AttachedBinding binding) {
        if (suspects == null) {
            suspects = new LinkedHashSet<>();
        }
        suspects.add(binding);
    }

    void recovered(AttachedBinding binding) {
        if (suspects != null && suspects.remove(binding) && suspects.isEmpty()) {
            suspects = null;
        }
    }

    // ---- registrations

    /** A handle is registered once, and there is a limit of them. */
    void requireMayRegister(int handle, int limit, Connection connection) throws ProtocolException {
        if (!isNew(handle)) {
            throw new ProtocolException(
                    ErrorCode.ALREADY_REGISTERED, "handle " + text(handle) + " or a greater one was registered");
        }
        if (size() >= limit) {
            throw new ProtocolException(
                    ErrorCode.UNSUPPORTED_NODE_FEATURE, "a connection may have " + limit + " nodes beside its own");
        }
        if (!mayAnswer(connection)) {
            throw new ProtocolException(
                    ErrorCode.TOO_MANY_ERRORS, "more than " + MAX_UNANSWERED + " registrations under way");
        }
    }

    /**
     * Whether one more answer may be written: of twice as many as a gateway may wait for, the first
     * must have left.
     */
    private boolean mayAnswer(Connection connection) {
        answers++;
        if (answers < MAX_UNANSWERED) {
            return true;
        }
        answers = 0;
        boolean read = connection.flushedBytes() >= answeredUpTo;
        answeredUpTo = connection.queuedBytes();
        return read;
    }
}
