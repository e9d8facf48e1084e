package dev.heartbeat.bench.load.server;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * The counts by now of a server that is written in Java.
 *
 * @param suspect how often it suspected a node
 * @param offline how often it gave one up
 * @param allocated bytes that its threads have allocated
 * @param collections how often its garbage was collected
 * @param collectionMillis how long that took
 */
public record State(long suspect, long offline, long allocated, long collections, long collectionMillis) {
    /** The state where nothing is known. */
    public static final State NONE = new State(0, 0, 0, 0, 0);

    /** One line, for another process. */
    public String toLine() {
        return LongStream.of(suspect, offline, allocated, collections, collectionMillis)
                .mapToObj(Long::toString)
                .collect(Collectors.joining(" "));
    }

    /** Parses what {@link #toLine} wrote. */
    public static State parse(String line) {
        long[] numbers =
                Arrays.stream(line.split(" ")).mapToLong(Long::parseLong).toArray();
        return new State(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]);
    }

    /** The part that was added since. */
    public State minus(State before) {
        return new State(
                suspect - before.suspect,
                offline - before.offline,
                allocated - before.allocated,
                collections - before.collections,
                collectionMillis - before.collectionMillis);
    }
}
