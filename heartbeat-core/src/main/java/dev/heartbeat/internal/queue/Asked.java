package dev.heartbeat.internal.queue;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heartbeat.Request;
import dev.heartbeat.SendResult;
import dev.heartbeat.internal.frame.Envelope;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A request of the other side, and the way back to it. */
public final class Asked implements Request {
    private final Envelope envelope;
    private final ByteBuffer content;
    private final Function<Outgoing, SendResult> back;
    private final AtomicBoolean answered = new AtomicBoolean();

    public Asked(Envelope envelope, ByteBuffer content, Function<Outgoing, SendResult> back) {
        this.envelope = envelope;
        this.content = content;
        this.back = back;
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
        return answer(Envelope.Kind.REPLY, message);
    }

    @Override
    public SendResult fail(String why) {
        return answer(Envelope.Kind.FAILURE, ByteBuffer.wrap(why.getBytes(UTF_8)));
    }

    private SendResult answer(Envelope.Kind kind, ByteBuffer message) {
        if (!answered.compareAndSet(false, true)) {
            throw new IllegalStateException("the request was answered before");
        }
        SendResult result = back.apply(new Outgoing(message, envelope.answer(kind), null));
        if (result != SendResult.ACCEPTED) {
            answered.set(false);
        }
        return result;
    }
}
