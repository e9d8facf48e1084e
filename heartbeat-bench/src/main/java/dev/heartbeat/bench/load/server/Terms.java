package dev.heartbeat.bench.load.server;

import java.time.Duration;
import java.util.List;

/**
 * The terms that a server that knows nodes gets about them.
 *
 * @param interval how often they beat; it suspects them after 2.5 of it, and gives them up after 3
 * @param grace how long a node may take to come back whose connection was lost
 * @param answerEvery the server answers every N-th heartbeat
 */
public record Terms(Duration interval, Duration grace, int answerEvery) {
    /** The number of {@link #words}. */
    static final int WORDS = 3;

    /** As words on a command line. */
    public List<String> words() {
        return List.of(
                String.valueOf(interval.toMillis()), String.valueOf(grace.toMillis()), String.valueOf(answerEvery));
    }

    static Terms parse(List<String> words) {
        return new Terms(
                Duration.ofMillis(Long.parseLong(words.get(0))),
                Duration.ofMillis(Long.parseLong(words.get(1))),
                Integer.parseInt(words.get(2)));
    }

    Duration suspectAfter() {
        return interval.multipliedBy(5).dividedBy(2);
    }

    Duration timeout() {
        return interval.multipliedBy(3);
    }
}
