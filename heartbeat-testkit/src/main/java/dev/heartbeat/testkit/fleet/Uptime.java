package dev.heartbeat.testkit.fleet;

import java.util.ArrayList;
import java.util.List;

/** When an event loop was stopped. */
final class Uptime {
    private final List<long[]> stops = new ArrayList<>();

    /** It is stopped from one time to the other, which may lie ahead. */
    void stopped(long fromNs, long untilNs) {
        stops.add(new long[] {fromNs, untilNs});
    }

    /** Whatever stopped it is over. */
    void goesOn(long nowNs) {
        stops.forEach(stop -> stop[1] = Math.min(stop[1], nowNs));
    }

    /**
     * The part of the time between the two for which it was stopped; overlapping stops count once.
     */
    long stoppedNs(long fromNs, long untilNs) {
        List<long[]> sorted = new ArrayList<>(stops);
        sorted.sort((a, b) -> Long.compare(a[0], b[0]));
        long sum = 0;
        long at = fromNs;
        for (long[] stop : sorted) {
            long begin = Math.max(at, stop[0]);
            long end = Math.min(untilNs, stop[1]);
            if (end > begin) {
                sum += end - begin;
                at = end;
            }
        }
        return sum;
    }

    /** The number of times it was stopped since then. */
    long stops(long sinceNs) {
        return stops.stream().filter(stop -> stop[1] > sinceNs).count();
    }

    /** When it last went on before a time; {@link Long#MIN_VALUE} if it was never stopped. */
    long lastStopEndNs(long beforeNs) {
        long last = Long.MIN_VALUE;
        for (long[] stop : stops) {
            if (stop[0] < beforeNs) {
                last = Math.max(last, Math.min(stop[1], beforeNs));
            }
        }
        return last;
    }
}
