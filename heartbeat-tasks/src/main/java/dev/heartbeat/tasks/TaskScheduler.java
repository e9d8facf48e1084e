package dev.heartbeat.tasks;

import dev.heartbeat.spi.Environment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs an application's recurring tasks: what is pending goes to nodes, a queue is emptied, a report
 * is written. Each has a name, never overlaps itself, and affects no other: a task that throws is
 * counted and logged, and runs again as planned; one that blocks holds up itself alone, as long as
 * there are threads.
 *
 * <p>Any thread may call every method. A task may schedule, run and cancel tasks, itself included.
 *
 * @since 0.1
 */
public final class TaskScheduler implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Means means;
    private final BooleanSupplier runsWhile;
    private final int maxTasks;

    /** In the order in which they were scheduled; guarded by this. */
    private final Map<String, Recurring> tasks = new LinkedHashMap<>();
    /** Not null once it is closing; guarded by this. */
    private @Nullable CompletableFuture<Void> closed;

    private TaskScheduler(Means means, BooleanSupplier runsWhile, int maxTasks) {
        this.means = means;
        this.runsWhile = runsWhile;
        this.maxTasks = maxTasks;
    }

    /** {@return a builder of schedulers} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a scheduler with the default of every option} */
    public static TaskScheduler create() {
        return builder().build();
    }

    /**
     * Schedules a task; a run begins so long after the end of the last one. As
     * {@link #schedule(String, Schedule, Task)}.
     *
     * @param interval 1 ms or more
     * @return the task
     */
    public ScheduledTask schedule(String name, Duration interval, Task task) {
        Objects.requireNonNull(interval, "interval");
        return schedule(name, Schedule.withDelay(interval), task);
    }

    /**
     * Schedules a task.
     *
     * @param name that no other task has, for the log and {@link #tasks}
     * @return the task
     * @throws IllegalArgumentException if the name is empty, or another task has it
     * @throws IllegalStateException if this is closing, or has as many tasks as it may
     */
    public ScheduledTask schedule(String name, Schedule schedule, Task task) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(schedule, "schedule");
        Objects.requireNonNull(task, "task");
        if (name.isBlank()) {
            throw new IllegalArgumentException("name is empty");
        }
        Recurring recurring = new Recurring(name, schedule, task, means, runsWhile, this::remove);
        synchronized (this) {
            if (closed != null) {
                throw new IllegalStateException("the scheduler is closed; it takes no task " + name);
            }
            if (tasks.containsKey(name)) {
                throw new IllegalArgumentException("a task " + name + " is scheduled already; cancel it first");
            }
            if (tasks.size() >= maxTasks) {
                throw new IllegalStateException("there are " + maxTasks + " tasks already (maxTasks)");
            }
            tasks.put(name, recurring);
        }
        recurring.begin();
        return recurring;
    }

    private synchronized void remove(Recurring task) {
        tasks.remove(task.name(), task);
    }

    /** {@return all tasks as they are now, in the order in which they were scheduled} */
    public List<TaskStats> tasks() {
        return all().stream().map(Recurring::stats).toList();
    }

    private synchronized List<Recurring> all() {
        return new ArrayList<>(tasks.values());
    }

    /**
     * Ends the tasks in reverse order: each is cancelled when those that were scheduled after it have
     * ended, and goes on as planned until then. Takes no new task. When {@code patience} is over, all
     * are cancelled, and what runs is interrupted and not waited for any more.
     *
     * @param patience zero or more, for all tasks together
     * @return completes when no task runs, or patience is over. A second call returns the same
     *     future, and changes nothing
     * @throws IllegalArgumentException if it is negative
     */
    public CompletableFuture<Void> closeAsync(Duration patience) {
        if (Objects.requireNonNull(patience, "patience").isNegative()) {
            throw new IllegalArgumentException("patience is " + patience + ", allowed is 0 and more");
        }
        CompletableFuture<Void> end = new CompletableFuture<>();
        synchronized (this) {
            if (closed != null) {
                return closed.copy();
            }
            closed = end;
        }
        List<Recurring> latestFirst = all();
        Collections.reverse(latestFirst);
        CompletableFuture<Void> ended = CompletableFuture.completedFuture(null);
        for (Recurring task : latestFirst) {
            ended = ended.thenCompose(before -> task.end());
        }
        CompletableFuture<?> unused = ended.thenRun(() -> end.complete(null));
        means.after(Schedule.shorter(patience), () -> {
            if (!end.isDone()) {
                latestFirst.forEach(Recurring::interrupt);
                end.complete(null);
            }
        });
        return end.whenComplete((done, failure) -> means.close());
    }

    /**
     * {@link #closeAsync}, and waits for it. Not for a thread of the scheduler, which would wait for
     * itself, nor in a simulation.
     */
    public void close(Duration patience) {
        closeAsync(patience).join();
    }

    /** {@link #close(Duration)}, with a patience of 5 s. */
    @Override
    public void close() {
        close(PATIENCE);
    }

    /**
     * Collects the options of a scheduler. Not thread-safe.
     *
     * @since 0.1
     */
    public static final class Builder {
        private @Nullable Means means;
        private int threads = 16;
        private int maxTasks = 100_000;
        private BooleanSupplier runsWhile = () -> true;

        private Builder() {}

        /**
         * The most threads that run tasks, on a JDK without virtual threads; 16 by default. With
         * virtual threads, from JDK 21 on, each run has one of its own.
         *
         * @param value 1 to 10,000
         * @return this builder
         * @throws IllegalArgumentException if it is out of that range
         */
        public Builder threads(int value) {
            threads = Ranges.require("threads", value, 1, 10_000);
            return this;
        }

        /**
         * Tasks at most; 100,000 by default.
         *
         * @param value 1 or more
         * @return this builder
         * @throws IllegalArgumentException if it is less
         */
        public Builder maxTasks(int value) {
            maxTasks = Ranges.require("maxTasks", value, 1, Integer.MAX_VALUE);
            return this;
        }

        /**
         * Asked before each run; a run that it refuses is left out, and counted. So tasks run while a
         * server does ({@code () -> server.state() == ServerState.RUNNING}), or on one member of
         * several.
         *
         * @param value any thread may call it; it must return at once
         * @return this builder
         */
        public Builder runsWhile(BooleanSupplier value) {
            runsWhile = Objects.requireNonNull(value, "runsWhile");
            return this;
        }

        /**
         * Takes time and threads from elsewhere, such as a simulated host:
         * {@code environment(host.transport().environment(), host::after)}.
         *
         * @return this builder
         */
        public Builder environment(Environment value, TaskTimer timer) {
            Objects.requireNonNull(value, "environment");
            Objects.requireNonNull(timer, "timer");
            means = Means.of(value, timer);
            return this;
        }

        /** {@return a scheduler without tasks} */
        public TaskScheduler build() {
            return new TaskScheduler(means == null ? Means.ofTheProcess(threads) : means, runsWhile, maxTasks);
        }
    }
}
