package dev.heartbeat.testkit.contract;

/**
 * A measurement of garbage, repeated until it is small enough. Interpreted code allocates what
 * compiled code does not, and the JIT finishes late on a busy machine. Code that makes garbage does
 * so in every round.
 */
final class Rounds {
    private static final int MOST = 10;

    private Rounds() {}

    /** {@return the first result below the limit, or the least of all rounds} */
    static double leastUntilBelow(double limit, Round round) throws Exception {
        double least = round.measure();
        for (int i = 1; i < MOST && least >= limit; i++) {
            least = Math.min(least, round.measure());
        }
        return least;
    }

    interface Round {
        double measure() throws Exception;
    }
}
