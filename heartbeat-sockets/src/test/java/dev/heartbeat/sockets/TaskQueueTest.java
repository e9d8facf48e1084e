package dev.heartbeat.sockets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

final class TaskQueueTest {

    private static final int TASKS_PER_THREAD = 20_000;

    private final TaskQueue tasks = new TaskQueue();
    private final List<Integer> ran = new ArrayList<>();

    @Test
    void runsInTheOrderOfAdding() {
        for (int i = 0; i < 5; i++) {
            add(i);
        }
        runOneBatch();
        assertThat(ran).containsExactly(0, 1, 2, 3, 4);
        assertThat(tasks.isEmpty()).isTrue();
    }

    @Test
    void tellsTheFirstOfABatch() {
        assertThat(add(1)).isTrue();
        assertThat(add(2)).isFalse();
        tasks.takeBatch();
        assertThat(add(3)).isTrue();
    }

    @Test
    void tasksAddedMeanwhileRunInTheNextBatch() {
        tasks.add(() -> {
            ran.add(1);
            add(2);
        });
        runOneBatch();
        assertThat(ran).containsExactly(1);
        assertThat(tasks.isEmpty()).isFalse();
        runOneBatch();
        assertThat(ran).containsExactly(1, 2);
    }

    @Test
    void aBatchCutShortIsFinishedFirst() {
        add(1);
        add(2);
        tasks.takeBatch();
        tasks.next().run();
        add(3);
        runOneBatch();
        assertThat(ran).containsExactly(1, 2);
        runOneBatch();
        assertThat(ran).containsExactly(1, 2, 3);
    }

    @Test
    void refusesAfterTheEnd() {
        add(1);
        tasks.end();
        assertThatThrownBy(() -> add(2)).isInstanceOf(RejectedExecutionException.class);
        runBatch();
        assertThat(ran).containsExactly(1);
    }

    /**
     * Threads add while the queue is drained and ended: each task is run once or refused, in the
     * order of its thread.
     */
    @Test
    void losesNothingBetweenThreads() throws InterruptedException {
        ConcurrentLinkedQueue<String> accepted = new ConcurrentLinkedQueue<>();
        List<String> taken = new ArrayList<>();
        List<Thread> adders = new ArrayList<>();
        for (String name : List.of("a", "b")) {
            Thread adder = new Thread(() -> addUntilRefused(name, accepted, taken), name);
            adders.add(adder);
            adder.start();
        }
        while (taken.size() < TASKS_PER_THREAD) {
            runOneBatch();
        }
        tasks.end();
        runBatch();
        for (Thread adder : adders) {
            adder.join();
        }
        assertThat(taken).hasSameSizeAs(accepted).doesNotHaveDuplicates();
        for (String name : List.of("a", "b")) {
            assertThat(taken.stream().filter(task -> task.startsWith(name)).toList())
                    .isEqualTo(accepted.stream()
                            .filter(task -> task.startsWith(name))
                            .toList());
        }
    }

    private void addUntilRefused(String name, ConcurrentLinkedQueue<String> accepted, List<String> taken) {
        try {
            for (int i = 0; i < TASKS_PER_THREAD; i++) {
                String task = name + i;
                tasks.add(() -> taken.add(task));
                accepted.add(task);
            }
        } catch (RejectedExecutionException e) {
            assertThat(e).hasMessageContaining("ended");
        }
    }

    private boolean add(int number) {
        return tasks.add(() -> ran.add(number));
    }

    private void runOneBatch() {
        tasks.takeBatch();
        runBatch();
    }

    private void runBatch() {
        for (Runnable task = tasks.next(); task != null; task = tasks.next()) {
            task.run();
        }
    }
}
