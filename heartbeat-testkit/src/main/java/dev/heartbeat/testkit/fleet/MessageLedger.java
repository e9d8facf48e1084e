package dev.heartbeat.testkit.fleet;

import dev.heartbeat.UndeliveredException.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Every message that was accepted, in one direction, and what became of it: a naive book that knows
 * nothing of channels and credit. A message says who sent it to whom and its number; the rest of it
 * follows from the number.
 */
final class MessageLedger {
    /** The answer of a node whose application takes no requests. */
    private static final ByteBuffer NO_ANSWER =
            ByteBuffer.wrap("the node does not answer requests".getBytes(StandardCharsets.US_ASCII));

    private final String direction;
    private final Map<String, Sequence> sequences = new LinkedHashMap<>();
    private long delivered;

    /** The messages of one sender to one receiver. */
    private static final class Sequence {
        final Map<Long, Integer> open = new LinkedHashMap<>();
        final BitSet delivered = new BitSet();
        final BitSet cameBack = new BitSet();
        /** The refused among those that came back. */
        final BitSet refused = new BitSet();

        final Map<String, Long> lastAt = new HashMap<>();
        long nextNumber;
        /** Those before this one are not asked for any more. */
        long clearedUpTo;
    }

    MessageLedger(String direction) {
        this.direction = direction;
    }

    private Sequence sequence(String who) {
        return sequences.computeIfAbsent(who, key -> new Sequence());
    }

    /** The next message of a lane; it counts only if it is then {@link #accepted}. */
    ByteBuffer next(String who, int padding) {
        long number = sequence(who).nextNumber;
        byte[] head = (who + "#" + number + "#" + padding + "#").getBytes(StandardCharsets.US_ASCII);
        byte[] message = new byte[head.length + padding];
        System.arraycopy(head, 0, message, 0, head.length);
        for (int i = head.length; i < message.length; i++) {
            message[i] = pattern(number, i);
        }
        return ByteBuffer.wrap(message);
    }

    private static byte pattern(long number, int at) {
        return (byte) (number * 31 + at);
    }

    /** The message was accepted, when its lane had lost so many connections. */
    void accepted(String who, int losses) {
        Sequence sequence = sequence(who);
        sequence.open.put(sequence.nextNumber++, losses);
    }

    /**
     * A message arrived.
     *
     * @param node the node it must be of
     * @param receiver the process that got it: each sees the messages of a lane in order
     */
    void delivered(String node, String receiver, ByteBuffer message) {
        Parsed parsed = parse(message);
        if (!nodeOf(parsed.who).equals(node)) {
            throw new Violation(
                    "I13 no message reaches another", direction + " message of " + parsed.who + " came to " + node);
        }
        Sequence sequence = sequence(parsed.who);
        if (parsed.number >= sequence.nextNumber) {
            throw new Violation(
                    "I12 only what was accepted arrives",
                    direction + " message " + parsed.number + " of " + parsed.who);
        }
        Long last = sequence.lastAt.put(receiver, parsed.number);
        if (sequence.delivered.get((int) parsed.number) || (last != null && parsed.number <= last)) {
            throw new Violation(
                    "I12 messages arrive once and in order",
                    direction + " message " + parsed.number + " of " + parsed.who + " after " + last + " at "
                            + receiver);
        }
        sequence.delivered.set((int) parsed.number);
        checkRefused(sequence, parsed);
        sequence.open.remove(parsed.number);
        delivered++;
    }

    private void checkRefused(Sequence sequence, Parsed parsed) {
        int number = (int) parsed.number;
        if (sequence.refused.get(number) && sequence.delivered.get(number)) {
            throw new Violation(
                    "I47 nothing is delivered and refused",
                    direction + " message " + parsed.number + " of " + parsed.who);
        }
    }

    /** A lane is named by a node, or by one of its processes: {@code node/process}. */
    private static String nodeOf(String who) {
        int slash = who.indexOf('/');
        return slash < 0 ? who : who.substring(0, slash);
    }

    /** A message came back. Answers to requests leave no trace here. */
    void undelivered(ByteBuffer message, Reason reason) {
        if (message.equals(NO_ANSWER)) {
            return;
        }
        Parsed parsed = parse(message);
        Sequence sequence = sequence(parsed.who);
        boolean known = parsed.number < sequence.nextNumber;
        if (!known) {
            throw new Violation(
                    "I14 only what was accepted comes back",
                    direction + " message " + parsed.number + " of " + parsed.who);
        }
        if (sequence.cameBack.get((int) parsed.number)) {
            throw new Violation(
                    "I14 a message comes back once", direction + " message " + parsed.number + " of " + parsed.who);
        }
        sequence.cameBack.set((int) parsed.number);
        if (reason == Reason.REFUSED) {
            sequence.refused.set((int) parsed.number);
            checkRefused(sequence, parsed);
        }
        sequence.open.remove(parsed.number);
    }

