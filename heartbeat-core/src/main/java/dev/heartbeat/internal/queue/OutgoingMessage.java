package dev.heartbeat.internal.queue;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heartbeat.UndeliveredException.Reason;
import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.frame.FrameEncoder;
import dev.heartbeat.internal.frame.FrameHeader;
import dev.heartbeat.internal.frame.SharedMessage;
import dev.heartbeat.internal.loop.Loop;
import dev.heartbeat.spi.Connection;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way out, from the moment it was accepted until the socket has taken its last
 * byte or its sender was notified that it did not go. It is its own link in a {@link MessageList},
 * so the places where messages wait take no memory of their own.
 */
public final class OutgoingMessage {
    private static final byte WAITING = 0;
    private static final byte WITHDRAWN = 1;
    private static final byte BEGUN = 2;

    private static final VarHandle STAGE;

    static {
        try {
            STAGE = MethodHandles.lookup().findVarHandle(OutgoingMessage.class, "stage", byte.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final ByteBuffer MARK = ByteBuffer.allocate(0);

    /** The buffer of the application, which may move its position and limit at any moment. */
    private ByteBuffer content;
    /** The position as it was given. */
    private int start;

    private int length;

    private final Envelope envelope;
    private final @Nullable CompletableFuture<Void> whenSent;
    private final @Nullable SharedMessage shared;

    @Nullable
    OutgoingMessage next;
    /**
     * While it waits in an outbox, its number there. Later, up to where the connection must have
     * been flushed for all of it to have left.
     */
    private long offset;

    private @Nullable Owner owner;

    // ---- what the other side makes of it, on the loop

    private boolean isSent;
    private boolean refused;
    /** Whether its sender has heard that it is refused. */
    private boolean refusalReported;

    /**
     * For requests only: whether it was withdrawn, or has begun to travel; whichever came first. It
     * begins as WAITING, and no constructor says so: a volatile write costs each message a fence.
     */
    @SuppressWarnings("unused") // Through STAGE.
    private volatile byte stage;

    /** Whose message it is, and who learns its outcome. On the loop. */
    public interface Owner {

        /** The socket has taken all of it. */
        void onSent(OutgoingMessage message);

        /** It had begun to travel, or was about to, when the connection or the channel ended. */
        void undelivered(OutgoingMessage message, Reason reason);
    }

    public OutgoingMessage(ByteBuffer content) {
        this(content, Envelope.NONE, null);
    }

    /**
     * @param whenSent completes when it has left, or fails; null where nobody waits for that
     */
    public OutgoingMessage(ByteBuffer content, Envelope envelope, @Nullable CompletableFuture<Void> whenSent) {
        this.content = content;
        start = content.position();
        length = content.remaining();
        this.envelope = envelope;
        this.whenSent = whenSent;
        this.shared = null;
    }

    /**
     * The answer to a request that gets no reply.
     *
     * @param why the text for its asker
     * @param maxBytes how much of that may be sent, in whole characters
     */
    static OutgoingMessage failure(Envelope envelope, String why, int maxBytes) {
        byte[] text = why.getBytes(UTF_8);
        int length = Math.min(text.length, maxBytes);
        while (length < text.length && length > 0 && (text[length] & 0xC0) == 0x80) {
            length--; // Within a character.
        }
        return new OutgoingMessage(ByteBuffer.wrap(text, 0, length), envelope, null);
    }

    /** Makes a message to one of many, on channel 0. */
    public OutgoingMessage(SharedMessage message) {
        content = message.content();
        start = content.position();
        length = content.remaining();
        envelope = Envelope.NONE;
        whenSent = null;
        shared = message;
    }

    /** No message: it notifies its owner that all before it has left. */
    public static OutgoingMessage mark() {
        return new OutgoingMessage(MARK);
    }

    @SuppressWarnings("ReferenceEquality") // A message of the same bytes is none.
    public boolean isMark() {
        return content == MARK;
    }

    /** The frame that was made of it for all its recipients; null where each has its own. */
    public @Nullable ByteBuffer sharedFrame(int handle) {
        return shared == null || handle != 0 ? null : shared.frame();
    }

    /** Whether it asks for an answer, on behalf of whomever. */
    public boolean isRequest() {
        return envelope.kind() == Envelope.Kind.REQUEST;
    }

    /**
     * Writes some of its bytes, by their place in it. Mostly that takes no garbage: a view for each
     * message would cost the sender of small ones a tenth of its processor time.
     */
    public void writeTo(Connection connection, int from, int count) {
        int index = start + from;
        if (content.limit() >= index + count) {
            try {
                connection.write(content, index, count);
                return;
            } catch (IndexOutOfBoundsException e) {
                // The application lowers the limit at this moment, and nothing is queued.
            }
        }
        connection.write(view(), index, count);
    }

    /** A view of the buffer as it was given, whatever the application does to that meanwhile. */
    private ByteBuffer view() {
        while (true) {
            try {
                return content.duplicate().clear().limit(start + length).position(start);
            } catch (IllegalArgumentException e) {
                // The application moves both at this moment, and they did not fit each other.
            }
        }
    }

    /**
     * The buffer as it was given, for who gets it back. What was sent to many is a view of it, and
     * so is what was said to have left: the buffer may be in use again.
     */
    public ByteBuffer content() {
        if (shared != null || whenSent != null && whenSent.isDone()) {
            return view();
        }
        return content.limit(start + length).position(start);
    }

    /** It has left, and its sender keeps it for other reasons than its content. */
    void forgetContent() {
        content = NOTHING;
        start = 0;
        length = 0;
    }

    public Envelope envelope() {
        return envelope;
    }

    /** The one that waits for it to leave. */
    @Nullable
    CompletableFuture<Void> whenSent() {
        return whenSent;
    }

    public int length() {
        return length;
    }

    /** The size of its frame if it goes in one. */
    public long frameSize(int handle) {
        return (long) FrameHeader.SIZE + FrameEncoder.headSize(handle, envelope) + length();
    }

    // ---- whether it may still be withdrawn

    /**
     * Its sender does not want it any more. Any thread; false if it has begun to travel, or was
     * withdrawn before.
     */
    boolean withdraw() {
        return STAGE.compareAndSet(this, WAITING, WITHDRAWN);
    }

    boolean isWithdrawn() {
        return stage == WITHDRAWN;
    }

    /**
     * Its first byte is about to be written. False if it was withdrawn, or its time is over: then
     * it is not to be sent.
     */
    public boolean begin(Loop loop) {
        if (!isRequest()) {
            return true;
        }
        if (envelope.saysDue() && envelope.remainingNs(loop.nowNs()) <= 0 && withdraw()) {
            return false;
        }
        return STAGE.compareAndSet(this, WAITING, BEGUN) || stage == BEGUN;
    }

    // ---- where it is

    void numbered(long number) {
        offset = number;
    }

    long number() {
        return offset;
    }

    /** All of it is written, up to this offset of the connection's stream. */
    public void written(Owner whose, long endOffset) {
        owner = whose;
        offset = endOffset;
    }

    public long endOffset() {
        return offset;
    }

    // ---- what becomes of it

    /** The socket has taken all of it. */
    public void settle() {
        isSent = true;
        if (refused && !refusalReported) {
            reportRefused(owner());
        } else {
            owner().onSent(this);
        }
    }

    /**
     * The other side refuses it, of which at least the first frame is written. A buffer that is
     * still being sent does not go back before the socket has taken it.
     */
    public void refuse(Owner whose) {
        refused = true;
        if (isSent || isRequest()) {
            reportRefused(whose);
        }
    }

    /** It had begun to travel, or was about to, when the connection or the channel ended. */
    public void lose(Owner whose) {
        if (!refused) {
            whose.undelivered(this, Reason.LOST);
        } else if (!refusalReported) {
            reportRefused(whose);
        }
    }

    private void reportRefused(Owner whose) {
        refusalReported = true;
        whose.undelivered(this, Reason.REFUSED);
    }

    public Owner owner() {
        return java.util.Objects.requireNonNull(owner);
    }
}
