package dev.heartbeat.internal.queue;

import dev.heartbeat.FailureCode;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.SendResult;
import dev.heartbeat.UndeliveredException;
import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.frame.Printable;
import dev.heartbeat.internal.frame.TraceContext;
import dev.heartbeat.internal.loop.Loop;
import dev.heartbeat.internal.loop.Timer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one channel that wait for their replies. Any thread may call any method. Replies
 * complete in order with the channel's other calls; time that is over, cancelling and closing
 * complete a request without waiting for that order.
 *
 * <p>Invariant: a request is in here until it is answered, failed, timed out or cancelled,
 * whichever comes first, and its future completes by that. Then it is withdrawn, so that it never
 * acts later.
 */
final class PendingRequests {
    private final Loop loop;
    private final int limit;
    private final CallbackOrder order;
    private final Way way;
    /** Made with the first. */
    private @Nullable Map<Long, Pending> pending;

    /** The number that are answered or failed, and wait for their turn in the order to complete. */
    private int completing;

    private long last;
    private boolean closed;

    /** The way requests get away. */
    interface Way {

        SendResult offer(OutgoingMessage request);

        /** Its sender does not wait for the reply any more. */
        void withdraw(OutgoingMessage request);

        /** An answer came that nobody waits for. */
        void onUnmatchedReply();
    }

    /**
     * @param limit how many may wait: for their replies, or for their turn to complete
     */
    PendingRequests(Loop loop, int limit, CallbackOrder order, Way way) {
        this.loop = loop;
        this.limit = limit;
        this.order = order;
        this.way = way;
    }

    /** A request and its deadline. */
    private final class Pending extends Timer {
        private final OutgoingMessage message;
        private final long timeoutNs;
        private final CompletableFuture<ByteBuffer> reply = CallbackThreads.newFuture(order);
        /** Why it fails, while that waits for its turn in the order. */
        private volatile @Nullable Throwable failure;

        Pending(OutgoingMessage message, long timeoutNs) {
            this.message = message;
            this.timeoutNs = timeoutNs;
        }

        long correlation() {
            return message.envelope().correlation();
        }

        /** Even if it is decided: what has come may wait for an order that waits for this. */
        @Override
        protected void onDue(long nowNs) {
            if (remove(correlation()) != null) {
                way.withdraw(message);
            }
            Throwable decided = failure;
            Throwable why = decided == null ? timedOut(timeoutNs) : decided;
            order.callbackThreads().aside(() -> reply.completeExceptionally(why));
        }
    }

    private static TimeoutException timedOut(long timeoutNs) {
        return new TimeoutException("no reply within " + timeoutNs / 1_000_000 + " ms");
    }

    /**
     * Sends a request.
     *
     * @param timeoutNs not negative; 0 fails at once, and sends nothing
     * @param destination the node that is asked through the server; null for the other side itself
     * @param context of its trace; null for none
     */
    CompletableFuture<ByteBuffer> send(
            ByteBuffer content, long timeoutNs, @Nullable String destination, @Nullable TraceContext context) {
        Objects.requireNonNull(content, "message");
        if (timeoutNs == 0) {
            return CompletableFuture.failedFuture(timedOut(0));
        }
        Pending request;
        synchronized (this) {
            if (closed) {
                return failed(UndeliveredException.Reason.CLOSED);
            }
            if (pending == null) {
                pending = new HashMap<>();
            }
            if (pending.size() + completing >= limit) {
                return failed(UndeliveredException.Reason.FULL);
            }
            last++;
            OutgoingMessage message = new OutgoingMessage(
                    content,
                    Envelope.request(last, destination, order.callbackThreads().nowNs() + timeoutNs)
                            .with(context),
                    null);
            request = new Pending(message, timeoutNs);
            pending.put(last, request);
        }
        SendResult result = way.offer(request.message);
        if (result != SendResult.ACCEPTED) {
            remove(request.correlation());
            return failed(reasonOf(result));
        }
        loop.execute(() -> watch(request));
        CompletableFuture<?> unused = request.reply.whenComplete((reply, failure) -> forget(request));
        return request.reply;
    }

