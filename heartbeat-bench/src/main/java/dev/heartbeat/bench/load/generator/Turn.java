package dev.heartbeat.bench.load.generator;

import dev.heartbeat.bench.process.Cpu;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * The observations of one server in one window of time.
 *
 * @param nanos how long the window was
 * @param sent heartbeats, or connections begun
 * @param answered how many answers came
 * @param all how many came in all, before and after the window too
 * @param server the processor time of its process; {@link Cpu#NONE} where it is not known
 * @param generator that of the process of the load
 * @param machine that of everything on the machine, these two among it
 * @param latest by how much the load was late with a heartbeat, at most, in nanoseconds; 0 where
 *     nothing is due at a time
 * @param most after so many nanoseconds 99 % of all nodes were registered; 0 where none are
 * @param latencies nanoseconds from when a heartbeat was due to its answer
 * @param sliceNanos how long each slice of the window is
 * @param slices how many answers came in each
 */
public record Turn(
        long nanos,
        long sent,
        long answered,
        long all,
        Cpu server,
        Cpu generator,
        Cpu machine,
        long latest,
        long most,
        Histogram latencies,
        long sliceNanos,
        List<Long> slices) {

    private static final int NUMBERS = 13;

    /** One line, for another process. */
    public String toLine() {
        ByteBuffer bytes = ByteBuffer.allocate(latencies.getNeededByteBufferCapacity());
        int length = latencies.encodeIntoCompressedByteBuffer(bytes);
        return LongStream.of(
                                nanos,
                                sent,
                                answered,
                                all,
                                server.userNanos(),
                                server.systemNanos(),
                                generator.userNanos(),
                                generator.systemNanos(),
                                machine.userNanos(),
                                machine.systemNanos(),
                                latest,
                                most,
                                sliceNanos)
                        .mapToObj(Long::toString)
                        .collect(Collectors.joining(" "))
                + " " + Base64.getEncoder().encodeToString(Arrays.copyOf(bytes.array(), length)) + " "
                + slices.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    /** Parses what {@link #toLine} wrote. */
    public static Turn parse(String line) {
        String[] words = line.split(" ", -1);
        long[] numbers =
                Arrays.stream(words).limit(NUMBERS).mapToLong(Long::parseLong).toArray();
        return new Turn(
                numbers[0],
                numbers[1],
                numbers[2],
                numbers[3],
                new Cpu(numbers[4], numbers[5]),
                new Cpu(numbers[6], numbers[7]),
                new Cpu(numbers[8], numbers[9]),
                numbers[10],
                numbers[11],
                histogram(words[NUMBERS]),
                numbers[12],
                Arrays.stream(words[NUMBERS + 1].split(","))
                        .filter(count -> !count.isEmpty())
                        .map(Long::valueOf)
                        .toList());
    }

    private static Histogram histogram(String encoded) {
        try {
            return Histogram.decodeFromCompressedByteBuffer(
                    ByteBuffer.wrap(Base64.getDecoder().decode(encoded)), 1);
        } catch (DataFormatException e) {
            throw new IllegalArgumentException(encoded, e);
        }
    }

    /** Answers in a second. */
    public double perSecond() {
        return answered * 1e9 / nanos;
    }
}
