package dev.heartbeat.sockets;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Tasks on their way to a loop: any thread adds, the loop alone takes, and takes all there are at
 * once. So a task that adds itself again comes with the next batch, and cannot keep the loop from
 * its sockets.
 *
 * <p>It is a stack that the loop turns around. That gives two things a queue does not: whoever adds
 * learns for nothing whether it was the first, and so whether the loop has to be woken; and one
 * swap ends it, after which a task is either in the last batch or refused, never lost between the
 * two.
 */
final class TaskQueue {

    private static final Node ENDED = new Node(() -> {}, null);

    private final AtomicReference<@Nullable Node> newest = new AtomicReference<>();

    /** The rest of the batch taken last, oldest first. The loop's own. */
    private @Nullable Node batch;

    /**
     * Adds a task, from any thread.
     *
     * @return whether it is the first since the loop took the last batch
     */
    boolean add(Runnable task) {
        while (true) {
            Node before = newest.get();
            if (before == ENDED) {
                throw new RejectedExecutionException("the event loop has ended");
            }
            if (newest.compareAndSet(before, new Node(task, before))) {
                return before == null;
            }
        }
    }

    boolean isEmpty() {
        return batch == null && newest.get() == null;
    }

    /** Takes what was added so far, or first what a batch cut short has left. Not after the end. */
    void takeBatch() {
        if (batch == null && newest.get() != null) {
            batch = oldestFirst(newest.getAndSet(null));
        }
    }

    /** The next task of the batch, or null at its end. */
    @Nullable
    Runnable next() {
        Node node = batch;
        if (node == null) {
            return null;
        }
        batch = node.next;
        return node.task;
    }

    /**
     * Refuses all tasks from now on, and makes those that came before the last batch. Called once.
     */
    void end() {
        batch = oldestFirst(newest.getAndSet(ENDED));
    }

    private static @Nullable Node oldestFirst(@Nullable Node newest) {
        Node turned = null;
        for (Node node = newest; node != null; ) {
            Node older = node.next;
            node.next = turned;
            turned = node;
            node = older;
        }
        return turned;
    }

    private static final class Node {
        final Runnable task;

        @Nullable
        Node next;

        Node(Runnable task, @Nullable Node next) {
            this.task = task;
            this.next = next;
        }
    }
}
