package dev.heartbeat.internal.queue;

import dev.heartbeat.SendResult;
import org.jspecify.annotations.Nullable;

/**
 * Messages the application has handed over and that have not begun to travel: bounded in number and bytes. Any thread may offer; only the session that
 * holds it may poll, so that a session that lost its node to another loop takes nothing more.
 *
 * <p>Every message that was accepted leaves exactly once: by {@link #poll}, in what {@link #offerDroppingOldest} and {@link #limitMessages} drop, or in what {@link #close} hands back.
 */
public final class Outbox {
    private final int maxMessages;
    private final long maxBytes;
    private int maxMessageBytes;

    private final Chain messages = new Chain();
    private int count;
    private long bytes;
    private @Nullable Object holder;
    /** How many more the holder may take. */
    private long forHolder;
    /** Whether one was refused since there was room last. */
    private boolean wasFull;

    private boolean closed;

    /** What was dropped and is yet to be told, bounded as what waits is. */
    private int untold;

    private long untoldBytes;

    public Outbox(int maxMessages, long maxBytes, int maxMessageBytes) {
        this.maxMessages = maxMessages;
        this.maxBytes = maxBytes;
        this.maxMessageBytes = maxMessageBytes;
    }

    public synchronized SendResult offer(Outgoing message) {
        SendResult objection = objection(message);
        if (objection == SendResult.ACCEPTED && !hasRoomFor(message)) {
            wasFull = true;
            return SendResult.FULL;
        }
        if (objection == SendResult.ACCEPTED) {
            add(message);
        }
        return objection;
    }

    /**
     * As {@link #offer}, but where there is no room the oldest make some. It is FULL only while as much as the outbox holds was dropped and not yet {@link #told}.
     *
     * @param dropped gets those that had to leave, oldest first
     */
    public synchronized SendResult offerDroppingOldest(Outgoing message, Chain dropped) {
        SendResult result = offer(message);
        if (result != SendResult.FULL || untold >= maxMessages || untoldBytes >= maxBytes) {
            return result;
        }
        wasFull = false; // Whoever asked is refused nothing.
        while (!hasRoomFor(message)) {
            dropped.add(dropOldest());
        }
        return offer(message);
    }

    private Outgoing dropOldest() {
        Outgoing oldest = remove();
        if (forHolder > 0) {
            forHolder--; // Those of the holder are the oldest.
        }
        untold++;
        untoldBytes += oldest.length();
        return oldest;
    }

    /** It has been told that a message of so many bytes was dropped. */
    public synchronized void told(int droppedBytes) {
        untold--;
        untoldBytes -= droppedBytes;
    }

    private SendResult objection(Outgoing message) {
        if (closed) {
            return SendResult.CLOSED;
        }
        return message.length() > maxMessageBytes ? SendResult.TOO_LARGE : SendResult.ACCEPTED;
    }

    /** A message may be larger than the bound in bytes; it is then accepted alone. */
    private boolean hasRoomFor(Outgoing message) {
        return count == 0 || (count < maxMessages && bytes + message.length() <= maxBytes);
    }

    private void add(Outgoing message) {
        messages.add(message);
        count++;
        bytes += message.length();
    }

    private Outgoing remove() {
        Outgoing message = java.util.Objects.requireNonNull(messages.poll());
        count--;
        bytes -= message.length();
        return message;
    }

    /** Lowers the bound of a message; those that waited and are longer go to {@code tooLong}. */
    public synchronized void limitMessages(int newMaxMessageBytes, Chain tooLong) {
        maxMessageBytes = newMaxMessageBytes;
        for (int left = count; left > 0; left--) {
            Outgoing message = remove();
            if (message.length() > newMaxMessageBytes) {
                tooLong.add(message);
            } else {
                add(message);
            }
        }
    }

    /** From now on only this holder can poll. */
    public synchronized void holdBy(Object newHolder) {
        holder = newHolder;
        forHolder = Long.MAX_VALUE;
    }

    /** The holder takes what waits now; what is offered from now on waits for the next holder. */
    public synchronized void seal() {
        forHolder = count;
    }

    /**
     * Moves messages to {@code to}, if {@code by} holds the outbox: one if there is one, and more as long as they fit {@code room} bytes together with their frames.
     *
     * @return how many
     */
    public synchronized int poll(Object by, int handle, long room, Chain to) {
        if (by != holder) {
            return 0;
        }
        int moved = 0;
        long left = room;
        for (Outgoing first = messages.peek(); first != null && forHolder > 0; first = messages.peek()) {
            left -= first.frameSize(handle);
            if (moved > 0 && left < 0) {
                break;
            }
            to.add(remove());
            forHolder--;
            moved++;
        }
        return moved;
    }

    /** Whether there is nothing for the holder to take. */
    public synchronized boolean isEmpty() {
        return count == 0 || forHolder == 0;
    }

    /** Whether one that was refused would have a place now: true once for each time that it filled up, when half of it is free again. */
    public synchronized boolean hasRoomAgain() {
        boolean again = wasFull && count <= maxMessages / 2 && bytes <= maxBytes / 2;
        if (again) {
            wasFull = false;
        }
        return again;
    }

    /** Accepts no more; what waits may still be taken. */
    public synchronized void refuseMore() {
        closed = true;
    }

    /** Accepts no more, and hands back what has not left. */
    public synchronized Chain close() {
        closed = true;
        Chain left = new Chain();
        while (count > 0) {
            left.add(remove());
        }
        return left;
    }
}