    /**
     * The process that would have reported it is gone, and with it what it had accepted; or what
     * was lost with a connection is not asked for any more.
     */
    void forgetOpen(String who) {
        sequence(who).open.clear();
        sequence(who).clearedUpTo = sequence(who).nextNumber;
    }

    void forgetAllOpen() {
        sequences.values().forEach(sequence -> sequence.open.clear());
    }

    /**
     * After everything has come to rest: what was accepted and neither arrived nor came back was on
     * its way when a connection was lost.
     */
    void checkSettled(String who, int losses) {
        sequence(who).open.forEach((number, lossesThen) -> {
            if (lossesThen == losses) {
                throw new Violation(
                        "I14 what is accepted is delivered, or told",
                        direction + " message " + number + " of " + who + " did neither, and no connection was lost");
            }
        });
    }

    /** Nothing was even reported: whatever was accepted has arrived. */
    void checkDelivered(String who, String before) {
        Sequence sequence = sequence(who);
        checkAllSettled(who, before);
        if (!sequence.cameBack.isEmpty() && sequence.cameBack.length() > sequence.clearedUpTo) {
            throw new Violation(
                    "I24 what was accepted before the end arrives",
                    direction + " message " + (sequence.cameBack.length() - 1) + " of " + who + " came back, at its "
                            + before);
        }
    }

    /** Nothing may be open if no connection was lost by chance. */
    void checkAllSettled(String who, String after) {
        if (!sequence(who).open.isEmpty()) {
            throw new Violation(
                    "I14 what is accepted is delivered, or told",
                    direction + " messages " + sequence(who).open.keySet() + " of " + who + " did neither, after "
                            + after);
        }
    }

    /**
     * The socket may have taken so many messages as a whole: these were lost before any that came
     * back.
     */
    void checkLostByReset(String who, int most) {
        Sequence sequence = sequence(who);
        if (sequence.open.isEmpty()) {
            return;
        }
        long last = Collections.max(sequence.open.keySet());
        boolean isBeforeThoseThatCameBack = sequence.cameBack.nextSetBit((int) last) > 0
                && sequence.cameBack
                        .get(Collections.min(sequence.open.keySet()).intValue(), (int) last)
                        .isEmpty();
        if (sequence.open.size() > most || !isBeforeThoseThatCameBack) {
            checkAllSettled(who, "a reset");
        }
    }

    long deliveredCount() {
        return delivered;
    }

    private record Parsed(String who, long number) {}

    private Parsed parse(ByteBuffer message) {
        byte[] bytes = new byte[message.remaining()];
        message.duplicate().get(bytes);
        int first = indexOf(bytes, 0);
        int second = indexOf(bytes, first + 1);
        int third = indexOf(bytes, second + 1);
        String who = new String(bytes, 0, first, StandardCharsets.US_ASCII);
        long number = number(bytes, first + 1, second);
        long padding = number(bytes, second + 1, third);
        if (bytes.length != third + 1 + padding) {
            throw new Violation(
                    "I12 messages arrive byte for byte",
                    direction + " message " + number + " of " + who + " has another length");
        }
        for (int i = third + 1; i < bytes.length; i++) {
            if (bytes[i] != pattern(number, i)) {
                throw new Violation(
                        "I12 messages arrive byte for byte",
                        direction + " message " + number + " of " + who + " differs at " + i);
            }
        }
        return new Parsed(who, number);
    }

    private long number(byte[] bytes, int from, int to) {
        try {
            return Long.parseLong(new String(bytes, from, to - from, StandardCharsets.US_ASCII));
        } catch (NumberFormatException e) {
            throw noneOfOurs(bytes);
        }
    }

    private int indexOf(byte[] bytes, int from) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] == '#') {
                return i;
            }
        }
        throw noneOfOurs(bytes);
    }

    private Violation noneOfOurs(byte[] bytes) {
        return new Violation(
                "I12 messages arrive byte for byte",
                direction + " message of " + bytes.length + " bytes is none of ours");
    }
}
