package dev.heartbeat.internal.frame;

import static dev.heartbeat.internal.frame.ProtocolException.malformed;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a message beside its content, in the HEAD of its first frame. Most messages have
 * nothing there and share {@link #NONE}.
 *
 * @param correlation what request and reply have in common; 0 where it is neither
 * @param source the node it comes from, where it was sent through the server
 * @param destination the node it is for, where the server is to pass it on
 * @param dueNs when whoever asks stops waiting, by the clock of this side's loops;
 *     {@link #NOT_SAID} where that is not known, and of what is no request
 * @param context what its sender's tracer sends along; null if that is nothing
 */
public record Envelope(
        Kind kind,
        long correlation,
        @Nullable String source,
        @Nullable String destination,
        long dueNs,
        @Nullable TraceContext context) {

    /** No reading of the clock. */
    public static final long NOT_SAID = Long.MIN_VALUE;

    /** The kind of a message to its receiver. */
    public enum Kind {
        MESSAGE(0),
        REQUEST(1),
        REPLY(2),
        /** The answer to a request that nobody could reply to; the content says why, as text. */
        FAILURE(3);

        private final int wire;

        Kind(int wire) {
            this.wire = wire;
        }
    }

    /** That of a message which is nothing but its content. */
    public static final Envelope NONE = new Envelope(Kind.MESSAGE, 0, null, null, NOT_SAID, null);

    static final int KIND = 0x02;
    static final int CORRELATION = 0x03;
    static final int SOURCE = 0x04;
    static final int DESTINATION = 0x05;
    static final int REMAINING = 0x80;

    private static final int REMAINING_SIZE = Tlv.HEADER + Integer.BYTES;
    /** Stands for whatever is longer. */
    private static final long LONGEST_MILLIS = 0xFFFF_FFFFL;

    private static final int CORRELATED_SIZE = Tlv.HEADER + 1 + Tlv.HEADER + Long.BYTES;
    private static final Kind[] KINDS = Kind.values();

    /** The most that one takes of a HEAD; without the context of a trace, which few have. */
    static final int MAX_SIZE = CORRELATED_SIZE + 2 * (Tlv.HEADER + NodeId.MAX_LENGTH) + REMAINING_SIZE;

    /** Clients name whom a message is for, servers whom it is from. */
    public void requireFrom(FrameType.Sender sender) throws ProtocolException {
        String wrong = sender == FrameType.Sender.CLIENT ? source : destination;
        if (wrong != null) {
            throw new ProtocolException(
                    ErrorCode.UNEXPECTED_FRAME, "a message names node " + wrong + " in the wrong direction");
        }
    }

    /**
     * @param destination the node it is for, where the server is to pass it on; else null
     * @param dueNs when its asker stops waiting
     */
    public static Envelope request(long correlation, @Nullable String destination, long dueNs) {
        return new Envelope(Kind.REQUEST, correlation, null, destination, dueNs, null);
    }

    /** The answer to the request of this envelope. */
    public Envelope answer(Kind kind) {
        return new Envelope(kind, correlation, null, source, NOT_SAID, null);
    }

    /**
     * The failure that takes the place of this answer. It names no source, because whoever was
     * asked did not say it.
     */
    public Envelope failureInstead() {
        return new Envelope(Kind.FAILURE, correlation, null, destination, NOT_SAID, null);
    }

    /** The failure of this request, where nobody was asked. */
    public Envelope failureOfTheWay() {
        return new Envelope(Kind.FAILURE, correlation, null, null, NOT_SAID, null);
    }

    /** Whether it is on the answer to a request. */
    public boolean isAnswer() {
        return kind == Kind.REPLY || kind == Kind.FAILURE;
    }

    /**
     * That of a message.
     *
     * @param destination the node to which the server is to pass it on; null for the other side
     *     itself
     */
    public static Envelope to(@Nullable String destination) {
        return destination == null ? NONE : new Envelope(Kind.MESSAGE, 0, null, destination, NOT_SAID, null);
    }

    /** This, and what its sender's tracer sends along; null for nothing. */
    public Envelope with(@Nullable TraceContext traced) {
        return traced == null ? this : new Envelope(kind, correlation, source, destination, dueNs, traced);
    }

    /** The envelope that the destination is given. */
    public Envelope passedOnFrom(String node) {
        return new Envelope(kind, correlation, node, null, dueNs, context);
    }

    /**
     * That of a request whose first bytes came at {@code nowNs}, and said that so much of its time
     * remains.
     */
    public Envelope arrived(long nowNs, long remainingMillis) {
        return new Envelope(
                kind, correlation, source, destination, nowNs + MILLISECONDS.toNanos(remainingMillis), context);
    }

    /** Whether it says when its asker stops waiting. */
    public boolean saysDue() {
        return dueNs != NOT_SAID;
    }

    /**
     * The time that remains of its own, if it {@linkplain #saysDue() says}; not above 0 once that
     * is over.
     */
    public long remainingNs(long nowNs) {
        return dueNs - nowNs;
    }

    /** Whether both are on the same request, whatever they say of its time. */
    public boolean isOfSameRequest(Envelope other) {
        return correlation == other.correlation
                && kind == other.kind
                && Objects.equals(source, other.source)
                && Objects.equals(destination, other.destination);
    }

    /** Whether there is nothing on it. */
    boolean isPlain() {
        return kind == Kind.MESSAGE && !isRouted() && context == null;
    }

    /** Whether it came from another node or is for one. */
    public boolean isRouted() {
        return source != null || destination != null;
    }

    /** The bytes it takes of a HEAD. */
    int size() {
        return namesSize() + (saysDue() ? REMAINING_SIZE : 0) + (context == null ? 0 : context.size());
    }

    /** The bytes it takes of a CANCEL. */
    int namesSize() {
        if (isPlain()) {
            return 0;
        }
        return (kind == Kind.MESSAGE ? 0 : CORRELATED_SIZE) + sizeOf(source) + sizeOf(destination);
    }

    private static int sizeOf(@Nullable String id) {
        return id == null ? 0 : Tlv.HEADER + id.length();
    }

    /**
     * @param nowNs the time; read only if it {@linkplain #saysDue() says when it is due}
     */
    void write(ByteBuffer out, long nowNs) {
        writeNames(out);
        if (saysDue()) {
            Tlv.write(out, REMAINING, Integer.BYTES);
            out.putInt((int) remainingMillis(nowNs));
        }
        if (context != null) {
            context.write(out);
        }
    }

    /** Rounded up, because 0 would say that nothing remains. */
    private long remainingMillis(long nowNs) {
        return Math.min(MILLISECONDS.convert(remainingNs(nowNs) - 1, NANOSECONDS) + 1, LONGEST_MILLIS);
    }

    void writeNames(ByteBuffer out) {
        if (kind != Kind.MESSAGE) {
            Tlv.write(out, KIND, 1);
            out.put((byte) kind.wire);
            Tlv.write(out, CORRELATION, Long.BYTES);
            out.putLong(correlation);
        }
        writeId(out, SOURCE, source);
        writeId(out, DESTINATION, destination);
    }

    private static void writeId(ByteBuffer out, int type, @Nullable String id) {
        if (id != null) {
            Tlv.write(out, type, id.getBytes(US_ASCII));
        }
    }

    /** Whether TLVs of this type belong to one. */
    static boolean isOf(int type) {
        return type >= KIND && type <= DESTINATION || type == TraceContext.TLV;
    }

    /** Collects what a HEAD says, one TLV after the other. */
    static final class Reader {
        private Kind kind = Kind.MESSAGE;
        private boolean correlated;
        private long correlation;
        private @Nullable String source;
        private @Nullable String destination;
        private @Nullable TraceContext context;

        void read(ByteBuffer in, int tag) throws ProtocolException {
            switch (Tlv.type(tag)) {
                case KIND -> kind = kind(Tlv.u8(in, tag));
                case CORRELATION -> {
                    correlated = true;
                    correlation = Tlv.u64(in, tag);
                }
                case SOURCE -> source = id(in, tag);
                case TraceContext.TLV -> context = TraceContext.read(in, tag);
                default -> destination = id(in, tag);
            }
        }

        private static Kind kind(int wire) throws ProtocolException {
            if (wire < 1 || wire >= KINDS.length) {
                throw malformed("a message of kind " + wire + ", there are 1 to " + (KINDS.length - 1));
            }
            return KINDS[wire];
        }

        private static String id(ByteBuffer in, int tag) throws ProtocolException {
            String id = new String(Tlv.bytes(in, tag, NodeId.MAX_LENGTH), US_ASCII);
            if (id.isEmpty() || !NodeId.isPlain(id)) {
                throw malformed("TLV " + Tlv.type(tag) + " is no node id");
            }
            return id;
        }

        Envelope envelope() throws ProtocolException {
            if (correlated != (kind != Kind.MESSAGE)) {
                throw malformed("a kind without a correlation id, or the other way round");
            }
            return new Envelope(kind, correlation, source, destination, NOT_SAID, context);
        }
    }
}
