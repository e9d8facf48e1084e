package dev.heartbeat.internal.queue;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one request of the other side: due until it is given, or until its asker waits for
 * it no more. It keeps nothing of the request's content. Any thread may call any method.
 */
final class PendingReply {
    /** Names the request among those of its order. */
    record Key(@Nullable String source, long correlation) {}

    private final Key key;
    private final PendingReplies all;
    private boolean given;
    private boolean cancelled;
    /** Made with the first that asks for it. */
    private @Nullable CompletableFuture<Void> whenCancelled;

    PendingReply(Key key, PendingReplies all) {
        this.key = key;
        this.all = all;
    }

    Key key() {
        return key;
    }

    long nowNs() {
        return all.order().callbackThreads().nowNs();
    }

    synchronized boolean isCancelled() {
        return cancelled;
    }

    synchronized CompletableFuture<Void> whenCancelled() {
        CompletableFuture<Void> future = whenCancelled;
        if (future == null) {
            future = CallbackThreads.newFuture(all.order());
            whenCancelled = future;
            if (cancelled) {
                future.complete(null);
            }
        }
        return future.copy();
    }

    synchronized boolean isGiven() {
        return given;
    }

    /** An answer is about to be sent. False if one was before. */
    synchronized boolean give() {
        boolean first = !given;
        given = true;
        return first;
    }

    /** It was not accepted, and is due again. */
    synchronized void takeBack() {
        given = false;
    }

    /** There is nothing left to cancel. */
    void settle() {
        all.remove(this);
    }

    void cancel() {
        CompletableFuture<Void> cancellation;
        synchronized (this) {
            if (given) {
                return;
            }
            cancelled = true;
            cancellation = whenCancelled;
        }
        if (cancellation != null) {
            all.order().callbackThreads().aside(() -> cancellation.complete(null));
        }
    }
}
