package dev.heartbeat.testkit.fleet;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Finds where frames end in one direction of one connection, by the length in their headers and by
 * nothing else, and keeps the last of all connections as lines. It shares no code with the bus, on
 * purpose.
 */
final class FrameTrace {
    private static final int HEADER = 12;
    private static final int TYPE = 2;
    private static final int LENGTH = 8;
    private static final int HEARTBEAT_REQ = 1;
    /** Its payload's bytes where it says no more than that. */
    private static final int BEAT = 16;

    private static final int BEAT_WITH_ROUND_TRIP = 23;
    private static final List<String> TYPES = List.of(
            "?",
            "HEARTBEAT_REQ",
            "HEARTBEAT_RES",
            "DATA",
            "PING",
            "PONG",
            "REGISTER",
            "UNREGISTER",
            "ERROR",
            "REGISTERED",
            "CHANNEL_OPEN",
            "CHANNEL_ACCEPT",
            "CHANNEL_RESET",
            "CREDIT",
            "GO_AWAY",
            "UPDATE");

    private final byte[] header = new byte[HEADER];
    private int headerBytes;
    private long payloadLeft;
    private long beats;
    private long beatsForOthers;

    /** The last frames, of all connections. */
    static final class Tail {
        private static final int KEPT = 60;
        private final Deque<String> lines = new ArrayDeque<>();

        void add(String line) {
            if (lines.size() == KEPT) {
                lines.removeFirst();
            }
            lines.add(line);
        }

        List<String> lines() {
            return List.copyOf(lines);
        }
    }

    /**
     * Takes what was read.
     *
     * @return whether a whole frame was completed by it
     */
    boolean read(byte[] bytes, int count, String who, long nowNs, @Nullable Tail tail) {
        boolean whole = false;
        int at = 0;
        while (at < count) {
            if (headerBytes < HEADER) {
                int part = Math.min(HEADER - headerBytes, count - at);
                System.arraycopy(bytes, at, header, headerBytes, part);
                headerBytes += part;
                at += part;
                if (headerBytes < HEADER) {
                    break;
                }
                payloadLeft = length();
                if (tail != null) {
                    tail.add(line(who, nowNs));
                }
            }
            long part = Math.min(payloadLeft, count - at);
            payloadLeft -= part;
            at += (int) part;
            if (payloadLeft == 0) {
                if (header[TYPE] == HEARTBEAT_REQ) {
                    beats++;
                    beatsForOthers += length() == BEAT || length() == BEAT_WITH_ROUND_TRIP ? 0 : 1;
                }
                headerBytes = 0;
                whole = true;
            }
        }
        return whole;
    }

    /** The part that has come of the frame that is not whole; 0 where none is. */
    long underWay() {
        return headerBytes < HEADER ? headerBytes : HEADER + length() - payloadLeft;
    }

    /** The number of whole heartbeat requests. */
    long beats() {
        return beats;
    }

    /** The number of them that spoke for more than their own handle. */
    long beatsForOthers() {
        return beatsForOthers;
    }

    private long length() {
        return number(LENGTH);
    }

    private long number(int at) {
        return (header[at] & 0xFFL) << 24
                | (header[at + 1] & 0xFFL) << 16
                | (header[at + 2] & 0xFFL) << 8
                | (header[at + 3] & 0xFFL);
    }

    private String line(String who, long nowNs) {
        int type = header[TYPE] & 0xFF;
        return String.format(
                Locale.ROOT,
                "%12.6f s  %-28s %-15s stream %-10d %,8d bytes  flags %02x",
                nowNs / 1e9,
                who,
                type < TYPES.size() ? TYPES.get(type) : "type " + type,
                number(4),
                length(),
                header[3]);
    }
}
