package dev.heartbeat.internal.frame;

import static dev.heartbeat.internal.frame.ProtocolException.malformed;

import java.nio.ByteBuffer;

/**
 * The payload of REGISTERED: what the server decided.
 *
 * <pre>
 *  u64  epoch
 *  u32  interval, suspect after, timeout, grace     milliseconds
 *  u32  max message                                 bytes
 *  u32  max handles, max channels                   other than 0
 *  u64  connection credit
 *  u64  channel 0 credit
 *  ...  TLVs
 * </pre>
 *
 * @param ackEvery the server answers every N-th heartbeat; at least 1
 * @param validForMillis until the grant of the registration expires, an unsigned 32-bit number; 0
 *     if it does not
 */
public record Registered(
        long epoch,
        long intervalMillis,
        long suspectMillis,
        long timeoutMillis,
        long graceMillis,
        long maxMessageBytes,
        long maxHandles,
        long maxChannels,
        long connectionCredit,
        long channelCredit,
        int ackEvery,
        long validForMillis) {

    /** The greatest {@link #validForMillis}, which stands for everything longer. */
    public static final long LONGEST = 0xFFFF_FFFFL;

    private static final int ACK_EVERY = 0x81;
    private static final int VALID_FOR = 0x88;
    private static final int FIXED = Long.BYTES + 7 * Integer.BYTES + 2 * Long.BYTES;
    static final int MAX_SIZE = FIXED + 2 * Tlv.HEADER + Short.BYTES + Integer.BYTES;

    /** The answer to a registration that does not expire. */
    public Registered(
            long epoch,
            long intervalMillis,
            long suspectMillis,
            long timeoutMillis,
            long graceMillis,
            long maxMessageBytes,
            long maxHandles,
            long maxChannels,
            long connectionCredit,
            long channelCredit,
            int ackEvery) {
        this(
                epoch,
                intervalMillis,
                suspectMillis,
                timeoutMillis,
                graceMillis,
                maxMessageBytes,
                maxHandles,
                maxChannels,
                connectionCredit,
                channelCredit,
                ackEvery,
                0);
    }

    /** The same, of a grant that expires. */
    public Registered validFor(long millis) {
        return new Registered(
                epoch,
                intervalMillis,
                suspectMillis,
                timeoutMillis,
                graceMillis,
                maxMessageBytes,
                maxHandles,
                maxChannels,
                connectionCredit,
                channelCredit,
                ackEvery,
                millis);
    }

    public static Registered read(ByteBuffer in) throws ProtocolException {
        if (in.remaining() < FIXED) {
            throw malformed("REGISTERED of " + in.remaining() + " bytes, expected at least " + FIXED);
        }
        long epoch = in.getLong();
        long interval = u32(in);
        long suspect = u32(in);
        long timeout = u32(in);
        long grace = u32(in);
        long maxMessage = u32(in);
        long maxHandles = u32(in);
        long maxChannels = u32(in);
        long connectionCredit = Register.readFirstCredit(in);
        long channelCredit = Register.readFirstCredit(in);
        if (interval == 0 || suspect <= interval || timeout < suspect) {
            throw malformed("expected 0 < interval < suspect after <= timeout");
        }

        int ackEvery = 1;
        long validFor = 0;
        long seen = 0;
        while (in.hasRemaining()) {
            int tag = Tlv.read(in);
            switch (Tlv.type(tag)) {
                case ACK_EVERY -> {
                    seen = Tlv.once(seen, tag);
                    ackEvery = Tlv.u16(in, tag);
                }
                case Register.CAPABILITIES -> {
                    seen = Tlv.once(seen, tag);
                    Tlv.u32(in, tag); // No bit has a meaning yet.
                }
                case VALID_FOR -> {
                    seen = Tlv.once(seen, tag);
                    validFor = Integer.toUnsignedLong(Tlv.u32(in, tag));
                }
                default -> Tlv.skipUnknown(in, tag);
            }
        }
        if (ackEvery == 0) {
            throw malformed("expected an answer to every k-th heartbeat, k at least 1");
        }
        return new Registered(
                epoch,
                interval,
                suspect,
                timeout,
                grace,
                maxMessage,
                maxHandles,
                maxChannels,
                connectionCredit,
                channelCredit,
                ackEvery,
                validFor);
    }

    private static long u32(ByteBuffer in) {
        return Integer.toUnsignedLong(in.getInt());
    }

    void write(ByteBuffer out) {
        out.putLong(epoch);
        out.putInt((int) intervalMillis).putInt((int) suspectMillis).putInt((int) timeoutMillis);
        out.putInt((int) graceMillis).putInt((int) maxMessageBytes);
        out.putInt((int) maxHandles).putInt((int) maxChannels);
        out.putLong(connectionCredit).putLong(channelCredit);
        if (ackEvery != 1) {
            Tlv.write(out, ACK_EVERY, Short.BYTES);
            out.putShort((short) ackEvery);
        }
        if (validForMillis != 0) {
            Tlv.write(out, VALID_FOR, Integer.BYTES);
            out.putInt((int) validForMillis);
        }
    }
}
