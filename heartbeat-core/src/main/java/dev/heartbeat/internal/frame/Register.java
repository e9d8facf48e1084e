package dev.heartbeat.internal.frame;

import static dev.heartbeat.internal.frame.ProtocolException.malformed;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The payload of REGISTER.
 *
 * <pre>
 *  u64  incarnation          never 0
 *  u32  attempt              never 0, grows with each connection of the incarnation
 *  u64  connection credit
 *  u64  channel 0 credit
 *  u8   id length
 *  ...  node id
 *  ...  TLVs
 * </pre>
 *
 * @param attempt an unsigned 32-bit number
 * @param askedIntervalMillis 0 if it asks for none
 * @param lastEpoch 0 if it was never given one
 * @param limits what the client takes
 */
public record Register(
        long incarnation,
        long attempt,
        long connectionCredit,
        long channelCredit,
        String nodeId,
        Map<String, String> metadata,
        long askedIntervalMillis,
        @Nullable Secret credential,
        long lastEpoch,
        Limits limits) {

    /** The smallest first window: one DATA frame of full size. */
    public static final long MIN_CREDIT = FrameHeader.SIZE + FrameType.MAX_DATA_PAYLOAD;

    private static final int INTERVAL = 0x02;
    static final int CREDENTIAL = 0x03;
    private static final int LAST_EPOCH = 0x04;
    static final int CAPABILITIES = 0x86;

    private static final int LIMITS = 0x88;

    private static final int MAX_CREDENTIAL = 4096;
    private static final int FIXED = Long.BYTES + Integer.BYTES + 2 * Long.BYTES + 1;

    /**
     * The limits of what a client takes, beyond those that REGISTERED sets for both sides.
     *
     * @param maxMessageBytes the longest message, an unsigned 32-bit number
     * @param maxChannels how many channels the server may have open, an unsigned 32-bit number
     */
    public record Limits(long maxMessageBytes, long maxChannels) {
        private static final int SIZE = 2 * Integer.BYTES;
        private static final long ANY = 0xFFFF_FFFFL;

        /** The client sets none of its own. */
        public static final Limits NONE = new Limits(ANY, ANY);

        private static Limits read(ByteBuffer in, int tag) throws ProtocolException {
            long both = Tlv.u64(in, tag);
            return new Limits(both >>> Integer.SIZE, both & ANY);
        }

        private void write(ByteBuffer out) {
            Tlv.write(out, LIMITS, SIZE);
            out.putInt((int) maxMessageBytes).putInt((int) maxChannels);
        }
    }

    /**
     * The registration of a client that sets no limits of its own, or of a node that shares those
     * of its connection.
     */
    public Register(
            long incarnation,
            long attempt,
            long connectionCredit,
            long channelCredit,
            String nodeId,
            Map<String, String> metadata,
            long askedIntervalMillis,
            @Nullable Secret credential,
            long lastEpoch) {
        this(
                incarnation,
                attempt,
                connectionCredit,
                channelCredit,
                nodeId,
                metadata,
                askedIntervalMillis,
                credential,
                lastEpoch,
                Limits.NONE);
    }

    /** The credential's bytes, which nobody may change; null if there is none. */
    public byte @Nullable [] credentialBytes() {
        return credential == null ? null : credential.reveal();
    }

    public static Register read(ByteBuffer in) throws ProtocolException {
        if (in.remaining() < FIXED) {
            throw malformed("REGISTER of " + in.remaining() + " bytes, expected at least " + FIXED);
        }
        long incarnation = in.getLong();
        long attempt = Integer.toUnsignedLong(in.getInt());
        long connectionCredit = readFirstCredit(in);
        long channelCredit = readFirstCredit(in);
        String nodeId = readNodeId(in);
        if (incarnation == 0 || attempt == 0) {
            throw malformed("incarnation and attempt must not be 0");
        }

        Metadata metadata = new Metadata();
        long interval = 0;
        Secret credential = null;
        long lastEpoch = 0;
        Limits limits = Limits.NONE;
        long seen = 0;
        while (in.hasRemaining()) {
            int tag = Tlv.read(in);
            switch (Tlv.type(tag)) {
                case Metadata.TLV -> metadata.read(in, tag);
                case INTERVAL -> {
                    seen = Tlv.once(seen, tag);
                    interval = Integer.toUnsignedLong(Tlv.u32(in, tag));
                }
                case CREDENTIAL -> {
                    seen = Tlv.once(seen, tag);
                    credential = readCredential(in, tag);
                }
                case LAST_EPOCH -> {
                    seen = Tlv.once(seen, tag);
                    lastEpoch = Tlv.u64(in, tag);
                }
                case CAPABILITIES -> {
                    seen = Tlv.once(seen, tag);
                    Tlv.u32(in, tag); // No bit has a meaning yet.
                }
                case LIMITS -> {
                    seen = Tlv.once(seen, tag);
                    limits = Limits.read(in, tag);
                }
                default -> Tlv.skipUnknown(in, tag);
            }
        }

        String objection = NodeId.objection(nodeId);
        if (!objection.isEmpty()) {
            throw new ProtocolException(ErrorCode.INVALID_NODE_ID, objection);
        }
        return new Register(
                incarnation,
                attempt,
                connectionCredit,
                channelCredit,
                nodeId,
                metadata.checked(),
                interval,
                credential,
                lastEpoch,
                limits);
    }

    static long readFirstCredit(ByteBuffer in) throws ProtocolException {
        long credit = in.getLong();
        if (credit < MIN_CREDIT) {
            throw malformed(
                    "first credit " + Long.toUnsignedString(credit) + ", expected " + MIN_CREDIT + " to 2^63-1");
        }
        return credit;
    }

    static Secret readCredential(ByteBuffer in, int tag) throws ProtocolException {
        return new Secret(Tlv.bytes(in, tag, MAX_CREDENTIAL));
    }

    private static String readNodeId(ByteBuffer in) throws ProtocolException {
        int length = in.get() & 0xFF;
        if (length > in.remaining()) {
            throw malformed("node id of " + length + " bytes reaches beyond the payload");
        }
        byte[] id = new byte[length];
        in.get(id);
        return new String(id, StandardCharsets.ISO_8859_1);
    }

    /** More bytes than it needs; for reserving room. */
    int maxSize() {
        int size = FIXED + nodeId.length() + 4 * (Tlv.HEADER + Long.BYTES) + Metadata.maxSize(metadata);
        return size + (credential == null ? 0 : credential.length());
    }

    void write(ByteBuffer out) {
        out.putLong(incarnation).putInt((int) attempt).putLong(connectionCredit).putLong(channelCredit);
        out.put((byte) nodeId.length()).put(nodeId.getBytes(StandardCharsets.US_ASCII));
        Metadata.write(out, metadata);
        if (askedIntervalMillis != 0) {
            Tlv.write(out, INTERVAL, Integer.BYTES);
            out.putInt((int) askedIntervalMillis);
        }
        if (credential != null) {
            Tlv.write(out, CREDENTIAL, credential.reveal());
        }
        if (lastEpoch != 0) {
            Tlv.write(out, LAST_EPOCH, Long.BYTES);
            out.putLong(lastEpoch);
        }
        if (!limits.equals(Limits.NONE)) {
            limits.write(out);
        }
    }
}
