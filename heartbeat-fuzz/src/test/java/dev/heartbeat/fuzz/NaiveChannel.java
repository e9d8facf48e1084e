package dev.heartbeat.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sections 6 to 8 of the protocol's page on incoming DATA of a channel, word by word and without
 * regard to speed: the outcome of each frame, and the memory held then.
 */
final class NaiveChannel {
    /** The total of a frame that does not state it. */
    static final long UNTOLD = -1;

    private final int id;
    private final Memory memory;
    private final NaiveCredit credit;
    private final long maxMessage;

    private final List<Held> held = new ArrayList<>();
    /** The number of whole messages, which distinguishes them. */
    private int received;

    private @Nullable Arriving arriving;
    private boolean ended;

    /** The memory for messages, which all channels share. */
    static final class Memory {
        private final long limit;
        private long free;
        private long taken;

        Memory(long bytes) {
            this(bytes, bytes);
        }

        /**
         * @param limit what this connection may take of it
         */
        Memory(long bytes, long limit) {
            free = bytes;
            this.limit = limit;
        }

        long free() {
            return free;
        }

        boolean reserve(long bytes) {
            if (bytes > free || taken + bytes > limit) {
                return false;
            }
            free -= bytes;
            taken += bytes;
            return true;
        }

        void release(long bytes) {
            free += bytes;
            taken -= bytes;
        }
    }

    /** A message the application has not taken yet. */
    record Held(int number, Frame first, ByteBuffer content, long credit, long charged) {}

    private record Arriving(Frame first, long total, boolean kept, ByteArrayOutputStream content, List<Integer> parts) {
        Arriving(Frame first, long total, boolean kept) {
            this(first, total, kept, new ByteArrayOutputStream(), new ArrayList<>());
        }
    }

    /**
     * The envelope of a message: its kind, 0 for none, with a correlation; the handle of its node,
     * {@link #UNNAMED} if it names none; and whether it names another node, in a direction that
     * allows it.
     */
    record Label(int kind, long correlation, int handle, boolean routed, boolean wrongWay) {
        static final int UNNAMED = -1;

        static final Label NONE = new Label(0, 0, UNNAMED, false, false);
    }

    /**
     * A DATA frame; {@code head} where it has a HEAD, whose TLVs say {@code total} and
     * {@code label}, and which is {@code plain} unless it names a kind without a correlation.
     */
    record Frame(
            int channel,
            boolean more,
            boolean end,
            boolean head,
            long total,
            boolean plain,
            Label label,
            ByteBuffer bytes,
            int size) {

        /** Whether it is MALFORMED whatever came before. */
        boolean isWrongByItself() {
            boolean told = total != UNTOLD;
            return !plain
                    || more && bytes.remaining() == 0
                    || more && head && !told
                    || told && bytes.remaining() > total
                    || told && !more && bytes.remaining() < total;
        }
    }

    /**
     * The outcome of a frame: the name of an error, if any; and the message that is complete with
     * it, if any.
     */
    record Outcome(String error, @Nullable Held message) {
        static final Outcome NOTHING = new Outcome("", null);

        static Outcome error(String name) {
            return new Outcome(name, null);
        }
    }

    /**
     * @param ofConnection the credit of all channels together
     */
    NaiveChannel(int id, long window, NaiveCredit ofConnection, Memory memory, long maxMessage) {
        this.id = id;
        this.memory = memory;
        this.maxMessage = maxMessage;
        credit = new NaiveCredit(window);
        credit.usedBy(this);
        ofConnection.usedBy(this);
    }

    NaiveCredit credit() {
        return credit;
    }

