package dev.heartbeat.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

final class SerialExecutorTest {
    private final Queue<Runnable> workers = new ArrayDeque<>();
    private final List<Object> happened = new ArrayList<>();
    private boolean ended;

    private final SerialExecutor executor = new SerialExecutor(new SerialExecutor.Owner() {
        @Override
        public Executor workers() {
            return task -> {
                if (ended) {
                    throw new RejectedExecutionException("ended");
                }
                workers.add(task);
            };
        }

        @Override
        public void onFailure(Throwable failure) {
            happened.add(failure.getMessage());
        }

        @Override
        public void onIdle() {
            happened.add("idle");
        }
    });

    private void work() {
        while (!workers.isEmpty()) {
            workers.remove().run();
        }
    }

    @Test
    void runsInOrderAndTellsWhenItIsIdle() {
        executor.add(() -> happened.add(1));
        executor.add(() -> happened.add(2));
        assertThat(workers).hasSize(1);
        assertThat(executor.isIdle()).isFalse();
        work();

        assertThat(happened).containsExactly(1, 2, "idle");
        assertThat(executor.isIdle()).isTrue();
    }

    @Test
    void finishesWhatItHasTakenWhenTheThreadsEnd() {
        for (int i = 0; i < 1000; i++) {
            executor.add(() -> happened.add(1));
        }
        ended = true;
        work();

        assertThat(happened).hasSize(1001).endsWith("idle");
    }

    @Test
    void callThatThrowsAnErrorIsFollowedByTheNext() {
        executor.add(() -> {
            throw new StackOverflowError("planted");
        });
        executor.add(() -> happened.add(2));
        work();

        assertThat(happened).containsExactly("planted", 2, "idle");
    }

    @Test
    void callThatAddsACallIsNotEntered() {
        executor.add(() -> {
            executor.add(() -> happened.add("inner"));
            happened.add("outer");
        });
        work();

        assertThat(happened).containsExactly("outer", "inner", "idle");
    }

    @Test
    void longQueueLetsOthersWorkInBetween() {
        for (int i = 0; i < 1000; i++) {
            executor.add(() -> {});
        }
        workers.remove().run();
        assertThat(workers).as("the rest, behind others").hasSize(1);
        assertThat(happened).isEmpty();
        work();
        assertThat(happened).containsExactly("idle");
    }
}
