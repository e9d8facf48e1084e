package dev.heartbeat.cli;

import dev.heartbeat.bench.process.OwnMemory;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/**
 * Measures what a node costs in heap. Only what is left after a garbage collection says anything,
 * so it asks for one: when it is made, before the first node, and then whenever the fleet has
 * changed and stood still again from one look to the next. That stops the program for a moment, so
 * it is for those who want to know.
 */
final class HeapMeter {
    private final long bytesWithoutNodes = OwnMemory.heapAfterCollection();
    private long nodesBefore;
    private long nodesMeasured;
    private @Nullable Long bytesPerNode;

    /** Bytes of heap in use now, garbage included. */
    static long used() {
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /**
     * Looks at a fleet of so many nodes; returns the bytes a node costs, null if that is not known.
     */
    @Nullable
    Long bytesPerNode(long nodes) {
        if (nodes > 0 && nodes == nodesBefore && nodes != nodesMeasured) {
            long bytes = OwnMemory.heapAfterCollection() - bytesWithoutNodes;
            // A handful of nodes is less than what else comes and goes.
            bytesPerNode = bytes > 0 ? bytes / nodes : null;
            nodesMeasured = nodes;
        }
        nodesBefore = nodes;
        return bytesPerNode;
    }
}