    private void watch(Pending request) {
        if (!request.reply.isDone()) {
            loop.arm(request, request.timeoutNs);
        }
    }

    /** It was answered, or cancelled by who asked. */
    private void forget(Pending request) {
        if (remove(request.correlation()) != null) {
            way.withdraw(request.message);
        }
        loop.execute(() -> loop.cancel(request));
    }

    /** Why a message that was not accepted did not get away. */
    static UndeliveredException.Reason reasonOf(SendResult result) {
        return switch (result) {
            case FULL -> UndeliveredException.Reason.FULL;
            case TOO_LARGE -> UndeliveredException.Reason.TOO_LARGE;
            case CLOSED, ACCEPTED -> UndeliveredException.Reason.CLOSED;
        };
    }

    private static <T> CompletableFuture<T> failed(UndeliveredException.Reason reason) {
        return CompletableFuture.failedFuture(new UndeliveredException(reason));
    }

    private synchronized @Nullable Pending remove(long correlation) {
        return pending == null ? null : pending.remove(correlation);
    }

    /**
     * The request that this answers. Nobody answers for another, but the other side may say that
     * whoever was asked cannot.
     */
    private synchronized @Nullable Pending removeAnsweredBy(Envelope answer) {
        Pending request = pending == null ? null : pending.get(answer.correlation());
        if (request == null) {
            return null;
        }
        boolean isFailureOfTheWay = answer.source() == null && answer.kind() == Envelope.Kind.FAILURE;
        if (!isFailureOfTheWay
                && !Objects.equals(answer.source(), request.message.envelope().destination())) {
            return null;
        }
        return removeToComplete(answer.correlation());
    }

    /**
     * Takes out a request that keeps its place until {@link #completes}: no more than the limit
     * wait in the order.
     */
    private synchronized @Nullable Pending removeToComplete(long correlation) {
        Pending request = remove(correlation);
        completing += request == null ? 0 : 1;
        return request;
    }

    /** It is about to complete: whoever hears of it may ask again. */
    private synchronized void completes() {
        completing--;
    }

    /** An answer has come. */
    void onAnswer(IncomingMessage answer) {
        Pending request = removeAnsweredBy(answer.envelope());
        if (request == null) {
            way.onUnmatchedReply();
            answer.consumed();
            return;
        }
        order.complete(() -> {
            completes();
            try {
                complete(request, answer);
            } finally {
                answer.consumed();
            }
        });
    }

    private static void complete(Pending request, IncomingMessage answer) {
        if (answer.envelope().kind() == Envelope.Kind.REPLY) {
            request.reply.complete(answer.content());
        } else {
            String why = Printable.escaped(
                    StandardCharsets.UTF_8.decode(answer.content()).toString());
            request.reply.completeExceptionally(
                    new HeartbeatException(FailureCode.NO_REPLY, "the other side did not reply: " + why));
        }
    }

    /** Whether no request waits for its reply. */
    synchronized boolean isEmpty() {
        return pending == null || pending.isEmpty();
    }

    /** The request did not get away, or cannot be answered any more. */
    void fail(long correlation, Exception why, Consumer<Runnable> completions) {
        Pending request = removeToComplete(correlation);
        if (request != null) {
            request.failure = why;
            completions.accept(() -> {
                completes();
                request.reply.completeExceptionally(why);
            });
        }
    }

    /**
     * Nothing more is asked or answered.
     *
     * @param completions gets what completes those that were not answered
     */
    void close(String why, List<Runnable> completions) {
        List<Pending> remaining;
        synchronized (this) {
            closed = true;
            if (pending == null) {
                return;
            }
            remaining = new ArrayList<>(pending.values());
            pending = null;
        }
        remaining.forEach(request -> completions.add(() -> request.reply.completeExceptionally(
                new HeartbeatException(FailureCode.CONNECTION_LOST, "no reply: " + why))));
    }
}
