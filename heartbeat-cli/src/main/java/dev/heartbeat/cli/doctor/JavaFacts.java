package dev.heartbeat.cli.doctor;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;

/**
 * A Java virtual machine, as its management beans have it.
 *
 * @param maxHeapBytes the most heap
 * @param maxDirectBytes the most memory of direct buffers
 * @param collectors the names of its collectors
 * @param processors the processors that it sees, and so a server's event loops by default
 */
public record JavaFacts(long maxHeapBytes, long maxDirectBytes, List<String> collectors, int processors) {

    /** {@return this one, which has the options that the commands of {@code ./heartbeat} have} */
    public static JavaFacts current() {
        long heap = Runtime.getRuntime().maxMemory();
        return new JavaFacts(
                heap,
                maxDirectBytes(heap),
                ManagementFactory.getGarbageCollectorMXBeans().stream()
                        .map(GarbageCollectorMXBean::getName)
                        .toList(),
                Runtime.getRuntime().availableProcessors());
    }

    /** By default as much as the heap. */
    private static long maxDirectBytes(long heap) {
        HotSpotDiagnosticMXBean flags = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        long set = flags == null
                ? 0
                : Long.parseLong(flags.getVMOption("MaxDirectMemorySize").getValue());
        return set == 0 ? heap : set;
    }
}
