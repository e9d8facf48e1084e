package dev.heartbeat;

import java.nio.ByteBuffer;

/**
 * Hears what happens on a channel. Calls are in order and never concurrent for one channel. They
 * come on the transport's worker threads and may block, which pushes back the other side of this
 * channel and nobody else; or, for a channel that is {@link ChannelOptions.Delivery#INLINE}, on the
 * event loop, where they must not. An exception from one is logged, counted, and affects nothing
 * else.
 *
 * @since 0.1
 */
public interface ChannelListener {

    /** The other side has accepted it. Not called where this side accepted. */
    default void onOpened(Channel channel) {}

    /**
     * A whole message. The buffer belongs to the application; on an INLINE channel it is a view of
     * what was read, valid until this returns, and not to be written to.
     */
    default void onMessage(Channel channel, ByteBuffer message) {}

    /** The other side asks for a reply. It may be given now or later, by any thread. */
    default void onRequest(Channel channel, Request request) {
        request.fail("requests are not answered here");
    }

    /** After {@link SendResult#FULL}: half of the queue is free again. */
    default void onWritable(Channel channel) {}

    /**
     * A message that had been accepted was not delivered, or not as a whole. The buffer belongs to
     * the application again. The message for which the other side ended the channel
     * ({@link UndeliveredException.Reason#REFUSED}) comes here too, even if its
     * {@link Channel#send} had completed; then as a view of its buffer.
     */
    default void onUndelivered(Channel channel, ByteBuffer message, UndeliveredException.Reason reason) {}

    /** The other side sends nothing more. This side still may. */
    default void onEnded(Channel channel) {}

    /**
     * The last call.
     *
     * @param why for people; may be empty
     */
    default void onClosed(Channel channel, ChannelCloseReason reason, String why) {}
}
