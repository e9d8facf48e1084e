package dev.heartbeat.internal.channel;

import dev.heartbeat.internal.loop.Loop;
import dev.heartbeat.internal.queue.CallbackOrder;
import dev.heartbeat.internal.queue.CallbackThreads;
import dev.heartbeat.internal.queue.SerialExecutor;
import java.util.concurrent.Executor;

/**
 * The order in which the application hears of a channel. Its calls are made by a serial executor;
 * those of a channel that is INLINE on the loop, and there behind the application's decision to
 * accept it. Any thread.
 */
final class ChannelCallbacks implements CallbackOrder, SerialExecutor.Owner {
    private final ChannelOwner home;
    private final Loop loop;
    private final String name;
    private final boolean inline;
    private final SerialExecutor executor = new SerialExecutor(this);
    /** Whether the application has named its listener; until then, events wait for that. */
    private volatile boolean decided;

    /**
     * @param inline whether calls are made on the loop
     * @param decided whether the listener is known
     */
    ChannelCallbacks(ChannelOwner home, Loop loop, String name, boolean inline, boolean decided) {
        this.home = home;
        this.loop = loop;
        this.name = name;
        this.inline = inline;
        this.decided = decided;
    }

    boolean areInline() {
        return inline;
    }

    /** The application has named its listener. On the loop. */
    void decided() {
        decided = true;
    }

    @Override
    public void call(Runnable callback) {
        if (!inline) {
            executor.add(callback);
        } else if (!decided) {
            // Behind the decision, and behind what accepts the channel.
            executor.add(() -> loop.execute(() -> callNow(callback)));
        } else if (loop.isInLoop()) {
            callNow(callback);
        } else {
            loop.execute(() -> callNow(callback));
        }
    }

    /** Calls it behind the callbacks that other threads have asked for. */
    void callLast(Runnable callback) {
        if (inline) {
            // Behind what completes in the executor.
            executor.add(() -> loop.execute(() -> callNow(callback)));
        } else {
            call(callback);
        }
    }

    /** Calls it on this thread. */
    void callNow(Runnable callback) {
        try {
            callback.run();
        } catch (Throwable failure) {
            onFailure(failure);
        }
    }

    /** On a worker thread always: what the application does then must not stop a loop. */
    @Override
    public void complete(Runnable completion) {
        executor.add(completion);
    }

    @Override
    public SerialExecutor.Owner executorOwner() {
        return this;
    }

    @Override
    public CallbackThreads callbackThreads() {
        return home.callbackThreads();
    }

    @Override
    public Executor workers() {
        return home.callbackThreads().workers();
    }

    @Override
    public void onFailure(Throwable failure) {
        home.onFailure(toString(), failure);
    }

    @Override
    public void onIdle() {
        // It is kept by its connection, and by the application.
    }

    @Override
    public String toString() {
        return "channel " + name + " of node " + home.nodeId();
    }
}
