package dev.heartbeat.cli;

import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/**
 * Measures what a node costs in heap. Only what is left after a garbage collection says anything, so it asks for one: when it is
 * made, before the first node, and then whenever the fleet has changed and stood still again from one look to the next. That
 * stops the program for a moment, so it is for those who want to know.
 */
final class HeapMeter {
    private final long bytesWithoutNodes = usedAfterCollection();
    private long nodesBefore;
    private long nodesMeasured;
    private @Nullable Long bytesPerNode;

    /** Bytes of heap in use now, garbage included. */
    static long used() {
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** Looks at a fleet of so many nodes; returns the bytes a node costs, null before the first measurement. */
    @Nullable
    Long bytesPerNode(long nodes) {
        if (nodes > 0 && nodes == nodesBefore && nodes != nodesMeasured) {
            bytesPerNode = Math.max(0, usedAfterCollection() - bytesWithoutNodes) / nodes;
            nodesMeasured = nodes;
        }
        nodesBefore = nodes;
        return bytesPerNode;
    }

    private static long usedAfterCollection() {
        System.gc();
        return used();
    }
}
