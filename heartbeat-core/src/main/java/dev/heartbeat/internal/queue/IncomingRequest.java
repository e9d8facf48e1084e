package dev.heartbeat.internal.queue;

import dev.heartbeat.Request;
import dev.heartbeat.SendResult;
import dev.heartbeat.internal.frame.Envelope;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
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

    private IncomingRequest(
            Mailbox mailbox,
            Envelope envelope,
            ByteBuffer content,
            Function<OutgoingMessage, SendResult> back,
            PendingReply due) {
        this.mailbox = mailbox;
        this.envelope = envelope;
        this.content = content;
        this.back = back;
        this.due = due;
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
        IncomingRequest request = new IncomingRequest(mailbox, envelope, content, back, due);
        try {
            handler.accept(request);
        } catch (Throwable failure) {
            request.failUnanswered();
            throw failure;
        }
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
        SendResult result = answer(reply);
        if (result == SendResult.TOO_LARGE) {
            throw new IllegalArgumentException(mailbox.tooLong(reply));
        }
        return result;
    }

    @Override
    public SendResult fail(String why) {
        Objects.requireNonNull(why, "why");
        return answer(mailbox.failure(envelope.answer(Envelope.Kind.FAILURE), why));
    }

    private SendResult answer(OutgoingMessage answer) {
        if (due.isCancelled()) {
            return SendResult.CLOSED;
        }
        if (!due.give()) {
            throw new IllegalStateException("the request is already answered");
        }
        SendResult result = back.apply(answer);
        if (result == SendResult.ACCEPTED) {
            due.settle();
        } else {
            due.takeBack();
        }
        return result;
    }
}
