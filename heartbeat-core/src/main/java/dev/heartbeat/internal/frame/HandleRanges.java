package dev.heartbeat.internal.frame;

import static dev.heartbeat.internal.frame.ProtocolException.malformed;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Whom a heartbeat speaks for beside its own handle: nobody, all handles of the connection, or
 * ranges of them. The first two are constants, so that the usual beat allocates nothing. Ranges are
 * ascending and have no handle in common, so that a beat visits each node once at most, however
 * many ranges it names.
 */
public final class HandleRanges {
    public static final HandleRanges NOBODY = new HandleRanges(new int[0], 0);
    public static final HandleRanges ALL = new HandleRanges(new int[0], 0);

    /** As many ranges as surely fit a heartbeat; who has more to say beats again. */
    public static final int MAX_RANGES = 300;

    static final int TLV = 0x01;
    private static final int RANGE = 2 * Integer.BYTES;

    /** First and last of each range, one behind the other. */
    private final int[] bounds;

    private int ranges;

    private HandleRanges(int[] bounds, int ranges) {
        this.bounds = bounds;
        this.ranges = ranges;
    }

    /**
     * Ranges, each its first and its last handle, ascending and apart from each other, at most
     * {@link #MAX_RANGES}.
     */
    public static HandleRanges ranges(int... bounds) {
        return new HandleRanges(bounds, bounds.length / 2);
    }

    /** The ranges that were covered before, and those that the value of this TLV adds. */
    static HandleRanges plus(HandleRanges before, ByteBuffer in, int tag) throws ProtocolException {
        if (Tlv.length(tag) == 0) {
            return ALL;
        }
        if (Tlv.length(tag) != RANGE) {
            throw malformed("a range of handles of " + Tlv.length(tag) + " bytes, expected 0 or " + RANGE);
        }
        // Room for all that the payload can hold, from the beginning.
        HandleRanges sum = before == NOBODY
                ? new HandleRanges(new int[2 * (1 + in.remaining() / (Tlv.HEADER + RANGE))], 0)
                : before;
        int first = in.getInt();
        int last = in.getInt();
        if (Integer.compareUnsigned(first, last) > 0) {
            throw malformed("a range of handles from " + Integer.toUnsignedString(first) + " to "
                    + Integer.toUnsignedString(last));
        }
        if (sum != ALL) {
            if (sum.ranges > 0 && Integer.compareUnsigned(first, sum.last(sum.ranges - 1)) <= 0) {
                throw malformed("a range of handles from " + Integer.toUnsignedString(first) + " behind one to "
                        + Integer.toUnsignedString(sum.last(sum.ranges - 1)));
            }
            sum.bounds[2 * sum.ranges] = first;
            sum.bounds[2 * sum.ranges + 1] = last;
            sum.ranges++;
        }
        return sum;
    }

    /** The number of ranges; 0 for {@link #ALL} and {@link #NOBODY}. */
    public int ranges() {
        return ranges;
    }

    public int first(int range) {
        return bounds[2 * range];
    }

    public int last(int range) {
        return bounds[2 * range + 1];
    }

    int size() {
        return this == ALL ? Tlv.HEADER : ranges * (Tlv.HEADER + RANGE);
    }

    void write(ByteBuffer out) {
        if (this == ALL) {
            Tlv.write(out, TLV, 0);
        }
        for (int i = 0; i < ranges; i++) {
            Tlv.write(out, TLV, RANGE);
            out.putInt(first(i)).putInt(last(i));
        }
    }

    @Override
    public String toString() {
        if (this == ALL) {
            return "all";
        }
        return this == NOBODY ? "nobody else" : Arrays.toString(Arrays.copyOf(bounds, 2 * ranges));
    }
}
