package dev.heartbeat.testkit.fleet;

import dev.heartbeat.UndeliveredException.Reason;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every message that was reported to one end of a channel as accepted, and what became of it: a
 * naive book that knows nothing of credit. The giver of a message knows it by the buffer, since the
 * same one comes back; the receiver knows it by its place and content, which follows from the
 * channel, the direction and the number.
 */
final class ChannelLedger {
    /** The channel and the number; shorter messages have neither, and are known by their place. */
    static final int HEAD = 8;
    /** A frame of full size with its header. */
    private static final int FRAME = 16_396;

    private final String name;
    private final int salt;
    private final boolean dropsOldest;
    private final List<Item> items = new ArrayList<>();
    private final IdentityHashMap<ByteBuffer, Item> given = new IdentityHashMap<>();
    /** All before it were delivered, or passed over. */
    private int nextToCome;

    private long inFlight;
    private int longest;
    private int delivered;

    /** A message that was accepted. */
    static final class Item {
        final int number;
        final int length;
        /** Whether a future reports what becomes of it. */
        final boolean hasFuture;

        private boolean isDelivered;
        private boolean hasLeft;
        private @Nullable Reason told;

        Item(int number, int length, boolean hasFuture) {
            this.number = number;
            this.length = length;
            this.hasFuture = hasFuture;
        }

        private boolean isSilent() {
            return !isDelivered && told == null;
        }
    }

    ChannelLedger(String name, int salt, boolean dropsOldest) {
        this.name = name;
        this.salt = salt;
        this.dropsOldest = dropsOldest;
    }

    /** The next message; it counts only if it is then {@link #accepted}. */
    ByteBuffer next(int length) {
        return ByteBuffer.wrap(content(salt, items.size(), dropsOldest ? Math.max(length, HEAD) : length));
    }

    static byte[] content(int salt, int number, int length) {
        byte[] content = new byte[length];
        for (int i = 0; i < length; i++) {
            content[i] = (byte) (salt * 7 + number * 31 + i);
        }
        if (length >= HEAD) {
            ByteBuffer.wrap(content).putInt(salt).putInt(number);
        }
        return content;
    }

    Item accepted(ByteBuffer message, boolean hasFuture) {
        Item item = new Item(items.size(), message.remaining(), hasFuture);
        items.add(item);
        given.put(message, item);
        inFlight += item.length;
        longest = Math.max(longest, item.length);
        return item;
    }

    /**
     * Messages that wait to be sent are bounded by their queue, and those that were sent and not
     * handled by the window: each with one message beyond it.
     */
    void checkBound(long queueBytes, long maxWindow) {
        // Messages that were dropped may wait to be reported, as much as the queue holds.
        long waiting = dropsOldest ? 2 * (queueBytes + longest) : queueBytes;
        long most = waiting + maxWindow + 3L * longest + 3L * FRAME;
        if (inFlight > most) {
            throw violation(
                    "I32 what a channel holds is bounded",
                    inFlight + " bytes were accepted and are neither delivered nor told, allowed are " + most);
        }
    }

    // ---- what becomes of them

    void delivered(ByteBuffer message) {
        int number = dropsOldest ? numberOf(message) : nextToCome;
        if (number < nextToCome) {
            throw violation("I27 channels deliver once and in order", "message " + number + " after " + nextToCome);
        }
        if (number >= items.size()) {
            throw violation(
                    "I27 channels deliver only what was accepted",
                    message.remaining() + " bytes as message " + number + " of " + items.size());
        }
        Item item = items.get(number);
        checkContent(item, message);
        if (item.told != null && item.told != Reason.LOST) {
            throw violation("I29 nothing is delivered and told", "message " + number + ", which was " + item.told);
        }
        nextToCome = number + 1;
        inFlight -= item.isSilent() ? item.length : 0;
        item.isDelivered = true;
        delivered++;
    }

    private int numberOf(ByteBuffer message) {
        if (message.remaining() < HEAD) {
            throw violation("I27 channels deliver byte for byte", "a message of " + message.remaining() + " bytes");
        }
        return message.getInt(message.position() + Integer.BYTES);
    }

