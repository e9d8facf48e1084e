package dev.heartbeat.internal.queue;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heartbeat.Request;
import dev.heartbeat.SendResult;
import dev.heartbeat.internal.frame.Envelope;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A request of the other side, and the way back to it. */
public final class Asked implements Request {
    private final Envelope envelope;
    private final ByteBuffer content;
    private final Function<Outgoing, SendResult> back;
    private final AtomicBoolean answered = new AtomicBoolean();

    private Asked(Envelope envelope, ByteBuffer content, Function<Outgoing, SendResult> back) {
        this.envelope = envelope;
        this.content = content;
        this.back = back;
    }

    /**
     * Has the application answer a request. Where the handler throws, the other side hears of a
     * failure at once, unless it was answered before.
     *
     * @param back how answers go out
     */
    public static void hand(
            Envelope envelope,
            ByteBuffer content,
            Function<Outgoing, SendResult> back,
            Consumer<? super Request> handler) {
        Asked request = new Asked(envelope, content, back);
        try {
            handler.accept(request);
        } catch (Throwable failure) {
            request.failUnanswered();
            throw failure;
        }
    }

    private void failUnanswered() {
        if (!answered.get()) {
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
    public SendResult reply(ByteBuffer message) {
        return answer(Envelope.Kind.REPLY, Objects.requireNonNull(message, "message"));
    }

    @Override
    public SendResult fail(String why) {
        Objects.requireNonNull(why, "why");
        return answer(Envelope.Kind.FAILURE, ByteBuffer.wrap(why.getBytes(UTF_8)));
    }

    private SendResult answer(Envelope.Kind kind, ByteBuffer message) {
        Outgoing answer = new Outgoing(message, envelope.answer(kind), null);
        if (!answered.compareAndSet(false, true)) {
            throw new IllegalStateException("the request was answered before");
        }
        SendResult result = back.apply(answer);
        if (result != SendResult.ACCEPTED) {
            answered.set(false);
        }
        return result;
    }
}
