package dev.heartbeat.cli;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A numbered place in a group: a process and, where the group replaces those that end by
 * themselves, its successors.
 */
final class Member {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    /** Whoever ends sooner would end again: each time the pause before the next is longer. */
    private static final Duration LONG_LIFE = Duration.ofMinutes(1);

    private final int number;
    private final ProcessGroup group;
    private final CompletableFuture<Boolean> ready = new CompletableFuture<>();
    private final CountDownLatch leaving = new CountDownLatch(1);
    private final CompletableFuture<Integer> ended = new CompletableFuture<>();
    private @Nullable ChildProcess process;

    Member(int number, ProcessGroup group) {
        this.number = number;
        this.group = group;
    }

    int number() {
        return number;
    }

    /** Starts its first process. */
    void start() {
        Thread thread = new Thread(this::live, "process " + number);
        thread.setDaemon(true);
        thread.start();
    }

    /** Completes with whether its first process became ready, or ended before. */
    CompletableFuture<Boolean> ready() {
        return ready;
    }

    /** Completes with the status of its last process. */
    CompletableFuture<Integer> ended() {
        return ended;
    }

    void becomeReady() {
        ready.complete(true);
    }

    /** Asks its process to end in order; there is no further one. */
    synchronized void stop() {
        leaving.countDown();
        if (process == null) {
            ended.complete(0);
        } else {
            process.terminate();
        }
    }

    synchronized void kill() {
        if (process != null) {
            process.kill();
        }
    }

    synchronized OptionalLong pid() {
        return process != null && process.isAlive() ? OptionalLong.of(process.pid()) : OptionalLong.empty();
    }

    synchronized Optional<Duration> cpu() {
        return process == null ? Optional.empty() : process.cpu();
    }

    private void live() {
        Duration pause = FIRST_PAUSE;
        try {
            for (ChildProcess next = next(); next != null; next = next()) {
                long startedAt = System.nanoTime();
                int status = next.awaitEnd();
                boolean wasReady = !ready.complete(false);
                Duration lived = Duration.ofNanos(System.nanoTime() - startedAt);
                pause = lived.compareTo(LONG_LIFE) > 0 ? FIRST_PAUSE : pause;
                boolean over = isLeaving() || !wasReady || !group.replaces();
                if (!isLeaving()) {
                    group.tellEnd(number, next.pid(), status, over ? null : pause);
                }
                if (over || leaving.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
                    ended.complete(status);
                    return;
                }
                pause = longer(pause);
            }
        } catch (InterruptedException | Failure e) {
            group.tell(String.valueOf(e.getMessage()));
            ready.complete(false);
        }
        ended.complete(1);
    }

    private synchronized @Nullable ChildProcess next() {
        process = isLeaving() ? null : group.startProcess(this);
        return process;
    }

    private boolean isLeaving() {
        return leaving.getCount() == 0;
    }

    private static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    }
}
