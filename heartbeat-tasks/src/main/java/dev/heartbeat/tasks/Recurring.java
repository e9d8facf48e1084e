package dev.heartbeat.tasks;

import dev.heartbeat.internal.log.LogEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A task with its plan and its counts. It is planned, or runs, or has ended; what a timer says of an
 * older plan counts for nothing. All state is guarded by this.
 */
final class Recurring implements ScheduledTask {
    private static final LogEvent THREW = LogEvent.warn(
            Recurring.class,
            "heartbeat.tasks.threw",
            "task {task} threw, and runs again as planned; {failures} of {runs} runs failed so far");
    private static final LogEvent INTERRUPTED = LogEvent.warn(
            Recurring.class,
            "heartbeat.tasks.interrupted",
            "task {task} still runs after {millis} ms; closing without waiting for it");

    private final String name;
    private final Schedule schedule;
    private final Task task;
    private final Means means;
    private final BooleanSupplier runsWhile;
    private final Consumer<Recurring> onCancelled;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private boolean isRunning;
    private boolean isCancelled;
    private @Nullable Thread thread;
    /** Of the plan that is in force. */
    private long plan;

    private long plannedNs;
    private long beganNs;
    private long beganMillis;
    private long runs;
    private long failures;
    private long skipped;
    private long notHere;
    private @Nullable Instant lastRun;
    private @Nullable Duration lastDuration;
    private Duration longest = Duration.ZERO;
    private Duration lateness = Duration.ZERO;
    private @Nullable Throwable lastFailure;

    Recurring(
            String name,
            Schedule schedule,
            Task task,
            Means means,
            BooleanSupplier runsWhile,
            Consumer<Recurring> onCancelled) {
        this.name = name;
        this.schedule = schedule;
        this.task = task;
        this.means = means;
        this.runsWhile = runsWhile;
        this.onCancelled = onCancelled;
    }

    synchronized void begin() {
        plannedNs = means.nanos();
        planAfter(schedule.first());
    }

    private void planAfter(Duration delay) {
        plannedNs += delay.toNanos();
        long made = ++plan;
        means.after(Duration.ofNanos(Math.max(0, plannedNs - means.nanos())), () -> onDue(made));
    }

    private void onDue(long made) {
        synchronized (this) {
            if (made != plan || isRunning || isCancelled) {
                return;
            }
            isRunning = true;
        }
        execute();
    }

    @Override
    public boolean runNow() {
        synchronized (this) {
            if (isRunning || isCancelled) {
                return false;
            }
            isRunning = true;
            plan++; // The time that was planned is not kept.
            plannedNs = means.nanos();
        }
        execute();
        return true;
    }

    private void execute() {
        try {
            means.execute(this::run);
        } catch (Throwable refused) { // Its threads are closed, or there are no more.
            ends(false, refused);
            afterRun();
        }
    }

    private void run() {
        if (begins()) {
            Throwable failure = null;
            boolean isHere = false;
            try {
                isHere = runsWhile.getAsBoolean();
                if (isHere) {
                    task.run();
                }
            } catch (Throwable thrown) { // Of whichever kind: the next run comes all the same.
                failure = thrown;
            }
            boolean unused = interruptedMeanwhile();
            ends(isHere, failure);
        }
        afterRun();
    }

    private synchronized boolean begins() {
        if (isCancelled) {
            return false;
        }
        thread = Thread.currentThread();
        beganNs = means.nanos();
        beganMillis = means.wallMillis();
        return true;
    }

    /** The thread may have others to serve. */
    private synchronized boolean interruptedMeanwhile() {
        boolean hasRun = thread != null;
        thread = null;
        return hasRun && Thread.interrupted();
    }

    private void ends(boolean isHere, @Nullable Throwable failure) {
        long failed;
        long of;
        synchronized (this) {
            if (!isHere && failure == null) {
                notHere++;
                return;
            }
            runs++;
            lastRun = Instant.ofEpochMilli(beganMillis);
            lateness = Duration.ofNanos(Math.max(0, beganNs - plannedNs));
            lastDuration = Duration.ofNanos(means.nanos() - beganNs);
            longest = lastDuration.compareTo(longest) > 0 ? lastDuration : longest;
            if (failure == null) {
                return;
            }
            lastFailure = failure;
            failed = ++failures;
            of = runs;
        }
        if (Long.bitCount(failed) == 1) { // It may fail at each run.
            boolean unused = THREW.logCause(failure, name, failed, of);
        }
    }

    private void afterRun() {
        synchronized (this) {
            isRunning = false;
            if (!isCancelled) {
                planNext();
                return;
            }
        }
        ended.complete(null);
    }

    private void planNext() {
        long nowNs = means.nanos();
        if (!schedule.isAtRate()) {
            plannedNs = nowNs;
            planAfter(schedule.interval());
            return;
        }
        long intervalNs = schedule.interval().toNanos();
        long missed = Math.max(0, (nowNs - plannedNs) / intervalNs);
        skipped += missed;
        plannedNs += missed * intervalNs;
        planAfter(schedule.interval());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void cancel() {
        boolean isOver;
        synchronized (this) {
            isCancelled = true;
            isOver = !isRunning;
        }
        onCancelled.accept(this);
        if (isOver) {
            ended.complete(null);
        }
    }

    /** Cancels it; the future completes at the end of the run that is under way. */
    CompletableFuture<Void> end() {
        cancel();
        return ended;
    }

    /** The scheduler waits no more for it. */
    void interrupt() {
        cancel();
        long forNs;
        synchronized (this) {
            if (thread == null) {
                return;
            }
            forNs = means.nanos() - beganNs;
            thread.interrupt();
        }
        INTERRUPTED.log(name, forNs / 1_000_000);
    }

    @Override
    public synchronized TaskStats stats() {
        boolean isPlanned = !isRunning && !isCancelled;
        long inMillis = (plannedNs - means.nanos()) / 1_000_000;
        return new TaskStats(
                name,
                schedule,
                isRunning,
                runs,
                failures,
                skipped,
                notHere,
                lastRun,
                lastDuration,
                longest,
                lateness,
                isPlanned ? Instant.ofEpochMilli(means.wallMillis()).plusMillis(Math.max(0, inMillis)) : null,
                lastFailure);
    }

    @Override
    public String toString() {
        return "task " + name;
    }
}
