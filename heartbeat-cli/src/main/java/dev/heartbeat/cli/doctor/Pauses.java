package dev.heartbeat.cli.doctor;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The time for which a thread of this process stood still, while it made garbage.
 *
 * @param measured for so long
 * @param longest the longest time by which a sleep of a millisecond was late
 * @param collections garbage collections meanwhile
 * @param collectionTime the time that those took
 * @param clockStep by how much the time of day went otherwise than the monotonic clock
 */
public record Pauses(
        Duration measured, Duration longest, long collections, Duration collectionTime, Duration clockStep) {
    private static final int GARBAGE_BYTES = 256 << 10;

    /** {@return what is measured for this long} */
    public static Pauses measure(Duration time) {
        long collections = allCollections();
        long collectionMillis = allMillis();
        long wallMillis = System.currentTimeMillis();
        long start = System.nanoTime();
        long longest = 0;
        long kept = 0;
        long now = start;
        while (now - start < time.toNanos()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            kept += new byte[GARBAGE_BYTES].length;
            long after = System.nanoTime();
            longest = Math.max(longest, after - now - TimeUnit.MILLISECONDS.toNanos(1));
            now = after;
        }
        long wall = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis() - wallMillis);
        return new Pauses(
                Duration.ofNanos(now - start),
                Duration.ofNanos(kept == 0 ? 0 : longest),
                allCollections() - collections,
                Duration.ofMillis(allMillis() - collectionMillis),
                Duration.ofNanos(wall - (now - start)));
    }

    private static long allCollections() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionCount)
                .sum();
    }

    private static long allMillis() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                .sum();
    }
}
