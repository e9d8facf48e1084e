package dev.heartbeat.internal.mux;

import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.frame.ProtocolException;
import dev.heartbeat.internal.queue.IncomingMessage;
import java.nio.ByteBuffer;

/** Who gets what comes in over a channel. On the loop. */
public interface Receiver {

    /**
     * Whether a message from or for this node can be taken. Where there never was such a node, the peer
     * is told.
     *
     * @param ordinal of the message
     */
    boolean takesFrom(int handle, long ordinal) throws ProtocolException;

    /** A further part of a message from or for this node has come. */
    void onFragment(int handle);

    /** Whether it handles messages at once and where they lie, by {@link #onView}; otherwise each is copied for it, and comes by {@link #onMessage}. */
    boolean isInline();

    /** A message, which is handled when this returns; the view is valid until then. */
    void onView(int handle, Envelope envelope, ByteBuffer message);

    /** A message that is handled later. */
    void onMessage(int handle, IncomingMessage message);

    /** The sender of this request waits for no answer any more. All of the request has come, or nothing more of it is taken. */
    void onRequestCancelled(int handle, Envelope request);

    /** A message on channel 0 could not be taken; the peer is to be told. */
    void onRefusedMessage(ProtocolException refusal) throws ProtocolException;

    /** The other side has accepted the channel. */
    void onAccepted();

    /** The other side sends nothing more on the channel. */
    void onEnd();

    /** The channel is over, and nothing follows. */
    void onOver(Ending ending, String text);

    /** How a channel can end. */
    enum Ending {
        /** Both sides have ended, and everything has arrived. */
        COMPLETED,
        /** The other side did not accept it. */
        REFUSED,
        /** The application of the other side gave it up. */
        RESET_BY_PEER,
        /** This side gave it up. */
        RESET,
        /** One side broke the rules, or could not hold what came. */
        FAILED,
        CONNECTION_LOST
    }
}
