package dev.heartbeat.internal.mux;

import static dev.heartbeat.internal.frame.ErrorCode.MALFORMED;

import dev.heartbeat.internal.frame.ErrorCode;
import dev.heartbeat.internal.frame.FrameHeader;
import dev.heartbeat.internal.frame.Head;
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
    private int arrivingFrom;

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
    void receive(int flags, Head head, int size, ByteBuffer fragment, Multiplexer.Receiver receiver)
            throws ProtocolException {
        window.receive(size);
        if ((flags & FrameHeader.FLAG_END) != 0) {
            throw new ProtocolException(ErrorCode.UNEXPECTED_FRAME, "channel 0 cannot be ended");
        }
        boolean more = (flags & FrameHeader.FLAG_MORE) != 0;
        Assembly assembly = arriving;
        if (assembly == null) {
            if (more && !head.hasTotal()) {
                throw new ProtocolException(MALFORMED, "a first fragment without the total length");
            }
            boolean taken = receiver.takesFrom(head.handle());
            if (taken && !more && isPlain(head, fragment)) {
                receiver.onMessage(head.handle(), copyOf(fragment), new Multiplexer.Hold(size, 0));
                return;
            }
            arrivingFrom = head.handle();
            assembly = begin(taken, head, fragment.remaining(), receiver);
        } else if ((flags & FrameHeader.FLAG_HEAD) != 0) {
            throw new ProtocolException(MALFORMED, "a HEAD within a fragmented message");
        } else {
            receiver.onFragment(arrivingFrom);
        }
        add(assembly, fragment, size, more, receiver);
    }

    /** Whether it is a whole message that needs no room but the window's. */
    private boolean isPlain(Head head, ByteBuffer message) {
        return !head.hasTotal() && head.offered() && message.remaining() <= maxMessageBytes;
    }

    private Assembly begin(boolean taken, Head head, int first, Multiplexer.Receiver receiver)
            throws ProtocolException {
        long total = head.hasTotal() ? head.total() : first;
        if (!taken) {
            return Assembly.dropping(total);
        }
        if (!head.offered()) {
            receiver.onRefusedMessage(
                    id, ErrorCode.UNSUPPORTED_CHANNEL_FEATURE, "the HEAD asks for what is not offered");
            return Assembly.dropping(total);
        }
        if (total > maxMessageBytes) {
            receiver.onRefusedMessage(
                    id,
                    ErrorCode.MESSAGE_TOO_LARGE,
                    "a message of " + total + " bytes, allowed are " + maxMessageBytes);
            return Assembly.dropping(total);
        }
        if (!budget.tryReserve(total)) {
            receiver.onRefusedMessage(id, ErrorCode.NO_CAPACITY, "no memory for a message of " + total + " bytes");
            return Assembly.dropping(total);
        }
        int length = (int) total;
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
        arriving = assembly; // Before it can fail: what was reserved for it is found when the connection ends.
        boolean keeping = assembly.isKeeping();
        boolean complete = keeping && !more;
        int overhead = keeping ? size - fragment.remaining() : size;
        // The last header is held with the message: else messages of next to nothing could wait without bound.
        overhead -= complete ? FrameHeader.SIZE : 0;
        window.take(overhead);
        connectionWindow.take(overhead);
        assembly.add(fragment, !more);
        arriving = more ? assembly : null;
        if (complete) {
            ByteBuffer message = assembly.message();
            int length = message.remaining();
            window.reserve(-roomFor(length));
            connectionWindow.reserve(-roomFor(length));
            receiver.onMessage(arrivingFrom, message, new Multiplexer.Hold(length + FrameHeader.SIZE, length));
        }
    }

    void taken(Multiplexer.Hold hold) {
        window.take(hold.credit());
        budget.release(hold.charged());
    }

    /** The connection is over, and with it the message that was arriving. */
    void abandon() {
        if (arriving != null) {
            budget.release(arriving.reserved());
            arriving = null;
        }
    }

    private static ByteBuffer copyOf(ByteBuffer fragment) {
        return ByteBuffer.allocate(fragment.remaining()).put(fragment).flip();
    }
}
