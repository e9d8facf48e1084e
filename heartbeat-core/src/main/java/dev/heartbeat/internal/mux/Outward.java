package dev.heartbeat.internal.mux;

import dev.heartbeat.UndeliveredException.Reason;
import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.frame.FrameEncoder;
import dev.heartbeat.internal.frame.FrameHeader;
import dev.heartbeat.internal.frame.Head;
import dev.heartbeat.internal.frame.Register;
import dev.heartbeat.internal.loop.Loop;
import dev.heartbeat.internal.queue.MessageList;
import dev.heartbeat.internal.queue.OutgoingMessage;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The outward half of a channel: whose turn it is, the message that is being cut, how much credit
 * there is for it, and the END.
 */
final class Outward {
    /**
     * Below this much credit no message is begun and none goes on: tiny fragments cost more than
     * they carry. The context of a trace may take half of the bytes that are left for the first.
     */
    static final int MIN_CREDIT_TO_SEND = FrameHeader.SIZE + FrameEncoder.MAX_HEAD_SIZE + 1024;

    /** A frame of full size. */
    private static final long MAX_FRAME = Register.MIN_CREDIT;

    private final Output output;
    private final Loop loop;
    private final MuxChannel channel;
    /** Null for channel 0, which many nodes share. */
    private final @Nullable Endpoint endpoint;

    private final RoundRobin senders;
    private final SendWindow credit;
    private final MessageList ready = new MessageList();
    /** The written part of the first of those that are ready. */
    private int readyOffset;

    /** Messages of which at least the first frame is written. */
    private long begun;
    /** Made with the first that is kept. */
    private @Nullable Refusable refusable;

    private boolean ending;
    private boolean ended;
    /** Whether the socket has taken the END, and so all before it. */
    private boolean endSent;

    Outward(
            Output output,
            Loop loop,
            MuxChannel channel,
            @Nullable Endpoint endpoint,
            RoundRobin senders,
            SendWindow credit) {
        this.output = output;
        this.loop = loop;
        this.channel = channel;
        this.endpoint = endpoint;
        this.senders = senders;
        this.credit = credit;
    }

    SendWindow credit() {
        return credit;
    }

    /** Someone has messages, and has joined. */
    void offer(Sender joined) {
        senders.add(joined);
    }

    /** Nothing more is given to be sent; the other side is notified behind the last of it. */
    void end() {
        ending = true;
    }

    /** Whether the END is written. */
    boolean hasEnded() {
        return ended;
    }

    /** Whether the socket has taken the END. */
    boolean isEndSent() {
        return endSent;
    }

    /** Messages taken from its senders and not written go back to them. */
    void over() {
        ready.drain(message -> message.lose(senders.last()));
        refusable = null;
    }

    /** Whether there is anything to write, and credit for it. */
    boolean canWrite() {
        if (!ready.isEmpty() || !senders.isEmpty()) {
            return credit.available() >= MIN_CREDIT_TO_SEND;
        }
        return mustEnd() && credit.available() >= FrameHeader.SIZE;
    }

    private boolean mustEnd() {
        return ending
                && !ended
                && (endpoint == null || !endpoint.sender().hasMore()); // What is accepted may not have joined yet.
    }

    /** Whether something waits to be written, for which there may be no credit. */
    boolean hasWork() {
        return !ready.isEmpty() || !senders.isEmpty() || ending && !ended;
    }

    /** Whether a message of this sender is being cut, and not all of it is written. */
    boolean isCutting(Sender who) {
        return !ready.isEmpty() && senders.last() == who;
    }

    /**
     * Writes what is next: several whole messages, or one fragment.
     *
     * @param connectionCredit how much the connection may send
     * @return what it took of the credit
     */
    long write(long connectionCredit) {
        long allowed = Math.min(connectionCredit, credit.available());
        long room = Math.min(allowed, (long) FrameHeader.SIZE + output.fragmentBytes());
        if (ready.isEmpty()) {
            senders.next(ready, room);
        }
        long written = ready.isEmpty() ? writeEnd() : writeReady(room, allowed);
        credit.send(written);
        return written;
    }

