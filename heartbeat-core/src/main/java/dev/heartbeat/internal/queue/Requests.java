package dev.heartbeat.internal.queue;

import dev.heartbeat.HeartbeatException;
import dev.heartbeat.SendResult;
import dev.heartbeat.UndeliveredException;
import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.time.Loop;
import dev.heartbeat.internal.time.Timer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one channel that wait for their replies. Any thread may call any method; futures are completed in line with the channel's other calls.
 *
 * <p>Invariant: a request is in here until it is answered, failed, timed out or cancelled, whichever comes first, and its future completes by that.
 */
public final class Requests {
    private final Loop loop;
    private final int limit;
    private final Line line;
    /** Made with the first. */
    private @Nullable Map<Long, Pending> pending;

    private long last;
    private boolean closed;

    /** Where callbacks are made. */
    public interface Line {

        /** Makes the call, after all that were given before. */
        void call(Runnable callback);

        /** An answer came that nobody waits for. */
        void onUnmatchedReply();
    }

    /**
     * @param limit how many may be unanswered
     */
    public Requests(Loop loop, int limit, Line line) {
        this.loop = loop;
        this.limit = limit;
        this.line = line;
    }

    /** A request and its deadline. */
    private final class Pending extends Timer {
        private final long correlation;
        private final long timeoutNs;
        /** Who alone may answer; null for the other side. */
        private final @Nullable String destination;

        private final CompletableFuture<ByteBuffer> reply = new CompletableFuture<>();

        Pending(long correlation, long timeoutNs, @Nullable String destination) {
            this.correlation = correlation;
            this.timeoutNs = timeoutNs;
            this.destination = destination;
        }

        @Override
        protected void onDue(long nowNs) {
            Duration timeout = Duration.ofNanos(timeoutNs);
            fail(correlation, new TimeoutException("no reply within " + timeout.toMillis() + " ms"));
        }
    }

    /**
     * Sends a request.
     *
     * @param destination the node that is asked through the server; null for the other side itself
     * @param offer where it goes out
     */
    public CompletableFuture<ByteBuffer> send(
            ByteBuffer content, Duration timeout, @Nullable String destination, Function<Outgoing, SendResult> offer) {
        Pending request;
        synchronized (this) {
            if (closed) {
                return failed(UndeliveredException.Reason.CLOSED);
            }
            if (pending == null) {
                pending = new HashMap<>();
            }
            if (pending.size() >= limit) {
                return failed(UndeliveredException.Reason.FULL);
            }
            last++;
            request = new Pending(last, timeout.toNanos(), destination);
            pending.put(last, request);
        }
        SendResult result =
                offer.apply(new Outgoing(content, Envelope.request(request.correlation, destination), null));
        if (result != SendResult.ACCEPTED) {
            remove(request.correlation);
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
        remove(request.correlation);
        loop.execute(() -> loop.cancel(request));
    }

    /** Why a message that was not accepted did not get away. */
    public static UndeliveredException.Reason reasonOf(SendResult result) {
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

    /** The request that this answers. Nobody answers for another, but the other side may say that whoever was asked cannot. */
    private synchronized @Nullable Pending removeAnsweredBy(Envelope answer) {
        Pending request = pending == null ? null : pending.get(answer.correlation());
        if (request == null) {
            return null;
        }
        boolean isFailureOfTheWay = answer.source() == null && answer.kind() == Envelope.Kind.FAILURE;
        if (!isFailureOfTheWay && !Objects.equals(answer.source(), request.destination)) {
            return null;
        }
        return remove(answer.correlation());
    }

    /** An answer has come. */
    public void onAnswer(Incoming answer) {
        Pending request = removeAnsweredBy(answer.envelope());
        if (request == null) {
            line.onUnmatchedReply();
            answer.taken();
            return;
        }
        line.call(() -> {
            try {
                complete(request, answer);
            } finally {
                answer.taken();
            }
        });
    }

    private static void complete(Pending request, Incoming answer) {
        if (answer.envelope().kind() == Envelope.Kind.REPLY) {
            request.reply.complete(answer.content());
        } else {
            String why = StandardCharsets.UTF_8.decode(answer.content()).toString();
            request.reply.completeExceptionally(new HeartbeatException("the other side did not reply: " + why));
        }
    }

    /** Whether no request waits for its reply. */
    public synchronized boolean isEmpty() {
        return pending == null || pending.isEmpty();
    }

    /** The request did not get away, or cannot be answered any more. */
    public void fail(long correlation, Exception why) {
        Pending request = remove(correlation);
        if (request != null) {
            line.call(() -> request.reply.completeExceptionally(why));
        }
    }

    /** Nothing more is asked or answered. */
    public void close(String why) {
        List<Pending> left;
        synchronized (this) {
            closed = true;
            if (pending == null) {
                return;
            }
            left = new ArrayList<>(pending.values());
            pending = null;
        }
        left.forEach(request ->
                line.call(() -> request.reply.completeExceptionally(new HeartbeatException("no reply: " + why))));
    }
}
