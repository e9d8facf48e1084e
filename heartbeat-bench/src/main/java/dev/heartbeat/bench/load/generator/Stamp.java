package dev.heartbeat.bench.load.generator;

/**
 * The timestamp of a heartbeat, which the server only echoes: when it was due, and its number on
 * its connection. An answer so gives its latency, and that it is the one whose turn it is, without
 * anything being kept for each heartbeat.
 */
final class Stamp {
    private static final int NUMBER_BITS = 16;
    private static final int NUMBER_MASK = (1 << NUMBER_BITS) - 1;

    private Stamp() {}

    /** Nanoseconds of up to three days fit, and the number modulo 65,536. */
    static long of(long nanos, int number) {
        return nanos << NUMBER_BITS | number & NUMBER_MASK;
    }

    static long nanos(long stamp) {
        return stamp >>> NUMBER_BITS;
    }

    /** The distance from this number to the stamp's, modulo 65,536. */
    static int after(int number, long stamp) {
        return (int) (stamp - number) & NUMBER_MASK;
    }
}
