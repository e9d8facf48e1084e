package dev.heartbeat.internal.queue;

import dev.heartbeat.MessageSpan;
import dev.heartbeat.MessageTracer;
import dev.heartbeat.TracedMessage;
import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.frame.TraceContext;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Shows the application's tracer the messages of one mailbox. Whatever the tracer does, they go
 * their way. Any thread.
 */
public final class Traces {
    private static final byte[] NOTHING = {};

    private final Tracing all;
    private final String nodeId;
    private final @Nullable String channel;

    Traces(Tracing all, String nodeId, @Nullable String channel) {
        this.all = all;
        this.nodeId = nodeId;
        this.channel = channel;
    }

    private record Shown(
            boolean isRequest,
            String nodeId,
            @Nullable String otherNodeId,
            @Nullable String channel,
            int length) implements TracedMessage {}

    /** The tracer's span of a message. What it says of itself travels with a message that is sent. */
    static final class Traced extends TraceContext {
        private final Tracing all;
        private final MessageSpan span;
        private final AtomicBoolean isOver = new AtomicBoolean();

        private Traced(Tracing all, MessageSpan span, byte[] context) {
            super(context);
            this.all = all;
            this.span = span;
        }

        /**
         * It is over; nothing happens the second time.
         *
         * @param failure null if there is none
         */
        void end(@Nullable Throwable failure) {
            if (isOver.compareAndSet(false, true)) {
                try {
                    span.end(failure);
                } catch (Throwable ofTracer) {
                    all.failed(ofTracer);
                }
            }
        }

        /** Calls a handler within the span. Its exceptions are the caller's. */
        void run(Runnable handler) {
            Once once = new Once(handler);
            try {
                span.run(once);
            } catch (Throwable failure) {
                if (failure != once.failure) {
                    all.failed(failure);
                }
            }
            once.run();
            once.rethrow();
        }
    }

    /** Runs a handler, if it did not run before, and keeps its exception. */
    private static final class Once implements Runnable {
        private @Nullable Runnable handler;
        private @Nullable Throwable failure;

        private Once(Runnable handler) {
            this.handler = handler;
        }

        @Override
        public void run() {
            Runnable first = handler;
            if (first == null) {
                return;
            }
            handler = null;
            try {
                first.run();
            } catch (Throwable ofHandler) {
                failure = ofHandler;
                throw ofHandler;
            }
        }

        private void rethrow() {
            if (failure != null) {
                throwAsIs(failure);
            }
        }

        /** A handler that is not written in Java may throw anything. */
        @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
        private static <T extends Throwable> void throwAsIs(Throwable failure) throws T {
            throw (T) failure;
        }
    }

    /** The application sends a message; null if that is not traced. */
    @Nullable
    Traced sending(boolean isRequest, @Nullable String destination, int length) {
        try {
            MessageSpan span = all.tracer().onSend(new Shown(isRequest, nodeId, destination, channel, length));
            return span == null ? null : new Traced(all, span, contextOf(span));
        } catch (Throwable ofTracer) {
            all.failed(ofTracer);
            return null;
        }
    }

    private byte[] contextOf(MessageSpan span) {
        try {
            byte[] context = span.context().clone();
            if (context.length <= MessageTracer.MAX_CONTEXT_BYTES) {
                return context;
            }
            throw new IllegalArgumentException("the context of a span has " + context.length + " bytes, allowed are "
                    + MessageTracer.MAX_CONTEXT_BYTES);
        } catch (Throwable ofTracer) {
            all.failed(ofTracer);
            return NOTHING;
        }
    }

    /** A handler is about to be called with a message that came; null if that is not traced. */
    @Nullable
    Traced receiving(Envelope envelope, int length) {
        try {
            TraceContext context = envelope.context();
            boolean isRequest = envelope.kind() == Envelope.Kind.REQUEST;
            MessageSpan span = all.tracer()
                    .onReceive(
                            new Shown(isRequest, nodeId, envelope.source(), channel, length),
                            context == null ? NOTHING : context.bytes());
            return span == null ? null : new Traced(all, span, NOTHING);
        } catch (Throwable ofTracer) {
            all.failed(ofTracer);
            return null;
        }
    }

    /** Calls the handler of a message that came. */
    public void handle(Envelope envelope, int length, Runnable handler) {
        Traced traced = receiving(envelope, length);
        if (traced == null) {
            handler.run();
            return;
        }
        Throwable thrown = null;
        try {
            traced.run(handler);
        } catch (Throwable failure) {
            thrown = failure;
            throw failure;
        } finally {
            traced.end(thrown);
        }
    }
}
