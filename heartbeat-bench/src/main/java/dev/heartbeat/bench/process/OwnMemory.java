package dev.heartbeat.bench.process;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The memory that this process holds, as its own JVM counts it. */
public final class OwnMemory {
    private static final long CLEANING_MILLIS = 100;

    private OwnMemory() {}

    /**
     * Bytes that a collection leaves; not what is in use after it: by then threads have taken fresh
     * buffers of megabytes. It asks for two, the second after a moment in which cleaners run: only
     * then what closed channels held is gone.
     */
    public static long heapAfterCollection() {
        System.gc();
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(CLEANING_MILLIS));
        System.gc();
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getCollectionUsage)
                .filter(Objects::nonNull)
                .mapToLong(MemoryUsage::getUsed)
                .sum();
    }

    /** Bytes of direct buffers. */
    public static long direct() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }
}
