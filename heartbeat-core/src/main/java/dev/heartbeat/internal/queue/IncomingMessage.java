package dev.heartbeat.internal.queue;

import dev.heartbeat.internal.frame.Envelope;
import java.nio.ByteBuffer;

/**
 * A whole message that has come and that the application has not yet handled. Until then it holds
 * some of what its sender may send.
 */
public abstract class IncomingMessage {
    private final ByteBuffer content;
    private final Envelope envelope;

    /**
     * @param content owns its memory
     */
    protected IncomingMessage(ByteBuffer content, Envelope envelope) {
        this.content = content;
        this.envelope = envelope;
    }

    public ByteBuffer content() {
        return content;
    }

    public Envelope envelope() {
        return envelope;
    }

    /**
     * The application has handled it. Is called once, from any thread; whoever drops a message
     * calls it too.
     */
    public abstract void consumed();
}