    private long writeReady(long room, long allowed) {
        Sender from = senders.last();
        int handleToName = from.handle();
        long remaining = room;
        boolean wrote = false;
        for (OutgoingMessage first = ready.peek(); first != null; first = ready.peek()) {
            boolean isWhole = readyOffset == 0 && first.frameSize(handleToName) <= remaining;
            if (!isWhole && wrote) {
                return room - remaining;
            }
            if (readyOffset == 0 && !first.begin(loop)) {
                ready.poll(); // Nobody waits for its answer any more.
                continue;
            }
            if (!isWhole) {
                return writeFragment(first, from, allowed);
            }
            remaining -= first.frameSize(handleToName);
            writeWhole(first, handleToName);
            begun++;
            if (first.isRequest()) {
                keep(first, from);
                kept().written(output.framesSent());
            }
            ready.poll();
            output.inFlight().add(first, from);
            wrote = true;
        }
        return room - remaining;
    }

    private void writeWhole(OutgoingMessage message, int handleToName) {
        ByteBuffer shared = message.sharedFrame(handleToName);
        if (shared != null) {
            output.encoded(shared);
            return;
        }
        Envelope envelope = message.envelope();
        output.data(channel.id(), 0, handleToName, envelope, message.length(), Head.NO_TOTAL, nowNsFor(envelope));
        output.content(message, 0, message.length());
    }

    private long writeFragment(OutgoingMessage message, Sender from, long allowed) {
        boolean isFirst = readyOffset == 0;
        int handleToName = isFirst ? from.handle() : 0;
        Envelope envelope = isFirst ? message.envelope() : Envelope.NONE;
        int total = isFirst ? message.length() : Head.NO_TOTAL;
        long header = (long) FrameHeader.SIZE + FrameEncoder.headSize(handleToName, total, envelope);
        int count = (int) Math.min(message.length() - readyOffset, Math.min(allowed, MAX_FRAME) - header);
        count = Math.min(count, output.fragmentBytes());
        boolean isLast = readyOffset + count == message.length();
        int flags = isLast ? 0 : FrameHeader.FLAG_MORE;
        output.data(channel.id(), flags, handleToName, envelope, count, total, nowNsFor(envelope));
        output.content(message, readyOffset, count);
        if (isFirst) {
            begun++;
            keep(message, from);
        }
        readyOffset += count;
        if (isLast) {
            kept().written(output.framesSent());
            readyOffset = 0;
            ready.poll();
            output.inFlight().add(message, from);
        }
        return header + count;
    }

    /** Most envelopes have no use for the time. */
    private long nowNsFor(Envelope envelope) {
        return envelope.saysDue() ? loop.nowNs() : 0;
    }

    // ---- what may be refused

    private Refusable kept() {
        Refusable made = refusable;
        if (made == null) {
            made = new Refusable();
            refusable = made;
        }
        return made;
    }

    private void keep(OutgoingMessage message, Sender from) {
        kept().begun(begun, message, from);
        channel.keepsRefusable();
    }

    /**
     * The other side refuses a message. A cancellation of one that it has taken, or that is not
     * known any more, is not reported.
     */
    void refused(long ordinal) {
        Refusable.Sent sent = refusable == null ? null : refusable.find(ordinal);
        if (sent != null) {
            sent.refuse();
        }
    }

    /**
     * The other side has received so many frames, and refuses none of them any more. Returns
     * whether it still may refuse one.
     */
    boolean received(long position) {
        if (refusable != null) {
            refusable.received(position);
            if (refusable.isEmpty()) {
                refusable = null;
            }
        }
        return refusable != null;
    }

    private long writeEnd() {
        if (!mustEnd()) {
            return 0;
        }
        output.data(channel.id(), FrameHeader.FLAG_END, 0, Envelope.NONE, 0, Head.NO_TOTAL, 0);
        ended = true;
        output.inFlight().mark(new End());
        return FrameHeader.SIZE;
    }

    /** The END on its way. */
    private final class End implements OutgoingMessage.Owner {
        @Override
        public void onSent(OutgoingMessage message) {
            endSent = true;
            channel.overIfDone();
        }

        @Override
        public void undelivered(OutgoingMessage message, Reason reason) {
            // With the connection, of which the channel hears by itself.
        }
    }
}
