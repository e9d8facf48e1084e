package dev.heartbeat.internal.queue;

import dev.heartbeat.FailureCode;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.Request;
import dev.heartbeat.SendResult;
import dev.heartbeat.internal.frame.Envelope;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A request of the other side, and the way back to it. */
final class IncomingRequest implements Request {
    private final Mailbox mailbox;
    private final Envelope envelope;
    private final ByteBuffer content;
    private final Function<OutgoingMessage, SendResult> back;
    private final PendingReply due;
    /** Null where it is not traced. */
    private final Traces.@Nullable Traced traced;

    private IncomingRequest(
            Mailbox mailbox,
            Envelope envelope,
            ByteBuffer content,
            Function<OutgoingMessage, SendResult> back,
            PendingReply due,
            Traces.@Nullable Traced traced) {
        this.mailbox = mailbox;
        this.envelope = envelope;
        this.content = content;
        this.back = back;
        this.due = due;
        this.traced = traced;
    }

    /**
     * Has the application answer a request, unless its asker waits no more. If the handler throws,
     * the other side hears of a failure at once, unless it was answered before.
     *
     * @param mailbox what waits for the asker
     * @param back how answers go out
     */
    static void hand(
            Mailbox mailbox,
            Envelope envelope,
            ByteBuffer content,
            Function<OutgoingMessage, SendResult> back,
            PendingReply due,
            Consumer<? super Request> handler) {
        if (due.isCancelled()) {
            return;
        }
        Traces traces = mailbox.traces();
        Traces.Traced traced = traces == null ? null : traces.receiving(envelope, content.remaining());
        IncomingRequest request = new IncomingRequest(mailbox, envelope, content, back, due, traced);
        try {
            if (traced == null) {
                handler.accept(request);
            } else {
                request.endTraceIfCancelled(traced);
                traced.run(() -> handler.accept(request));
            }
        } catch (Throwable failure) {
            request.failUnanswered();
            throw failure;
        }
    }

    private void endTraceIfCancelled(Traces.Traced traced) {
        CompletableFuture<?> unused =
                cancelled().thenRun(() -> traced.end(new CancellationException("the asker does not wait any more")));
    }

    private void failUnanswered() {
        if (!due.isGiven()) {
            SendResult unused = fail("the application failed to answer");
        }
    }

    @Override
    public @Nullable String source() {
        return envelope.source();
    }

    @Override
    public ByteBuffer content() {
        return content;
    }

    @Override
    public @Nullable Duration remaining() {
        return envelope.saysDue() ? Duration.ofNanos(Math.max(0, envelope.remainingNs(due.nowNs()))) : null;
    }

    @Override
    public boolean isCancelled() {
        return due.isCancelled();
    }

    @Override
    public CompletableFuture<Void> cancelled() {
        return due.whenCancelled();
    }

    @Override
    public SendResult reply(ByteBuffer message) {
        Objects.requireNonNull(message, "message");
        OutgoingMessage reply = new OutgoingMessage(message, envelope.answer(Envelope.Kind.REPLY), null);
        SendResult result = answer(reply, null);
        if (result == SendResult.TOO_LARGE) {
            throw new IllegalArgumentException(mailbox.tooLong(reply));
        }
        return result;
    }

    @Override
    public SendResult fail(String why) {
        Objects.requireNonNull(why, "why");
        return answer(mailbox.failure(envelope.answer(Envelope.Kind.FAILURE), why), why);
    }

    /**
     * @param why it is a failure; null if it is a reply
     */
    private SendResult answer(OutgoingMessage answer, @Nullable String why) {
        if (due.isCancelled()) {
            return SendResult.CLOSED;
        }
        if (!due.give()) {
            throw new IllegalStateException("the request is already answered");
        }
        SendResult result = back.apply(answer);
        if (result == SendResult.ACCEPTED) {
            due.settle();
            if (traced != null) {
                traced.end(why == null ? null : new HeartbeatException(FailureCode.NO_REPLY, why));
            }
        } else {
            due.takeBack();
        }
        return result;
    }
}
