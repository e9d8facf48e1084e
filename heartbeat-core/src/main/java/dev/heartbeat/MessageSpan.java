package dev.heartbeat;

import org.jspecify.annotations.Nullable;

/**
 * One message or request, on one side.
 *
 * @since 0.1
 */
public interface MessageSpan {

    /**
     * What travels with a message that is sent, such as a W3C {@code traceparent}. Asked once,
     * right after {@link MessageTracer#onSend}. Servers and networks on the way can read it.
     *
     * @return at most {@link MessageTracer#MAX_CONTEXT_BYTES} bytes, which are copied. If it is
     *     longer, that is logged and counted, and the message goes without
     */
    default byte[] context() {
        return new byte[0];
    }

    /**
     * Calls the handler of a message that is received. Here a tracer makes the span the current
     * one of the thread.
     *
     * @param handler to be run once, on this thread. If it is not, the bus runs it afterwards
     */
    default void run(Runnable handler) {
        handler.run();
    }

    /**
     * It is over; called once. That is,
     *
     * <ul>
     *   <li>for a message that is sent: the socket has taken it, or it came back;
     *   <li>for a request that is sent: its future completes;
     *   <li>for a message that is received: its handler has returned, or has thrown;
     *   <li>for a request that is received: its answer is accepted, or its asker has given it
     *       up. It is not called for a request that the application never answers.
     * </ul>
     *
     * @param failure why it failed; null if it did not. A message that was not delivered has an
     *     {@link UndeliveredException}, whatever the sender called
     */
    void end(@Nullable Throwable failure);
}
