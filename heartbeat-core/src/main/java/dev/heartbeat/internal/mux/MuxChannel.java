package dev.heartbeat.internal.mux;

import static dev.heartbeat.internal.frame.ErrorCode.MALFORMED;

import dev.heartbeat.internal.frame.ErrorCode;
import dev.heartbeat.internal.frame.FrameHandler;
import dev.heartbeat.internal.frame.FrameHeader;
import dev.heartbeat.internal.frame.ProtocolException;
import dev.heartbeat.internal.frame.Register;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** One lane of messages within a connection: its credit in both directions, and the message that is arriving. */
final class MuxChannel {
    private final int id;
    private final SendWindow credit;
    private final ReceiveWindow window;
    private final ReceiveWindow connectionWindow;
    private final int maxMessageBytes;
    private final InboundBudget budget;

    private @Nullable Assembly arriving;
    /** What is charged to the budget: the message that is arriving, and those the application has not handled. */
    private long charged;

    MuxChannel(
            int id, long sendLimit, ReceiveWindow connectionWindow, long window, int maxMessageBytes, InboundBudget budget) {
        this.id = id;
        this.credit = new SendWindow(sendLimit);
        this.window = new ReceiveWindow(window);
        this.connectionWindow = connectionWindow;
        this.maxMessageBytes = maxMessageBytes;
        this.budget = budget;
    }

    SendWindow credit() {
        return credit;
    }

    ReceiveWindow window() {
        return window;
    }

    /** Takes a DATA frame; returns the message that became whole with it, if one did. */
    @Nullable ByteBuffer receive(boolean more, int total, int size, ByteBuffer fragment, Multiplexer.Receiver refusals)
            throws ProtocolException {
        window.receive(size);
        if (more && !fragment.hasRemaining()) {
            throw new ProtocolException(MALFORMED, "a fragment without a byte of its message");
        }
        Assembly assembly = arriving;
        if (assembly == null) {
            if (!more && total == FrameHandler.NO_TOTAL && fragment.remaining() <= maxMessageBytes) {
                return copyOf(fragment);
            }
            assembly = begin(more, total, fragment.remaining(), refusals);
        } else if (total != FrameHandler.NO_TOTAL) {
            throw new ProtocolException(MALFORMED, "a HEAD within a fragmented message");
        }
        return add(assembly, fragment, size, more);
    }

    private Assembly begin(boolean more, int total, int first, Multiplexer.Receiver refusals) throws ProtocolException {
        if (total == FrameHandler.UNSUPPORTED_HEAD) {
            refusals.onRefusedMessage(id, ErrorCode.UNSUPPORTED_CHANNEL_FEATURE, "the HEAD asks for what is not offered");
            return Assembly.dropping();
        }
        if (more && total == FrameHandler.NO_TOTAL) {
            throw new ProtocolException(MALFORMED, "a first fragment without the total length");
        }
        int length = total == FrameHandler.NO_TOTAL ? first : total;
        if (length > maxMessageBytes) {
            refusals.onRefusedMessage(
                    id, ErrorCode.MESSAGE_TOO_LARGE, "a message of " + length + " bytes, allowed are " + maxMessageBytes);
            return Assembly.dropping();
        }
        if (!budget.tryReserve(length)) {
            refusals.onRefusedMessage(id, ErrorCode.NO_CAPACITY, "no memory for a message of " + length + " bytes");
            return Assembly.dropping();
        }
        charged += length;
        window.reserve(roomFor(length));
        connectionWindow.reserve(roomFor(length));
        return Assembly.keeping(length);
    }

    /** A frame more than the message has: else its last bytes could need a header for which there is no credit. */
    private static long roomFor(int message) {
        return message + (long) Register.MIN_CREDIT;
    }

    private @Nullable ByteBuffer add(Assembly assembly, ByteBuffer fragment, int size, boolean more)
            throws ProtocolException {
        boolean keeping = assembly.isKeeping();
        int overhead = keeping ? size - fragment.remaining() : size;
        window.take(overhead);
        connectionWindow.take(overhead);
        assembly.add(fragment, !more);
        arriving = more ? assembly : null;
        if (more || !keeping) {
            return null;
        }
        window.reserve(-roomFor(assembly.total()));
        connectionWindow.reserve(-roomFor(assembly.total()));
        return assembly.message();
    }

    /** What a message that became whole holds of the windows: its last frame, or all its bytes if it was put together. */
    int creditOf(ByteBuffer message, int lastFrameSize) {
        boolean single = message.remaining() + FrameHeader.SIZE == lastFrameSize;
        return single ? lastFrameSize : message.remaining();
    }

    void taken(int bytes) {
        window.take(bytes);
        release(Math.min(charged, bytes));
    }

    void abandon() {
        arriving = null;
        release(charged);
    }

    private void release(long bytes) {
        charged -= bytes;
        budget.release(bytes);
    }

    private static ByteBuffer copyOf(ByteBuffer fragment) {
        return ByteBuffer.allocate(fragment.remaining()).put(fragment).flip();
    }
}