    private void checkContent(Item item, ByteBuffer message) {
        if (message.remaining() >= HEAD && item.length >= HEAD && message.getInt(message.position()) != salt) {
            throw violation("I27 nothing comes on another channel", "message " + item.number + " is another's");
        }
        if (message.mismatch(ByteBuffer.wrap(content(salt, item.number, item.length))) >= 0) {
            throw violation(
                    "I27 channels deliver once, in order and byte for byte",
                    message.remaining() + " bytes came as message " + item.number + " of " + item.length + " bytes");
        }
    }

    /** Whether it is one of these. */
    boolean isOfThese(ByteBuffer message) {
        return given.containsKey(message);
    }

    void cameBack(ByteBuffer message, Reason reason) {
        Item item = given.get(message);
        if (item == null || item.hasFuture && !(item.hasLeft && reason == Reason.REFUSED)) {
            throw violation("I29 only what was accepted comes back", message.remaining() + " bytes, " + reason);
        }
        told(item, reason);
    }

    /** The future of a message has completed. */
    void settled(Item item, @Nullable Reason reason) {
        if (reason == null) {
            item.hasLeft = true;
        } else {
            told(item, reason);
        }
    }

    private void told(Item item, Reason reason) {
        if (item.told != null) {
            throw violation(
                    "I29 nothing is told twice", "message " + item.number + " is " + reason + " after " + item.told);
        }
        boolean mayBe = reason == Reason.LOST
                || !item.isDelivered && (reason == Reason.REFUSED || reason == Reason.DROPPED && dropsOldest);
        if (!mayBe) {
            throw violation("I29 nothing is delivered and told", "message " + item.number + " came back: " + reason);
        }
        inFlight -= item.isSilent() ? item.length : 0;
        item.told = reason;
    }

    // ---- when the channel is over at both ends

    /** Everything arrived, or was reported as dropped. */
    void checkAllDelivered(String because) {
        for (Item item : items) {
            if (!item.isDelivered && item.told != Reason.DROPPED) {
                throw violation(
                        "I27 a channel that ended has delivered everything",
                        "message " + item.number + " of " + items.size() + " did not arrive and was told " + item.told
                                + ", though " + because);
            }
        }
    }

    /** Nothing could have left. */
    void checkAllTold(String because) {
        for (Item item : items) {
            if (item.told == null) {
                throw violation(
                        "I29 what is accepted is delivered, in flight or told",
                        "message " + item.number + " is " + (item.isDelivered ? "delivered" : "told nobody")
                                + ", though " + because);
            }
        }
    }

    /**
     * The loss is the end of what was accepted. All of it was reported, and messages that were
     * reported to nobody had left with credit.
     */
    void checkTold(long maxWindow) {
        Item lost = null;
        long silent = 0;
        for (Item item : items) {
            if (item.hasFuture && !item.hasLeft && item.told == null) {
                throw violation("I30 each future completes", "that of message " + item.number + " did not");
            }
            if (item.told == Reason.LOST) {
                lost = item;
            } else if (lost != null && item.told == null) {
                throw violation(
                        "I29 what is accepted is delivered, in flight or told",
                        "message " + item.number + " is told nobody, and " + lost.number + " before it was lost");
            }
            if (item.number < nextToCome && item.isSilent()) {
                throw violation(
                        "I29 what is dropped is told", "message " + item.number + " was passed over, and told nobody");
            }
            silent += item.isSilent() ? item.length : 0;
        }
        long most = maxWindow + longest + FRAME;
        if (silent > most) {
            throw violation(
                    "I29 what is accepted is delivered, in flight or told",
                    silent + " bytes are told nobody, no more than " + most + " could be on the way");
        }
    }

    int deliveredCount() {
        return delivered;
    }

    /** Whether all that was accepted is delivered or reported. */
    boolean isSettled() {
        return items.stream().noneMatch(Item::isSilent);
    }

    private Violation violation(String invariant, String what) {
        return new Violation(invariant, name + ": " + what);
    }
}
