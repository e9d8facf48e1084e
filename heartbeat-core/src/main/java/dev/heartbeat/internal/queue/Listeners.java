package dev.heartbeat.internal.queue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Several listeners of the same events. All are called on the calling thread, in the order in which
 * they were added. What one of them throws is reported, and the next is called all the same.
 *
 * @param <L> the listener's type
 */
public final class Listeners<L> {
    private final List<L> all;
    private final BiConsumer<String, Throwable> onFailure;

    /**
     * @param onFailure takes what a listener throws, and throws nothing itself
     */
    public Listeners(List<? extends L> all, BiConsumer<String, Throwable> onFailure) {
        this.all = List.copyOf(all);
        this.onFailure = onFailure;
    }

    /**
     * Calls each.
     *
     * @param of whom the event is of
     */
    public void call(String of, Consumer<? super L> call) {
        for (L listener : all) {
            callOne(of, () -> call.accept(listener));
        }
    }

    /**
     * Gives each the same bytes. Position and limit are each listener's own. The last is given the
     * buffer itself, because that may be filled anew as soon as its owner has it back.
     *
     * @param of whom the event is of
     */
    public void give(String of, ByteBuffer buffer, BiConsumer<? super L, ByteBuffer> call) {
        for (int i = 0; i < all.size(); i++) {
            L listener = all.get(i);
            ByteBuffer its = i < all.size() - 1 ? viewOf(buffer) : buffer;
            callOne(of, () -> call.accept(listener, its));
        }
    }

    private void callOne(String of, Runnable call) {
        try {
            call.run();
        } catch (Throwable failure) {
            onFailure.accept(of, failure);
        } finally {
            boolean unused = Thread.interrupted(); // It was meant for this listener, and not for the next.
        }
    }

    private static ByteBuffer viewOf(ByteBuffer buffer) {
        return buffer.duplicate().order(buffer.order());
    }
}
