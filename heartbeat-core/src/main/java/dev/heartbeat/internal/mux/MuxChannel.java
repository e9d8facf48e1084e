package dev.heartbeat.internal.mux;

import static dev.heartbeat.internal.frame.ErrorCode.MALFORMED;

import dev.heartbeat.internal.frame.ErrorCode;
import dev.heartbeat.internal.frame.FrameHandler;
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

    MuxChannel(
            int id,
            long sendLimit,
            ReceiveWindow connectionWindow,
            long window,
            int maxMessageBytes,
            InboundBudget budget) {
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

    /** Takes a DATA frame, and hands over the message that becomes whole with it. */
    void receive(boolean more, int total, int size, ByteBuffer fragment, Multiplexer.Receiver receiver)
            throws ProtocolException {
        window.receive(size);
        if (more && !fragment.hasRemaining()) {
            throw new ProtocolException(MALFORMED, "a fragment without a byte of its message");
        }
        Assembly assembly = arriving;
        if (assembly == null) {
            if (!more && total == FrameHandler.NO_TOTAL && fragment.remaining() <= maxMessageBytes) {
                receiver.onMessage(copyOf(fragment), new Multiplexer.Hold(size, 0));
                return;
            }
            assembly = begin(more, total, fragment.remaining(), receiver);
        } else if (total != FrameHandler.NO_TOTAL) {
            throw new ProtocolException(MALFORMED, "a HEAD within a fragmented message");
        }
        add(assembly, fragment, size, more, receiver);
    }

    private Assembly begin(boolean more, int total, int first, Multiplexer.Receiver receiver) throws ProtocolException {
        if (total == FrameHandler.UNSUPPORTED_HEAD) {
            receiver.onRefusedMessage(
                    id, ErrorCode.UNSUPPORTED_CHANNEL_FEATURE, "the HEAD asks for what is not offered");
            return Assembly.dropping();
        }
        if (more && total == FrameHandler.NO_TOTAL) {
            throw new ProtocolException(MALFORMED, "a first fragment without the total length");
        }
        int length = total == FrameHandler.NO_TOTAL ? first : total;
        if (length > maxMessageBytes) {
            receiver.onRefusedMessage(
                    id,
                    ErrorCode.MESSAGE_TOO_LARGE,
                    "a message of " + length + " bytes, allowed are " + maxMessageBytes);
            return Assembly.dropping();
        }
        if (!budget.tryReserve(length)) {
            receiver.onRefusedMessage(id, ErrorCode.NO_CAPACITY, "no memory for a message of " + length + " bytes");
            return Assembly.dropping();
        }
        window.reserve(roomFor(length));
        connectionWindow.reserve(roomFor(length));
        return Assembly.keeping(length);
    }

    /** A frame more than the message has: else its last bytes could need a header for which there is no credit. */
    private static long roomFor(int message) {
        return message + Register.MIN_CREDIT;
    }

    private void add(Assembly assembly, ByteBuffer fragment, int size, boolean more, Multiplexer.Receiver receiver)
            throws ProtocolException {
        boolean keeping = assembly.isKeeping();
        int overhead = keeping ? size - fragment.remaining() : size;
        window.take(overhead);
        connectionWindow.take(overhead);
        assembly.add(fragment, !more);
        arriving = more ? assembly : null;
        if (!more && keeping) {
            window.reserve(-roomFor(assembly.total()));
            connectionWindow.reserve(-roomFor(assembly.total()));
            receiver.onMessage(assembly.message(), new Multiplexer.Hold(assembly.total(), assembly.total()));
        }
    }

    void taken(Multiplexer.Hold hold) {
        window.take(hold.credit());
        budget.release(hold.charged());
    }

    /** The connection is over, and with it the message that was arriving. */
    void abandon() {
        if (arriving != null) {
            budget.release(arriving.total());
            arriving = null;
        }
    }

    private static ByteBuffer copyOf(ByteBuffer fragment) {
        return ByteBuffer.allocate(fragment.remaining()).put(fragment).flip();
    }
}
