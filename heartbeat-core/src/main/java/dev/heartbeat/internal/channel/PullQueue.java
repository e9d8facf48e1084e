package dev.heartbeat.internal.channel;

import dev.heartbeat.FailureCode;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.internal.loop.Durations;
import dev.heartbeat.internal.loop.Loop;
import dev.heartbeat.internal.loop.Timer;
import dev.heartbeat.internal.queue.CallbackOrder;
import dev.heartbeat.internal.queue.CallbackThreads;
import dev.heartbeat.internal.queue.IncomingMessage;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Messages that wait to be fetched, and those who wait for messages; at rest there is never both.
 * Any thread may call any method. A message is handed to one receiver, or stays: what a receiver
 * gave up at the last moment goes back to the front.
 */
final class PullQueue {
    private final Loop loop;
    private final CallbackOrder order;

    private final ArrayDeque<IncomingMessage> messages = new ArrayDeque<>();
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    /** A message is between the two queues, so nobody may pass it. */
    private boolean handing;
    /** Null while it is open. From then on what is left holds nothing of the connection. */
    private @Nullable String closed;

    PullQueue(Loop loop, CallbackOrder order) {
        this.loop = loop;
        this.order = order;
    }

    private final class Waiting extends Timer {
        private final CompletableFuture<ByteBuffer> message = CallbackThreads.newFuture(order);

        @Override
        protected void onDue(long nowNs) {
            if (giveUp(this)) {
                order.callbackThreads().aside(() -> message.completeExceptionally(nothingCame()));
            }
        }
    }

    private static TimeoutException nothingCame() {
        return new TimeoutException("no message came in time");
    }

    private synchronized boolean giveUp(Waiting receiver) {
        return waiting.remove(receiver);
    }

    /**
     * @param timeout not negative; null for none
     */
    CompletableFuture<ByteBuffer> receive(@Nullable Duration timeout) {
        long timeoutNs = timeout == null ? 0 : Durations.nanos(timeout);
        Waiting receiver;
        synchronized (this) {
            IncomingMessage first = handing || !waiting.isEmpty() ? null : messages.poll();
            if (first != null) {
                if (closed == null) {
                    first.consumed();
                }
                return CompletableFuture.completedFuture(first.content());
            }
            if (closed != null && messages.isEmpty() && !handing) {
                return CompletableFuture.failedFuture(new HeartbeatException(FailureCode.CHANNEL_CLOSED, closed));
            }
            if (timeout != null && timeoutNs == 0) {
                return CompletableFuture.failedFuture(nothingCame());
            }
            receiver = new Waiting();
            // Those who gave up do not come together without end.
            waiting.removeIf(given -> given.message.isDone());
            waiting.add(receiver);
        }
        if (timeout != null) {
            loop.execute(() -> {
                if (!receiver.message.isDone()) {
                    loop.arm(receiver, timeoutNs);
                }
            });
            CompletableFuture<?> unused =
                    receiver.message.whenComplete((message, failure) -> loop.execute(() -> loop.cancel(receiver)));
        }
        return receiver.message;
    }

    /**
     * As {@link #receive}, and waits.
     *
     * @return null if none came in time
     */
    @Nullable
    ByteBuffer await(@Nullable Duration timeout) throws InterruptedException {
        CompletableFuture<ByteBuffer> next = receive(timeout);
        try {
            return next.get();
        } catch (InterruptedException e) {
            if (next.cancel(false) || next.isCompletedExceptionally()) {
                throw e;
            }
            // A message came at the last moment, and nobody else has it.
            Thread.currentThread().interrupt();
            return next.join();
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNull(e.getCause());
            if (cause instanceof TimeoutException) {
                return null;
            }
            throw new HeartbeatException(FailureCode.CHANNEL_CLOSED, String.valueOf(cause.getMessage()), cause);
        }
    }

    void add(IncomingMessage message) {
        boolean wanted;
        synchronized (this) {
            messages.add(message);
            wanted = !waiting.isEmpty();
        }
        if (wanted) {
            order.complete(this::match);
        }
    }

    /**
     * Messages that came before can still be received, but hold nothing any more of what their
     * sender may send. A receiver that waits for more hears of it by {@link #match}.
     */
    void close(String why) {
        synchronized (this) {
            if (closed != null) {
                return;
            }
            closed = why;
            messages.forEach(IncomingMessage::consumed);
        }
    }

    void match() {
        while (matchOne()) {
            // And the next.
        }
    }

    /**
     * One at a time: whoever finds another at it leaves the rest to that one. False if there is
     * nothing to match.
     */
    private boolean matchOne() {
        Waiting receiver;
        IncomingMessage message;
        String why;
        boolean held;
        synchronized (this) {
            if (handing) {
                return false;
            }
            waiting.removeIf(given -> given.message.isDone());
            why = closed;
            if (waiting.isEmpty() || messages.isEmpty() && why == null) {
                return false;
            }
            receiver = waiting.remove();
            message = messages.poll();
            handing = message != null;
            held = why == null;
        }
        if (message == null) {
            receiver.message.completeExceptionally(
                    new HeartbeatException(FailureCode.CHANNEL_CLOSED, String.valueOf(why)));
            return true;
        }
        boolean handed = receiver.message.complete(message.content());
        synchronized (this) {
            handing = false;
            if (!handed) {
                messages.addFirst(message);
                held &= closed != null; // If it was closed meanwhile, this one was not there.
            }
        }
        if (held) {
            message.consumed();
        }
        return true;
    }
}
