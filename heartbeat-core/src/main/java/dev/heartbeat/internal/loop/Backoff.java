package dev.heartbeat.internal.loop;

import java.util.random.RandomGenerator;

/**
 * The wait before the next attempt. It is a random time between 0 and min(cap, base × 2ⁿ) after n
 * failures in a row ("full jitter", Brooker, "Exponential Backoff and Jitter", 2015), so that a
 * crowd that lost its server at once does not come back at once.
 */
public final class Backoff {
    private final long baseNs;
    private final long capNs;
    private final RandomGenerator random;
    private int failures;

    public Backoff(long baseNs, long capNs, RandomGenerator random) {
        this.baseNs = baseNs;
        this.capNs = capNs;
        this.random = random;
    }

    /**
     * Counts a failure and returns how long to wait.
     *
     * @param ceilingNs a bound for this time only. A failure that it bounds is not counted: many
     *     attempts in a short time say no more than the few there would have been
     */
    public long nextDelayNs(long ceilingNs) {
        // Shifting further than the cap's own bits would only overflow.
        int doublings = Math.min(failures, Long.numberOfLeadingZeros(baseNs) - 2);
        long bound = Math.min(capNs, baseNs << doublings);
        if (bound <= ceilingNs) {
            failures++;
        } else {
            bound = Math.max(1, ceilingNs);
        }
        return random.nextLong(bound + 1);
    }

    /** The attempt succeeded for long enough to forget those before. */
    public void reset() {
        failures = 0;
    }
}
