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
 * <p>Every message that was accepted leaves exactly once: by {@link #poll}, or in the list of {@link #close}.
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
        // A message may be larger than the bound in bytes; it is then accepted alone.
        if (messages.size() >= maxMessages || (bytes + message.remaining() > maxBytes && !messages.isEmpty())) {
            return SendResult.FULL;
        }
        messages.add(message);
        bytes += message.remaining();
        return SendResult.ACCEPTED;
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
