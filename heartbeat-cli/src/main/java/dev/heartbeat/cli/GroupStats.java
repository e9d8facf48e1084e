package dev.heartbeat.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Makes one line of the lines of numbers of several processes. Counts are added up. Percentiles
 * cannot be: the worst of those is reported, or they are taken from the sum of the histograms.
 */
final class GroupStats {
    private static final Set<String> WORST =
            Set.of("loopLagP99Micros", "detectionP99Millis", "heapBytesPerNode", "rttP50Us", "rttP99Us", "rttMaxUs");

    private final Map<Integer, EventLine> latest = new TreeMap<>();

    synchronized void put(int process, EventLine line) {
        latest.put(process, line);
    }

    /** Its process has ended, and what it reported is of the past. */
    synchronized void forget(int process) {
        latest.remove(process);
    }

    /** The sum of the latest line of each, and what the processes of these members cost. */
    synchronized EventLine line(List<Member> members) {
        EventLine sum = EventLine.now("stats").with("processes", latest.size());
        latest.values().forEach(line -> line.fields().forEach((name, value) -> add(sum, name, value)));
        if (!latest.isEmpty()) {
            sum.with("onlineLeast", online().min().orElse(0))
                    .with("onlineMost", online().max().orElse(0));
        }
        addRoundTrips(sum);
        return sum.with("cpuMillis", cpuMillis(members)).with("memoryBytes", memoryBytes(members));
    }

    private static void add(EventLine sum, String name, Object value) {
        if (value instanceof Boolean bool) {
            sum.with(name, bool || Boolean.TRUE.equals(sum.fields().get(name)));
        } else if (value instanceof Number number && !name.equals("time")) {
            long before = sum.integer(name);
            sum.with(name, WORST.contains(name) ? Math.max(before, number.longValue()) : before + number.longValue());
        }
    }

    private LongStream online() {
        return latest.values().stream().mapToLong(line -> line.integer("online"));
    }

    private void addRoundTrips(EventLine sum) {
        Histogram all = ClientTally.histogram();
        latest.values().stream()
                .map(line -> line.text("rttHistogram"))
                .filter(encoded -> !encoded.isEmpty())
                .forEach(encoded -> all.add(ClientTally.decode(encoded)));
        if (all.getTotalCount() > 0) {
            sum.with("rttP50Us", all.getValueAtPercentile(50))
                    .with("rttP99Us", all.getValueAtPercentile(99))
                    .with("rttMaxUs", all.getMaxValue());
        }
    }

    private static long cpuMillis(List<Member> members) {
        return members.stream()
                .flatMap(member -> member.cpu().stream())
                .mapToLong(Duration::toMillis)
                .sum();
    }

    /**
     * The memory of all processes; what they share counts once. Null where the system does not
     * report it.
     */
    private static @Nullable Long memoryBytes(List<Member> members) {
        long[] bytes = members.stream()
                .flatMapToLong(member -> member.pid().stream())
                .flatMap(pid -> proportionalBytes(pid).stream())
                .toArray();
        return bytes.length == 0 ? null : LongStream.of(bytes).sum();
    }

    /** The memory of a process, of what it shares with others its part (Pss, of Linux). */
    static OptionalLong proportionalBytes(long pid) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/smaps_rollup"))) {
            return lines.filter(line -> line.startsWith("Pss:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst();
        } catch (IOException | UncheckedIOException e) {
            return OptionalLong.empty(); // It has ended, or this is another system.
        }
    }
}
