package dev.heartbeat.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.HdrHistogram.Histogram;

/**
 * A fleet at one moment, as its processes report it.
 *
 * @param online nodes ONLINE
 * @param suspect nodes SUSPECT
 * @param offline nodes OFFLINE and not back yet
 * @param heartbeatsPerSecond what the server receives
 * @param roundTrips of the last moments
 * @param heapBytesPerNode what a node costs the server, once that is measured
 * @param loopLagP99Micros how late the server's loops wake up, as it measures itself
 * @param detectionP99Millis how long the server took to call a node OFFLINE, likewise
 */
record FleetStatus(
        int online,
        int suspect,
        int offline,
        long heartbeatsPerSecond,
        Histogram roundTrips,
        OptionalLong heapBytesPerNode,
        OptionalLong loopLagP99Micros,
        OptionalLong detectionP99Millis) {

    static FleetStatus of(DemoFleet fleet) {
        EventLog log = fleet.log();
        Optional<EventLine> stats = log.last("stats");
        return new FleetStatus(
                log.count("online"),
                log.count("suspect"),
                log.count("offline"),
                stats.map(line -> (long) line.number("heartbeatsPerSecond")).orElse(0L),
                fleet.recentRoundTrips(),
                number(stats, "heapBytesPerNode"),
                number(stats, "loopLagP99Micros"),
                number(stats, "detectionP99Millis"));
    }

    private static OptionalLong number(Optional<EventLine> stats, String name) {
        return stats.filter(line -> line.has(name))
                .map(line -> OptionalLong.of((long) line.number(name)))
                .orElse(OptionalLong.empty());
    }

    /** The nodes that are not online. */
    String missing() {
        return suspect + " suspect, " + offline + " offline";
    }

    /** The fleet's numbers, each with its name. */
    List<String> numbers() {
        List<String> numbers = new ArrayList<>();
        numbers.add(String.format(Locale.ROOT, "%,d beats/s", heartbeatsPerSecond));
        if (roundTrips.getTotalCount() > 0) {
            numbers.add(String.format(
                    Locale.ROOT,
                    "rtt p50 %.2f ms p99 %.2f ms",
                    roundTrips.getValueAtPercentile(50) / 1000.0,
                    roundTrips.getValueAtPercentile(99) / 1000.0));
        }
        loopLagP99Micros.ifPresent(
                micros -> numbers.add(String.format(Locale.ROOT, "loop lag p99 %.2f ms", micros / 1000.0)));
        heapBytesPerNode.ifPresent(bytes -> numbers.add(String.format(Locale.ROOT, "server heap %,d B/node", bytes)));
        return numbers;
    }
}
