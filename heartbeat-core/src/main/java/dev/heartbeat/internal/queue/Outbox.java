package dev.heartbeat.internal.queue;

import dev.heartbeat.SendResult;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Messages the application has handed over and that have not begun to travel: bounded in number and bytes. Any thread may offer; only the session that
 * holds it may poll, so that a session that lost its node to another loop takes nothing more.
 *
 * <p>Every message that was accepted leaves exactly once: by {@link #poll}, in the list of {@link #close}, or as one that {@link #offerDroppingOldest} took out.
 */
public final class Outbox {
    private final int maxMessages;
    private final long maxBytes;
    private int maxMessageBytes;

    private final ArrayDeque<ByteBuffer> messages = new ArrayDeque<>(4);
    private long bytes;
    private @Nullable Object holder;
    /** How many more the holder may take. */
    private long forHolder;

    private boolean closed;

    /** What was dropped and is yet to be told, bounded as what waits is. */
    private int untold;

    private long untoldBytes;

    public Outbox(int maxMessages, long maxBytes, int maxMessageBytes) {
        this.maxMessages = maxMessages;
        this.maxBytes = maxBytes;
        this.maxMessageBytes = maxMessageBytes;
    }

    public synchronized SendResult offer(ByteBuffer message) {
        if (closed) {
            return SendResult.CLOSED;
        }
        if (message.remaining() > maxMessageBytes) {
            return SendResult.TOO_LARGE;
        }
        if (!hasRoomFor(message)) {
            return SendResult.FULL;
        }
        messages.add(message);
        bytes += message.remaining();
        return SendResult.ACCEPTED;
    }

    /** A message may be larger than the bound in bytes; it is then accepted alone. */
    private boolean hasRoomFor(ByteBuffer message) {
        return messages.isEmpty() || (messages.size() < maxMessages && bytes + message.remaining() <= maxBytes);
    }

    /**
     * As {@link #offer}, but where there is no room the oldest make some. It is FULL only while as much as the outbox holds was dropped and not yet {@link #told}.
     *
     * @param dropped gets those that had to leave, oldest first
     */
    public synchronized SendResult offerDroppingOldest(ByteBuffer message, List<ByteBuffer> dropped) {
        SendResult result = offer(message);
        if (result != SendResult.FULL || untold >= maxMessages || untoldBytes >= maxBytes) {
            return result;
        }
        while (!hasRoomFor(message)) {
            dropped.add(dropOldest());
        }
        return offer(message);
    }

    private ByteBuffer dropOldest() {
        ByteBuffer oldest = messages.remove();
        bytes -= oldest.remaining();
        if (forHolder > 0) {
            forHolder--; // Those of the holder are the oldest.
        }
        untold++;
        untoldBytes += oldest.remaining();
        return oldest;
    }

    /** It has been told that a message of so many bytes was dropped. */
    public synchronized void told(int droppedBytes) {
        untold--;
        untoldBytes -= droppedBytes;
    }

    /** Lowers the bound of a message; returns those that waited and are longer. */
    public synchronized List<ByteBuffer> limitMessages(int newMaxMessageBytes) {
        maxMessageBytes = newMaxMessageBytes;
        List<ByteBuffer> tooLong = new ArrayList<>();
        messages.removeIf(message -> message.remaining() > newMaxMessageBytes && tooLong.add(message));
        tooLong.forEach(message -> bytes -= message.remaining());
        return tooLong;
    }

    /** From now on only this holder can poll. */
    public synchronized void holdBy(Object newHolder) {
        holder = newHolder;
        forHolder = Long.MAX_VALUE;
    }

    /** The holder takes what waits now; what is offered from now on waits for the next holder. */
    public synchronized void seal() {
        forHolder = messages.size();
    }

    /** The next message, if there is one and {@code by} holds the outbox. */
    public synchronized @Nullable ByteBuffer poll(Object by) {
        if (by != holder || isEmpty()) {
            return null;
        }
        ByteBuffer message = messages.remove();
        bytes -= message.remaining();
        forHolder--;
        return message;
    }

    /** Whether there is nothing for the holder to take. */
    public synchronized boolean isEmpty() {
        return messages.isEmpty() || forHolder == 0;
    }

    /** Accepts no more, and hands back what has not left. */
    public synchronized List<ByteBuffer> close() {
        closed = true;
        List<ByteBuffer> left = new ArrayList<>(messages);
        messages.clear();
        bytes = 0;
        return left;
    }
}