    /** Takes a frame that is right by itself, and fits the credit of the connection. */
    Outcome receive(Frame frame) {
        if (!credit.receive(frame.size)) {
            return Outcome.error("CREDIT_EXCEEDED");
        }
        if (frame.end && id == 0) {
            return Outcome.error("UNEXPECTED_FRAME");
        }
        if (ended) {
            return Outcome.error("CHANNEL_ENDED");
        }
        if (frame.end && frame.more) {
            return Outcome.error("MALFORMED");
        }
        Outcome outcome = receiveMessage(frame);
        ended = frame.end && outcome.error.isEmpty();
        return outcome;
    }

    private Outcome receiveMessage(Frame frame) {
        if (frame.end && arriving == null && !frame.head && !frame.bytes.hasRemaining()) {
            return Outcome.NOTHING;
        }
        if (arriving != null) {
            return frame.head ? Outcome.error("MALFORMED") : add(arriving, frame, "");
        }
        return begin(frame);
    }

    private Outcome begin(Frame frame) {
        if (frame.more && frame.total == UNTOLD) {
            return Outcome.error("MALFORMED");
        }
        if (id != 0 && (frame.label.handle != Label.UNNAMED || frame.label.routed)) {
            return Outcome.error("MALFORMED");
        }
        long total = frame.total == UNTOLD ? frame.bytes.remaining() : frame.total;
        if (frame.label.handle > 0) {
            return add(new Arriving(frame, total, false), frame, "UNKNOWN_HANDLE");
        }
        if (total > maxMessage) {
            return refuse(frame, total, "MESSAGE_TOO_LARGE");
        }
        if (!frame.more && frame.total == UNTOLD) {
            return hold(new Held(received++, frame, frame.bytes, frame.size, 0), "");
        }
        if (!memory.reserve(total)) {
            return refuse(frame, total, "NO_CAPACITY");
        }
        return add(new Arriving(frame, total, true), frame, "");
    }

    /** Channel 0 goes on with the next message; any other ends. */
    private Outcome refuse(Frame frame, long total, String error) {
        return id == 0 ? add(new Arriving(frame, total, false), frame, error) : Outcome.error(error);
    }

    private Outcome add(Arriving message, Frame frame, String error) {
        byte[] part = new byte[frame.bytes.remaining()];
        frame.bytes.duplicate().get(part);
        message.content.writeBytes(part);
        message.parts.add(part.length);
        arriving = message;
        long arrived = message.content.size();
        if (arrived > message.total || !frame.more && arrived < message.total) {
            return Outcome.error("MALFORMED");
        }
        if (message.parts.size() > 16 + message.total / 256) {
            return Outcome.error("MALFORMED");
        }
        if (frame.more) {
            return Outcome.error(error);
        }
        arriving = null;
        if (!message.kept) {
            return Outcome.error(error);
        }
        ByteBuffer whole = ByteBuffer.wrap(message.content.toByteArray());
        return hold(new Held(received++, message.first, whole, message.total + Frames.HEADER, message.total), error);
    }

    private Outcome hold(Held message, String error) {
        held.add(message);
        return new Outcome(error, message);
    }

    /** The application has taken the message. */
    void take(Held message) {
        memory.release(message.charged);
        held.removeIf(each -> each.number == message.number);
    }

    Held held(int index) {
        return held.get(index);
    }

    int held() {
        return held.size();
    }

    boolean holdsNothing() {
        return held.isEmpty();
    }

    /** Nothing more arrives. */
    void drop() {
        if (arriving != null && arriving.kept) {
            memory.release(arriving.total);
        }
        arriving = null;
        ended = true;
    }

    /** Whether the other side has said END. */
    boolean isEnded() {
        return ended;
    }

    /** The bytes that came and were not taken. */
    long waiting() {
        return held.stream().mapToLong(Held::credit).sum() + kept();
    }

    private long kept() {
        return arriving != null && arriving.kept ? arriving.content.size() : 0;
    }

    /** The credit beyond the window for the arriving message (M44). */
    long reserved() {
        return arriving != null && arriving.kept ? arriving.total + NaiveCredit.FULL_FRAME : 0;
    }
}
