package dev.heartbeat;

import org.jspecify.annotations.Nullable;

/**
 * Follows messages and requests from their senders to their handlers, across processes: the seam for
 * OpenTelemetry and others. What a span of the sender says of itself travels with the message, and
 * the receiver's tracer gets it.
 *
 * <p>It sees what the application sends to one receiver, and what a handler or listener is called
 * with. It does not see broadcasts and messages to groups, heartbeats, and messages that a channel
 * of {@link ChannelOptions.Delivery#PULL} receives. A server that passes a message on for a node
 * passes on what travels with it, and calls no tracer.
 *
 * <p>Calls come on any thread, several at a time, and must not block. An exception from a tracer is
 * logged and counted like one from a listener, and changes nothing for the message.
 *
 * @since 0.1
 */
public interface MessageTracer {

    /** The most bytes that travel with a message. */
    int MAX_CONTEXT_BYTES = 512;

    /**
     * The application sends a message. Called on its thread, before the message is offered.
     *
     * @return null if this one is not traced
     */
    @Nullable
    MessageSpan onSend(TracedMessage message);

    /**
     * A handler is about to be called with a message. Called on the handler's thread.
     *
     * @param context the {@link MessageSpan#context} of the sender; empty if it has none. The array
     *     belongs to the tracer
     * @return null if this one is not traced
     */
    @Nullable
    MessageSpan onReceive(TracedMessage message, byte[] context);
}
