package dev.heartbeat.spi;

/**
 * The values of a measure so far, in nanoseconds.
 *
 * @param count how many values
 * @param total their sum
 * @param max the greatest; 0 if there is none
 * @param p50 half of them are not greater; {@link #UNKNOWN} where only the others are kept
 * @param p99 99 of 100 are not greater; {@link #UNKNOWN} likewise
 * @since 0.1
 */
public record Distribution(long count, long total, long max, long p50, long p99) {

    /** Takes the place of a percentile. */
    public static final long UNKNOWN = -1;
}
