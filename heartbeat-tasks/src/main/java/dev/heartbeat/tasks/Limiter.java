package dev.heartbeat.tasks;

import dev.heartbeat.Request;
import dev.heartbeat.RequestHandler;
import dev.heartbeat.SendResult;
import dev.heartbeat.internal.log.LogEvent;
import dev.heartbeat.spi.Environment;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Bounds requests whose handlers call something slow, such as a database: so many are handled at a
 * time, so many wait, each for so long. What is too much is failed, and its asker hears why at once.
 * Handlers run on threads of the limiter and may block there: the bus's own workers go on.
 *
 * <p>One limiter serves whatever shall share its bound: a server, or a channel's name.
 *
 * <pre>{@code
 * Limiter database = Limiter.builder().atOnce(8).build();
 * HeartbeatServer.builder().onRequest(database.server((from, request) -> answer(request)))
 * }</pre>
 *
 * <p>Not for channels of {@code Delivery.INLINE}, whose messages are gone when the callback returns.
 * Any thread may call every method.
 *
 * @since 0.1
 */
public final class Limiter implements AutoCloseable {
    private static final LogEvent THREW = LogEvent.warn(
            Limiter.class,
            "heartbeat.limiter.threw",
            "a limited handler threw, and its request is failed; {failures} failed so far");

    private final Means means;
    private final int atOnce;
    private final int maxWaiting;
    private final Duration patience;

    /** Oldest first; guarded by this. */
    private final Deque<Place> waiting = new ArrayDeque<>();

    private boolean isClosed;
    private int running;
    private long handled;
    private long refused;
    private long timedOut;
    private long abandoned;
    private long failures;

    private Limiter(Means means, int atOnce, int maxWaiting, Duration patience) {
        this.means = means;
        this.atOnce = atOnce;
        this.maxWaiting = maxWaiting;
        this.patience = patience;
    }

    private record Asked(Request request, Consumer<? super Request> handler) {}

    /** A place in the queue, which its timer keeps for longer than the request. */
    private static final class Place {
        private @Nullable Asked asked;

        private Place(Asked asked) {
            this.asked = asked;
        }

        /** Takes it out, once. */
        private Asked take() {
            Asked taken = Objects.requireNonNull(asked);
            asked = null;
            return taken;
        }
    }

    /** {@return a builder of limiters} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a handler for a server that hands requests to this one within the bounds} */
    public RequestHandler server(RequestHandler handler) {
        Objects.requireNonNull(handler, "handler");
        return (from, request) -> handle(request, its -> handler.onRequest(from, its));
    }

    /** {@return a handler for a client or a channel that hands requests to this one within the bounds} */
    public Consumer<Request> client(Consumer<? super Request> handler) {
        Objects.requireNonNull(handler, "handler");
        return request -> handle(request, handler);
    }

    /**
     * Has a request handled within the bounds: now, later, or not at all. A request whose asker has
     * given it up before its turn is not handled.
     *
     * @param handler answers the request; if it throws before that, the request is failed
     */
    public void handle(Request request, Consumer<? super Request> handler) {
        Objects.requireNonNull(request, "request");
        Objects.requireNonNull(handler, "handler");
        Asked one = new Asked(request, handler);
        Place place = new Place(one);
        String refusal = null;
        boolean waits = false;
        synchronized (this) {
            if (isClosed) {
                refusal = "the handler is closed";
            } else if (running < atOnce) {
                running++;
            } else if (waiting.size() < maxWaiting) {
                waiting.add(place);
                waits = true;
            } else {
                refusal = maxWaiting + " requests wait already; try again later";
            }
            refused += refusal == null ? 0 : 1;
        }
        if (refusal != null) {
            fail(request, refusal);
        } else if (waits) {
            means.after(patienceWith(request), () -> giveUp(place));
        } else {
            execute(one);
        }
    }

    private Duration patienceWith(Request request) {
        Duration remaining = request.remaining();
        return remaining == null || remaining.compareTo(patience) > 0 ? patience : remaining;
    }

    private void giveUp(Place place) {
        Asked one;
        synchronized (this) {
            if (!waiting.remove(place)) {
                return;
            }
            one = place.take();
            timedOut++;
        }
        fail(one.request, "no turn within " + patience.toMillis() + " ms; try again later");
    }

