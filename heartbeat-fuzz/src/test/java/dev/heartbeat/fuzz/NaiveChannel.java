package dev.heartbeat.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What sections 6 to 8 of the protocol's page say of incoming DATA, word by word and without a thought of speed: what becomes of each frame, and what is held then. */
final class NaiveChannel {
    static final int FULL_FRAME = 16_396;

    /** The total of a frame that does not tell it. */
    static final long UNTOLD = -1;

    private final long window;
    private final long maxMessage;

    private long receivedByChannel;
    private long receivedByConnection;
    private long channelLimit;
    private long connectionLimit;
    private long budget;
    private final List<Held> held = new ArrayList<>();
    private @Nullable Arriving arriving;

    /** A message the application has not taken yet. */
    record Held(long credit, long charged) {}

    private record Arriving(long total, boolean kept, ByteArrayOutputStream content, List<Integer> fragments) {
        Arriving(long total, boolean kept) {
            this(total, kept, new ByteArrayOutputStream(), new ArrayList<>());
        }
    }

    /** A DATA frame; {@code head} where it has a HEAD, whose TLVs say {@code total}, and which is {@code plain} unless it names a kind without a correlation. */
    record Frame(
            int channel,
            boolean more,
            boolean end,
            boolean head,
            long total,
            boolean plain,
            ByteBuffer bytes,
            int size) {}

    /** What becomes of a frame: the name of an error, if any; and the message that is complete with it, if any. */
    record Outcome(String error, @Nullable ByteBuffer message) {
        static Outcome nothing() {
            return new Outcome("", null);
        }

        static Outcome error(String name) {
            return new Outcome(name, null);
        }
    }

    NaiveChannel(long window, long maxMessage, long budget) {
        this.window = window;
        this.maxMessage = maxMessage;
        this.budget = budget;
        channelLimit = window;
        connectionLimit = window;
    }

    Outcome receive(Frame frame) {
        if (isWrongByItself(frame)) {
            return Outcome.error("MALFORMED");
        }
        if (receivedByConnection + frame.size > connectionLimit) {
            return Outcome.error("CREDIT_EXCEEDED");
        }
        receivedByConnection += frame.size;
        if (frame.channel != 0) {
            return Outcome.error("UNKNOWN_CHANNEL");
        }
        if (receivedByChannel + frame.size > channelLimit) {
            return Outcome.error("CREDIT_EXCEEDED");
        }
        receivedByChannel += frame.size;
        if (frame.end) {
            return Outcome.error("UNEXPECTED_FRAME");
        }
        if (arriving != null) {
            return frame.head ? Outcome.error("MALFORMED") : add(arriving, frame, "");
        }
        return begin(frame);
    }

    private static boolean isWrongByItself(Frame frame) {
        boolean told = frame.total != UNTOLD;
        return !frame.plain
                || frame.more && frame.bytes.remaining() == 0
                || frame.more && frame.head && !told
                || told && frame.bytes.remaining() > frame.total
                || told && !frame.more && frame.bytes.remaining() < frame.total;
    }

    private Outcome begin(Frame frame) {
        if (frame.more && frame.total == UNTOLD) {
            return Outcome.error("MALFORMED");
        }
        long total = frame.total == UNTOLD ? frame.bytes.remaining() : frame.total;
        if (total > maxMessage) {
            return add(new Arriving(total, false), frame, "MESSAGE_TOO_LARGE");
        }
        if (!frame.more && frame.total == UNTOLD) {
            held.add(new Held(frame.size, 0));
            return new Outcome("", frame.bytes);
        }
        if (total > budget) {
            return add(new Arriving(total, false), frame, "NO_CAPACITY");
        }
        budget -= total;
        return add(new Arriving(total, true), frame, "");
    }

    private Outcome add(Arriving message, Frame frame, String error) {
        byte[] part = new byte[frame.bytes.remaining()];
        frame.bytes.duplicate().get(part);
        message.content.writeBytes(part);
        message.fragments.add(part.length);
        arriving = message;
        long arrived = message.content.size();
        if (arrived > message.total || !frame.more && arrived < message.total) {
            return Outcome.error("MALFORMED");
        }
        if (message.fragments.size() > 16 + message.total / 256) {
            return Outcome.error("MALFORMED");
        }
        if (frame.more) {
            return Outcome.error(error);
        }
        arriving = null;
        if (!message.kept) {
            return Outcome.error(error);
        }
        held.add(new Held(message.total + Frames.HEADER, message.total));
        return new Outcome(error, ByteBuffer.wrap(message.content.toByteArray()));
    }

    /** The application takes the message of this place. */
    void take(int index) {
        budget += held.remove(index).charged;
    }

    void told(boolean ofConnection, long limit) {
        if (ofConnection) {
            connectionLimit = limit;
        } else {
            channelLimit = limit;
        }
    }

    long budget() {
        return budget;
    }

    /** What may be told at the most: window and reservation beyond what was taken. */
    long target(boolean ofConnection) {
        Arriving message = arriving;
        long kept = message != null && message.kept ? message.content.size() : 0;
        long reserved = message != null && message.kept ? message.total + FULL_FRAME : 0;
        long waiting = held.stream().mapToLong(Held::credit).sum();
        return received(ofConnection) - waiting - kept + window + reserved;
    }

    long limit(boolean ofConnection) {
        return ofConnection ? connectionLimit : channelLimit;
    }

    long received(boolean ofConnection) {
        return ofConnection ? receivedByConnection : receivedByChannel;
    }

    /** Whether M43 asks for a CREDIT by now. */
    boolean owes(boolean ofConnection) {
        long untold = target(ofConnection) - limit(ofConnection);
        long room = limit(ofConnection) - received(ofConnection);
        boolean isCrumb = untold < Math.min(window / 4, FULL_FRAME) && !holdsNothing();
        boolean wouldFit = room < FULL_FRAME && room + untold >= FULL_FRAME;
        return untold > 0 && (untold >= window / 2 || wouldFit && !isCrumb);
    }

    boolean holdsNothing() {
        return held.isEmpty();
    }

    int held() {
        return held.size();
    }
}
