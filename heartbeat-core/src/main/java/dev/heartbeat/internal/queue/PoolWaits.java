package dev.heartbeat.internal.queue;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;

/**
 * The threads of the application's pools that wait for the bus in callbacks. Of each pool one must
 * be left to make the callback that they wait for. Other executors do not say how many threads they
 * have, and are not counted. Several servers and clients may share a pool. Any thread.
 */
final class PoolWaits {
    /** Pools of which no thread waits have no entry. */
    private static final Map<ThreadPoolExecutor, Integer> WAITING = new ConcurrentHashMap<>();

    private PoolWaits() {}

    /**
     * A thread of this executor is about to wait.
     *
     * @throws IllegalStateException if it is the last
     */
    static void begin(Executor executor) {
        if (executor instanceof ThreadPoolExecutor pool) {
            int threads = threadsOf(pool);
            int waiting = WAITING.merge(pool, 1, Integer::sum);
            if (waiting >= threads) {
                end(executor);
                throw CallbackThreads.refused("of the " + threads
                        + " threads of callbackExecutor all others wait for the bus already, and one must be left");
            }
        }
    }

    static void end(Executor executor) {
        if (executor instanceof ThreadPoolExecutor pool) {
            WAITING.computeIfPresent(pool, (same, waiting) -> waiting == 1 ? null : waiting - 1);
        }
    }

    /** The threads that it has at least for tasks that wait: a pool that queues grows only later. */
    private static int threadsOf(ThreadPoolExecutor pool) {
        return pool.getQueue() instanceof SynchronousQueue
                ? pool.getMaximumPoolSize()
                : Math.max(1, pool.getCorePoolSize());
    }
}
