package dev.heartbeat.internal.queue;

import dev.heartbeat.SendResult;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Messages the application has handed over and that have not begun to travel: bounded in number and
 * bytes. Any thread may offer; only the session that holds it may poll, so that a session that lost
 * its node to another loop takes nothing more.
 *
 * <p>Every message that was accepted leaves exactly once: by {@link #poll}, by {@link #withdraw},
 * in what {@link #offerDroppingOldest} and {@link #limitMessages} drop, or in what {@link #close}
 * hands back.
 */
public final class Outbox {
    /** So many withdrawn messages may stay linked before they are swept out. */
    private static final int SWEEP_FROM = 16;

    /** The number of a message that is in no outbox. */
    private static final long TAKEN = 0;

    private final int maxMessages;
    private final long maxBytes;
    private int maxMessageBytes;

    /** In the order of their numbers. Some may be withdrawn; they count for nothing. */
    private final MessageList messages = new MessageList();

    private int count;
    private long bytes;
    private int withdrawn;
    private long lastNumber;

    private @Nullable Object holder;
    /** The last that the holder may take. */
    private long lastForHolder;
    /** Whether one was refused since there was room last. */
    private boolean wasFull;

    private boolean closed;

    /** The messages that were dropped and are yet to be reported, bounded as those that wait. */
    private int unreported;

    private long unreportedBytes;

    public Outbox(int maxMessages, long maxBytes, int maxMessageBytes) {
        this.maxMessages = maxMessages;
        this.maxBytes = maxBytes;
        this.maxMessageBytes = maxMessageBytes;
    }

    /** The longest message that is accepted now. */
    synchronized int maxMessageBytes() {
        return maxMessageBytes;
    }

    public synchronized SendResult offer(OutgoingMessage message) {
        SendResult objection = objection(message);
        if (objection == SendResult.ACCEPTED && !hasRoomFor(message)) {
            wasFull = true;
            return SendResult.FULL;
        }
        if (objection == SendResult.ACCEPTED) {
            message.numbered(++lastNumber);
            add(message);
        }
        return objection;
    }

    /**
     * As {@link #offer}, but where there is no room the oldest make some. It is FULL only while as
     * much as the outbox holds was dropped and not yet {@link #reported}.
     *
     * @param dropped gets those that had to leave, oldest first
     */
    synchronized SendResult offerDroppingOldest(OutgoingMessage message, MessageList dropped) {
        SendResult result = offer(message);
        if (result != SendResult.FULL || unreported >= maxMessages || unreportedBytes >= maxBytes) {
            return result;
        }
        wasFull = false; // Whoever asked is refused nothing.
        while (!hasRoomFor(message)) {
            dropped.add(dropOldest());
        }
        return offer(message);
    }

    private OutgoingMessage dropOldest() {
        OutgoingMessage oldest = Objects.requireNonNull(remove());
        unreported++;
        unreportedBytes += oldest.length();
        return oldest;
    }

    /** The drop of a message of so many bytes has been reported. */
    synchronized void reported(int droppedBytes) {
        unreported--;
        unreportedBytes -= droppedBytes;
    }

    /**
     * Offers one after the other, in one step. Where there is no room for one there is none for
     * those behind it either, so what is accepted is the beginning.
     *
     * @param dropped as of {@link #offerDroppingOldest}; null if a full outbox refuses
     * @return the result of each
     */
    synchronized List<SendResult> offerAll(OutgoingMessage[] offered, @Nullable MessageList dropped) {
        SendResult[] results = new SendResult[offered.length];
        boolean hasRoom = true;
        for (int i = 0; i < results.length; i++) {
            SendResult result = objection(offered[i]);
            if (result == SendResult.ACCEPTED) {
                result = hasRoom ? offer(offered[i], dropped) : SendResult.FULL;
                hasRoom = result != SendResult.FULL;
            }
            results[i] = result;
        }
        return List.of(results);
    }

    private SendResult offer(OutgoingMessage message, @Nullable MessageList dropped) {
        return dropped == null ? offer(message) : offerDroppingOldest(message, dropped);
    }

    private SendResult objection(OutgoingMessage message) {
        if (closed) {
            return SendResult.CLOSED;
        }
        return message.length() > maxMessageBytes ? SendResult.TOO_LARGE : SendResult.ACCEPTED;
    }

    /** A message may be larger than the bound in bytes; it is then accepted alone. */
    private boolean hasRoomFor(OutgoingMessage message) {
        return count == 0 || (count < maxMessages && bytes + message.length() <= maxBytes);
    }

    private void add(OutgoingMessage message) {
        messages.add(message);
        count++;
        bytes += message.length();
    }

    /** The oldest that is not withdrawn. */
    private @Nullable OutgoingMessage first() {
        OutgoingMessage first = messages.peek();
        while (first != null && first.isWithdrawn()) {
            messages.poll();
            withdrawn--;
            first = messages.peek();
        }
        return first;
    }

    private @Nullable OutgoingMessage remove() {
        OutgoingMessage first = first();
        if (first != null) {
            take(first);
        }
        return first;
    }

    /** Takes out what {@link #first} found. */
    private void take(OutgoingMessage first) {
        messages.poll();
        first.numbered(TAKEN);
        uncount(first);
    }

    private void uncount(OutgoingMessage message) {
        count--;
        bytes -= message.length();
    }

    /**
     * Takes out a message that its sender does not want any more; its place is free at once.
     *
     * @return false if it has left already
     */
    synchronized boolean withdraw(OutgoingMessage message) {
        if (!message.withdraw()) {
            return message.isWithdrawn(); // Its time was over when its turn came.
        }
        if (message.number() != TAKEN) {
            uncount(message);
            withdrawn++;
            if (withdrawn >= SWEEP_FROM && withdrawn > count) {
                // At a constant cost for each that is withdrawn.
                sweep(Integer.MAX_VALUE, messages);
            }
        }
        return true;
    }

    /**
     * Sets the bound of a message anew.
     *
     * @param tooLong gets those that waited and are longer
     */
    synchronized void limitMessages(int newMaxMessageBytes, MessageList tooLong) {
        int before = maxMessageBytes;
        maxMessageBytes = newMaxMessageBytes;
        if (newMaxMessageBytes < before) {
            sweep(newMaxMessageBytes, tooLong);
        }
    }

    private void sweep(int maxLength, MessageList tooLong) {
        for (int remaining = count + withdrawn; remaining > 0; remaining--) {
            OutgoingMessage message = Objects.requireNonNull(messages.poll());
            if (message.isWithdrawn()) {
                continue;
            }
            if (message.length() > maxLength) {
                message.numbered(TAKEN);
                uncount(message);
                tooLong.add(message);
            } else {
                messages.add(message);
            }
        }
        withdrawn = 0;
    }

    /** From now on only this holder can poll. */
    public synchronized void holdBy(Object newHolder) {
        holder = newHolder;
        lastForHolder = Long.MAX_VALUE;
    }

    /** The holder takes what waits now; what is offered from now on waits for the next holder. */
    synchronized void seal() {
        lastForHolder = lastNumber;
    }

    /**
     * Moves messages to {@code to}, if {@code by} holds the outbox: one if there is one, and more
     * as long as they fit {@code room} bytes together with their frames.
     *
     * @return how many
     */
    public synchronized int poll(Object by, int handle, long room, MessageList to) {
        if (by != holder) {
            return 0;
        }
        int moved = 0;
        long remaining = room;
        for (OutgoingMessage first = first(); first != null && first.number() <= lastForHolder; first = first()) {
            remaining -= first.frameSize(handle);
            if (moved > 0 && remaining < 0) {
                break;
            }
            take(first);
            to.add(first);
            moved++;
        }
        return moved;
    }

    /** Whether there is nothing for the holder to take. */
    public synchronized boolean isEmpty() {
        OutgoingMessage first = first();
        return first == null || first.number() > lastForHolder;
    }

    /**
     * Whether one that was refused would have a place now: true once for each time that it filled
     * up, when half of it is free again.
     */
    synchronized boolean hasRoomAgain() {
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
    public synchronized MessageList close() {
        closed = true;
        MessageList remaining = new MessageList();
        for (OutgoingMessage message = remove(); message != null; message = remove()) {
            remaining.add(message);
        }
        return remaining;
    }
}
