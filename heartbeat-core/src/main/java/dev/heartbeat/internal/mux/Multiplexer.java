package dev.heartbeat.internal.mux;

import dev.heartbeat.internal.frame.ErrorCode;
import dev.heartbeat.internal.frame.FrameEncoder;
import dev.heartbeat.internal.frame.FrameHeader;
import dev.heartbeat.internal.frame.FrameType;
import dev.heartbeat.internal.frame.Head;
import dev.heartbeat.internal.frame.ProtocolException;
import dev.heartbeat.spi.Connection;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one connection, in both directions, and their credit. Channel 0 is the only channel so far. Confined to the connection's loop; made with
 * the first message, so that an idle node has none.
 *
 * <p>Outwards it hands the transport one fragment's worth at a time and waits until the socket has taken it, so a control frame that is written meanwhile stands
 * behind at most {@value #MAX_AHEAD_FRAGMENTS} fragments in this process.
 */
public final class Multiplexer {
    static final int MAX_AHEAD_FRAGMENTS = 2;

    /** As much as may be queued in the transport before more is written: one fragment, so that two are there at the most. */
    private static final int MAX_AHEAD = FrameType.MAX_DATA_PAYLOAD;

    /** Below this much credit no message is begun and none goes on: tiny fragments cost more than they carry. */
    private static final int MIN_CREDIT_TO_SEND = FrameHeader.SIZE + FrameEncoder.MAX_HEAD_SIZE + 1024;

    private final Connection connection;
    private final FrameEncoder encoder;
    private final Receiver receiver;
    private final Turns turns;
    private final SendWindow connectionCredit;
    private final MuxChannel channel0;
    private final ReceiveWindow connectionWindow;

    /** The message that is being cut, and how far it is. */
    private @Nullable ByteBuffer sending;

    private int sendingOffset;
    private @Nullable Sender sender;

    /** Written, but not yet taken by the socket. */
    private final ArrayDeque<Travelling> travelling = new ArrayDeque<>(4);

    private long framesReceived;
    private long framesSent;

    private record Travelling(Sender sender, ByteBuffer message, long endOffset) {}

    /** Who gets what comes in. */
    public interface Receiver {

        /** Whether a message from or for this node can be taken. Where there never was such a node, the peer is told. */
        boolean takesFrom(int handle) throws ProtocolException;

        /** A further part of a message from or for this node has come. */
        void onFragment(int handle);

        /**
         * A whole message, which owns its memory. {@link Multiplexer#taken} is to be called with the hold, on the loop, when it has been handled.
         *
         * @param hold what it holds of windows and budget until then
         */
        void onMessage(int handle, ByteBuffer message, Hold hold);

        /** A message has left: the socket has taken its last byte. */
        void onMessageSent();

        /** A message could not be taken; the peer is to be told. */
        void onRefusedMessage(int channel, ErrorCode code, String text) throws ProtocolException;
    }

    /**
     * What a message holds until the application has handled it.
     *
     * @param credit bytes of both windows
     * @param charged bytes of the inbound budget; 0 if it fitted the window
     */
    public record Hold(int credit, int charged) {}

    /** The first limits of both directions, as REGISTER and REGISTERED told them. */
    public record Credits(long sendConnection, long sendChannel, long window) {}

    public Multiplexer(
            Connection connection,
            FrameEncoder encoder,
            Receiver receiver,
            Turns turns,
            Credits credits,
            int maxMessageBytes,
            InboundBudget budget) {
        this.connection = connection;
        this.encoder = encoder;
        this.receiver = receiver;
        this.turns = turns;
        connectionCredit = new SendWindow(credits.sendConnection());
        connectionWindow = new ReceiveWindow(credits.window());
        channel0 =
                new MuxChannel(0, credits.sendChannel(), connectionWindow, credits.window(), maxMessageBytes, budget);
    }

    // ---- inwards

    /** A frame of the resumable stream has come; DATA is counted by {@link #onData}. */
    public void countReceived() {
        framesReceived++;
    }

    /** A frame of the resumable stream was sent, other than DATA. */
    public void countSent() {
        framesSent++;
    }

    public void onData(int channel, int flags, Head head, int size, ByteBuffer fragment) throws ProtocolException {
        framesReceived++;
        connectionWindow.receive(size);
        if (channel != 0) {
            connectionWindow.take(size);
            grantCredit();
            throw new ProtocolException(ErrorCode.UNKNOWN_CHANNEL, "channel is not open");
        }
        channel0.receive(flags, head, size, fragment, receiver);
        grantCredit();
    }

    /** The application has handled a message. */
    public void taken(Hold hold) {
        connectionWindow.take(hold.credit());
        channel0.taken(hold);
        grantCredit();
    }

    /** As {@link #taken}, after the connection is over: there is no credit to give, but what was charged becomes free. */
    public void forgive(Hold hold) {
        channel0.taken(hold);
    }

    private void grantCredit() {
        // A limit is absolute, so while the socket is full nothing is lost by telling it later.
        if (!connection.isWritable()) {
            return;
        }
        if (channel0.window().isGrantDue()) {
            encoder.credit(0, channel0.window().grant());
        }
        if (connectionWindow.isGrantDue()) {
            encoder.credit(FrameHeader.CONNECTION_STREAM, connectionWindow.grant());
        }
    }

    public void onCredit(int channel, long limit) throws ProtocolException {
        if (channel == 0) {
            channel0.credit().raise(limit);
        } else if (channel == FrameHeader.CONNECTION_STREAM) {
            connectionCredit.raise(limit);
        } else {
            throw new ProtocolException(ErrorCode.UNKNOWN_CHANNEL, "channel is not open");
        }
    }

    // ---- outwards

    /** Writes as much as credit and socket allow, and flushes it. */
    public void pump() {
        grantCredit();
        while (credit() >= MIN_CREDIT_TO_SEND && hasRoom() && hasMessage()) {
            writeFragment();
        }
        flush();
    }

    /** Flushes first, if that makes room. */
    private boolean hasRoom() {
        if (connection.pendingBytes() >= MAX_AHEAD) {
            flush();
        }
        return connection.pendingBytes() < MAX_AHEAD;
    }

    private boolean hasMessage() {
        if (sending == null) {
            sending = turns.next();
            sender = sending == null ? null : turns.last();
            sendingOffset = 0;
        }
        return sending != null;
    }

    private void writeFragment() {
        ByteBuffer message = java.util.Objects.requireNonNull(sending);
        int left = message.remaining() - sendingOffset;
        long room = Math.min(credit() - FrameHeader.SIZE, FrameType.MAX_DATA_PAYLOAD);
        Sender from = java.util.Objects.requireNonNull(sender);
        int handle = sendingOffset == 0 ? from.handle() : 0;
        boolean whole = left + FrameEncoder.headSize(handle, Head.NO_TOTAL) <= room;
        int total = sendingOffset == 0 && !whole ? message.remaining() : Head.NO_TOTAL;
        int headSize = FrameEncoder.headSize(handle, total);
        int count = (int) Math.min(left, room - headSize);
        boolean last = count == left;

        encoder.data(0, last ? 0 : FrameHeader.FLAG_MORE, handle, count, total);
        connection.write(message, message.position() + sendingOffset, count);
        connectionCredit.send(FrameHeader.SIZE + headSize + count);
        channel0.credit().send(FrameHeader.SIZE + headSize + count);
        framesSent++;
        sendingOffset += count;
        if (last) {
            travelling.add(new Travelling(from, message, connection.queuedBytes()));
            sending = null;
        }
    }

    private long credit() {
        return Math.min(connectionCredit.available(), channel0.credit().available());
    }

    public void flush() {
        connection.flush();
        settle(connection.flushedBytes());
    }

    /** The socket has taken everything up to {@code total}: those messages have left. */
    public void settle(long total) {
        Travelling first = travelling.peek();
        while (first != null && first.endOffset <= total) {
            travelling.poll();
            receiver.onMessageSent();
            first = travelling.peek();
        }
    }

    /** The connection is gone: what had begun to travel and may not have arrived goes back to whose it was. */
    public void abandon() {
        settle(connection.flushedBytes());
        travelling.forEach(lost -> lost.sender.undelivered(lost.message));
        travelling.clear();
        if (sending != null && sender != null) {
            sender.undelivered(sending);
            sending = null;
        }
        channel0.abandon();
    }

    /** Whether a message of this sender is being cut, and not all of it is written. */
    public boolean isSending(Sender who) {
        return sending != null && sender == who;
    }

    /** Whether everything that was begun has been taken by the socket. */
    public boolean isSettled() {
        return sending == null && travelling.isEmpty();
    }

    /** Frames of the resumable stream received on this connection. */
    public long framesReceived() {
        return framesReceived;
    }

    /** Frames of the resumable stream sent on this connection. */
    public long framesSent() {
        return framesSent;
    }
}
