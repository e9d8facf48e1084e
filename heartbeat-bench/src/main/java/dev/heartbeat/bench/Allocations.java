package dev.heartbeat.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.HashMap;
import java.util.Map;

/**
 * The allocations of the threads of this process, by what they are for. Allocations of a thread
 * between the last count and its end are missed.
 */
final class Allocations {
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Map<Long, Long> counted = new HashMap<>();
    private long loops;
    private long others;

    void count() {
        for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread != null) {
                count(thread.getThreadId(), thread.getThreadName());
            }
        }
    }

    private void count(long id, String name) {
        long now = threads.getThreadAllocatedBytes(id);
        Long before = counted.put(id, now);
        long since = Math.max(0, now - (before == null ? 0 : before));
        if (name.startsWith("heartbeat-nio-") || name.equals(PlainReceiver.THREAD)) {
            loops += since;
        } else if (name.startsWith("heartbeat-worker-") || name.equals(Sender.THREAD)) {
            others += since;
        }
    }

    /** The allocations of the threads that read and write sockets. */
    long loops() {
        return loops;
    }

    /** The allocations of workers, and of the application that sends. */
    long others() {
        return others;
    }
}