    private void execute(Asked one) {
        try {
            means.execute(() -> run(one));
        } catch (Throwable refused) { // Its threads are closed, or there are no more.
            fail(one.request, "no thread can handle it");
            notStarted().forEach(other -> fail(other.request, "no thread can handle it"));
        }
    }

    /** Those that wait, if no handler runs that would go on with them. */
    private synchronized List<Asked> notStarted() {
        running--;
        refused++;
        return running > 0 ? List.of() : takeAll();
    }

    private List<Asked> takeAll() {
        List<Asked> all = waiting.stream().map(Place::take).toList();
        waiting.clear();
        refused += all.size();
        return all;
    }

    private void run(Asked first) {
        for (Asked one = first; one != null; ) {
            boolean isWanted = !one.request.isCancelled();
            if (isWanted) {
                call(one);
            }
            one = next(isWanted);
        }
    }

    private void call(Asked one) {
        try {
            one.handler.accept(one.request);
        } catch (Throwable thrown) { // Of whichever kind: the next has its turn all the same.
            long failed;
            synchronized (this) {
                failed = ++failures;
            }
            if (Long.bitCount(failed) == 1) { // It may fail each time.
                boolean unused = THREW.logCause(thrown, failed);
            }
            fail(one.request, "the application failed to answer");
        }
    }

    /** The one whose turn it is; null if there is none, and a place is free. */
    private synchronized @Nullable Asked next(boolean wasHandled) {
        handled += wasHandled ? 1 : 0;
        abandoned += wasHandled ? 0 : 1;
        Place next = waiting.poll();
        running -= next == null ? 1 : 0;
        return next == null ? null : next.take();
    }

    private static void fail(Request request, String why) {
        try {
            SendResult unused = request.fail(why);
        } catch (IllegalStateException answered) {
            // The handler was quicker.
        }
    }

    /** {@return its counts at this moment} */
    public synchronized LimiterStats stats() {
        return new LimiterStats(running, waiting.size(), handled, refused, timedOut, abandoned, failures);
    }

    /** Refuses from now on, and fails what waits. Handlers that run go on to their end. */
    @Override
    public void close() {
        List<Asked> rest;
        synchronized (this) {
            isClosed = true;
            rest = takeAll();
        }
        rest.forEach(one -> fail(one.request, "the handler is closed"));
        means.close();
    }

    /**
     * Collects the options of a limiter. Not thread-safe.
     *
     * @since 0.1
     */
    public static final class Builder {
        private @Nullable Means means;
        private int atOnce = 16;
        private int waiting = 1000;
        private Duration patience = Duration.ofSeconds(5);

        private Builder() {}

        /**
         * Requests that are handled at a time; 16 by default.
         *
         * @param value 1 to 10,000
         * @return this builder
         * @throws IllegalArgumentException if it is out of that range
         */
        public Builder atOnce(int value) {
            atOnce = Ranges.require("atOnce", value, 1, 10_000);
            return this;
        }

        /**
         * Requests that wait for their turn at most; 1,000 by default. Each keeps its message. One
         * more is failed at once.
         *
         * @param value 0 or more
         * @return this builder
         * @throws IllegalArgumentException if it is negative
         */
        public Builder waiting(int value) {
            waiting = Ranges.require("waiting", value, 0, Integer.MAX_VALUE);
            return this;
        }

        /**
         * The longest that a request waits for its turn; 5 s by default, or as long as its asker
         * waits, if that is shorter. Then it is failed.
         *
         * @param value zero or more
         * @return this builder
         * @throws IllegalArgumentException if it is negative
         */
        public Builder patience(Duration value) {
            if (Objects.requireNonNull(value, "patience").isNegative()) {
                throw new IllegalArgumentException("patience is " + value + ", allowed is 0 and more");
            }
            patience = Schedule.shorter(value);
            return this;
        }

        /**
         * Takes time and threads from elsewhere, as {@link TaskScheduler.Builder#environment}.
         *
         * @return this builder
         */
        public Builder environment(Environment value, TaskTimer timer) {
            Objects.requireNonNull(value, "environment");
            Objects.requireNonNull(timer, "timer");
            means = Means.of(value, timer);
            return this;
        }

        /** {@return a limiter} */
        public Limiter build() {
            return new Limiter(means == null ? Means.ofTheProcess(atOnce) : means, atOnce, waiting, patience);
        }
    }
}
