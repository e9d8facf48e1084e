package dev.heartbeat.internal.queue;

import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.frame.FrameEncoder;
import dev.heartbeat.internal.frame.FrameHeader;
import dev.heartbeat.internal.frame.SharedMessage;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way out, from the moment it was accepted until the socket has taken its last byte or its sender was told that it did not go. It is its own link in a {@link Chain}, so the places where
 * messages wait take no memory of their own.
 */
public final class Outgoing {
    private final ByteBuffer content;
    private final Envelope envelope;
    private final @Nullable CompletableFuture<Void> left;
    private final @Nullable SharedMessage shared;

    @Nullable
    Outgoing next;
    /** Up to where the connection must have been flushed for all of it to have left. */
    private long endOffset;

    private @Nullable Owner owner;
    private boolean isMark;

    /** Whose message it is, and who is told what becomes of it. On the loop. */
    public interface Owner {

        /** The socket has taken all of it. */
        void left(Outgoing message);

        /** It had begun to travel, or was about to, when the connection or the channel ended. */
        void undelivered(Outgoing message);
    }

    public Outgoing(ByteBuffer content) {
        this(content, Envelope.NONE, null);
    }

    /**
     * @param left completes when it has left, or fails; null where nobody waits for that
     */
    public Outgoing(ByteBuffer content, Envelope envelope, @Nullable CompletableFuture<Void> left) {
        this.content = content;
        this.envelope = envelope;
        this.left = left;
        this.shared = null;
    }

    /** To one of many, on channel 0. */
    public Outgoing(SharedMessage message) {
        content = message.content();
        envelope = Envelope.NONE;
        left = null;
        shared = message;
    }

    /** No message: it tells its owner that all before it has left. */
    public static Outgoing mark() {
        Outgoing mark = new Outgoing(ByteBuffer.allocate(0));
        mark.isMark = true;
        return mark;
    }

    public boolean isMark() {
        return isMark;
    }

    /** The frame that was made of it for all its recipients; null where each has its own. */
    public @Nullable ByteBuffer sharedFrame(int handle) {
        return shared == null || handle != 0 ? null : shared.frame();
    }

    /** As it was given: from its position to its limit. */
    public ByteBuffer content() {
        return content;
    }

    public Envelope envelope() {
        return envelope;
    }

    /** Who waits for it to leave. */
    public @Nullable CompletableFuture<Void> left() {
        return left;
    }

    public int length() {
        return content.remaining();
    }

    /** How large its frame is if it goes in one. */
    public long frameSize(int handle) {
        return (long) FrameHeader.SIZE + FrameEncoder.headSize(handle, envelope) + length();
    }

    /** All of it is written, up to this offset of the connection's stream. */
    public void written(Owner whose, long offset) {
        owner = whose;
        endOffset = offset;
    }

    public long endOffset() {
        return endOffset;
    }

    public Owner owner() {
        return java.util.Objects.requireNonNull(owner);
    }
}
