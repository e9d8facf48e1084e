package dev.heartbeat.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Whatever an executor does with a task, that runs once, and not on the thread that brings it. */
final class ApplicationExecutorTest {
    private final List<Runnable> atWorkers = new ArrayList<>();
    private final Queue<Runnable> accepted = new ArrayDeque<>();
    private int runs;

    private ApplicationExecutor over(Executor application) {
        return new ApplicationExecutor(application, atWorkers::add, List.of(), UnaryOperator.identity());
    }

    private void run() {
        runs++;
    }

    @Test
    void oneThatTakesATaskRunsIt() {
        ApplicationExecutor executor = over(accepted::add);
        executor.execute(this::run);
        assertThat(runs).isZero();
        accepted.remove().run();

        assertThat(runs).isEqualTo(1);
        assertThat(atWorkers).isEmpty();
        assertThat(executor.redirected()).isZero();
    }

    @Test
    void whatItRunsTwiceRunsOnce() {
        over(accepted::add).execute(this::run);
        accepted.element().run();
        accepted.element().run();

        assertThat(runs).isEqualTo(1);
    }

    @Test
    void whatItRunsOnTheThreadThatBringsItIsTheWorkers() {
        ApplicationExecutor executor = over(Runnable::run);
        executor.execute(this::run);
        assertThat(runs).isZero();
        atWorkers.forEach(Runnable::run);

        assertThat(runs).isEqualTo(1);
        assertThat(executor.redirected()).isEqualTo(1);
    }

    @Test
    void whatItRefusesIsTheWorkers() {
        ApplicationExecutor executor = over(task -> {
            throw new RejectedExecutionException("full");
        });
        executor.execute(this::run);
        executor.execute(this::run);
        atWorkers.forEach(Runnable::run);

        assertThat(runs).isEqualTo(2);
        assertThat(executor.redirected()).isEqualTo(2);
    }

    /** No thread can be had, say. */
    @Test
    void anErrorIsARefusalToo() {
        ApplicationExecutor executor = over(task -> {
            throw new OutOfMemoryError("a test's");
        });
        executor.execute(this::run);

        assertThat(atWorkers).hasSize(1);
    }

    @Test
    void whatItAcceptsAndRefusesAllTheSameRunsOnce() {
        ApplicationExecutor executor = over(task -> {
            accepted.add(task);
            throw new IllegalStateException("a test's");
        });
        executor.execute(this::run);
        atWorkers.forEach(Runnable::run);
        accepted.forEach(Runnable::run);

        assertThat(runs).isEqualTo(1);
    }

    @Test
    void whatItRunsHereAndRefusesAllTheSameRunsOnce() {
        ApplicationExecutor executor = over(task -> {
            task.run();
            throw new IllegalStateException("a test's");
        });
        executor.execute(this::run);
        assertThat(runs).isZero();
        atWorkers.forEach(Runnable::run);

        assertThat(runs).isEqualTo(1);
    }

    /** The threads of a pool may bring tasks to it themselves, and run them later. */
    @Test
    void theThreadThatBroughtATaskMayRunItLater() {
        ApplicationExecutor executor = over(accepted::add);
        executor.execute(this::run);
        accepted.forEach(Runnable::run);

        assertThat(runs).isEqualTo(1);
        assertThat(executor.redirected()).isZero();
    }

    /** The workers have ended with their transport. */
    @Test
    void nobodyIsLeftWhereTheWorkersRefuseToo() {
        Executor refusing = task -> {
            throw new RejectedExecutionException("closed");
        };
        ApplicationExecutor executor = new ApplicationExecutor(refusing, refusing, List.of(), UnaryOperator.identity());
        assertThatThrownBy(() -> executor.execute(this::run)).isInstanceOf(RejectedExecutionException.class);
        ApplicationExecutor direct =
                new ApplicationExecutor(Runnable::run, refusing, List.of(), UnaryOperator.identity());
        assertThatThrownBy(() -> direct.execute(this::run)).isInstanceOf(RejectedExecutionException.class);
        assertThat(runs).isZero();
    }

    // ---- waiting

    private void waitsOnce() {
        ApplicationExecutor.beginWait();
        ApplicationExecutor.endWait();
        runs++;
    }

    private ThreadPoolExecutor pool(int core, int max, boolean queues) {
        return new ThreadPoolExecutor(
                core, max, 1, TimeUnit.SECONDS, queues ? new LinkedBlockingQueue<>() : new SynchronousQueue<>()) {
            @Override
            public void execute(Runnable task) {
                accepted.add(task);
            }
        };
    }

    @Test
    void theLastThreadOfAPoolDoesNotWait() {
        List<String> refusals = new ArrayList<>();
        ThreadPoolExecutor two = pool(2, 9, true);
        Runnable waits = () -> {
            try {
                ApplicationExecutor.beginWait();
            } catch (IllegalStateException e) {
                refusals.add(e.getMessage());
                return;
            }
            accepted.remove().run(); // As another thread would, meanwhile.
            ApplicationExecutor.endWait();
        };
        over(two).execute(waits);
        over(two).execute(waits);
        accepted.remove().run();
        assertThat(refusals).singleElement().asString().contains("waiting here would never end", "of the 2 threads");

        over(two).execute(() -> waitsOnce());
        accepted.remove().run();
        assertThat(runs).isEqualTo(1);
    }

    @Test
    void aPoolThatGrowsMayWait() {
        ThreadPoolExecutor grows = pool(0, 9, false);
        over(grows).execute(() -> waitsOnce());
        accepted.remove().run();
        assertThat(runs).isEqualTo(1);
    }

    @Test
    void otherExecutorsMayWait() {
        over(accepted::add).execute(() -> waitsOnce());
        accepted.remove().run();
        assertThat(runs).isEqualTo(1);
    }
}
