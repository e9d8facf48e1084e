package dev.heartbeat.testkit.fleet;

/**
 * Whether the waits before reconnecting are spread as they should be: evenly between nothing and
 * their bound.
 */
final class BackoffModel {
    private static final int ENOUGH = 30;
    /** The deviation of an even spread over 0 to 1. */
    private static final double DEVIATION = 0.2887;
    /** A fleet in a billion is this far off by chance. */
    private static final double DEVIATIONS = 6;

    private final Shares first = new Shares();
    private final Shares grown = new Shares();

    /** The waits so far, as a share of their bound. */
    private static final class Shares {
        private int count;
        private double sum;

        void add(double share) {
            count++;
            sum += share;
        }

        void check(String which) {
            double mean = sum / count;
            if (count >= ENOUGH && Math.abs(mean - 0.5) > DEVIATIONS * DEVIATION / Math.sqrt(count)) {
                throw new Violation(
                        "I25 waits are spread evenly up to their bound",
                        count + " waits " + which + " are " + Math.round(mean * 100) + " % of it on average");
            }
        }
    }

    /** Somebody waits so long after so many failures in a row. */
    void add(long waitNs, long boundNs, int failures) {
        (failures < 2 ? first : grown).add((double) waitNs / boundNs);
    }

    void check() {
        first.check("after the first failures");
        grown.check("after more failures");
    }
}
