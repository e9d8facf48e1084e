package dev.heartbeat.tasks;

import dev.heartbeat.spi.Environment;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The clock, the timer and the threads of a scheduler or a limiter. Any thread. */
interface Means {

    /** As {@link Environment#monotonicNanos}. */
    long nanos();

    long wallMillis();

    /** As {@link TaskTimer#after}; nothing once this is closed. */
    void after(Duration delay, Runnable task);

    void execute(Runnable task);

    /** Threads of its own end when they are free. */
    void close();

    /** Those of an environment. */
    static Means of(Environment environment, TaskTimer timer) {
        return new Given(environment, timer);
    }

    /**
     * Those of this process: virtual threads where the JDK has them.
     *
     * @param threads how many there are at most where it has none
     */
    static Means ofTheProcess(int threads) {
        return new Own(timer(), Own.threads(threads));
    }

    private static ScheduledThreadPoolExecutor timer() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, Own.daemons("heartbeat-tasks-timer"));
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return timer;
    }

    /** Of a transport, such as a simulated one. */
    record Given(Environment environment, TaskTimer timer) implements Means {

        @Override
        public long nanos() {
            return environment.monotonicNanos();
        }

        @Override
        public long wallMillis() {
            return environment.wallClockMillis();
        }

        @Override
        public void after(Duration delay, Runnable task) {
            timer.after(delay, task);
        }

        @Override
        public void execute(Runnable task) {
            environment.workers().execute(task);
        }

        @Override
        public void close() {
            // They are the transport's.
        }
    }

    /** Of this process. */
    record Own(ScheduledThreadPoolExecutor timer, ExecutorService threads) implements Means {

        static ExecutorService threads(int most) {
            try {
                return (ExecutorService) Executors.class
                        .getMethod("newVirtualThreadPerTaskExecutor")
                        .invoke(null);
            } catch (ReflectiveOperationException beforeJdk21) {
                ThreadPoolExecutor pool = new ThreadPoolExecutor(
                        most, most, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), daemons("heartbeat-tasks"));
                pool.allowCoreThreadTimeOut(true);
                return pool;
            }
        }

        static ThreadFactory daemons(String name) {
            return task -> {
                Thread thread = new Thread(task, name);
                thread.setDaemon(true);
                return thread;
            };
        }

        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public long wallMillis() {
            return System.currentTimeMillis();
        }

        @Override
        public void after(Duration delay, Runnable task) {
            if (!timer.isShutdown()) {
                var unused = timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
            }
        }

        @Override
        public void execute(Runnable task) {
            threads.execute(task);
        }

        @Override
        public void close() {
            timer.shutdown();
            threads.shutdown();
        }
    }
}
