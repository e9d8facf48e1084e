package dev.heartbeat.internal.mux;

import dev.heartbeat.internal.frame.Envelope;
import java.nio.ByteBuffer;

/** The application's end of a channel other than 0. */
public interface Endpoint extends Receiver {

    /** Whose messages go out over it. */
    Sender sender();

    /** How far the other side may send at first. */
    int window();

    /** To what that may grow. */
    int maxWindow();

    /**
     * The connection is about to end: what was accepted may still go, and nothing more is accepted.
     */
    void drain();

    /** Whether a request that was sent over it is not answered yet. */
    boolean awaitsReplies();

    /**
     * The other side has opened it. It is {@linkplain MuxChannel#accept accepted} or
     * {@linkplain MuxChannel#reset reset} then, now or later.
     */
    void onOffered(MuxChannel channel);

    /**
     * Whether it handles messages at once and where they lie, by {@link #onView}; otherwise each is
     * copied for it, and comes by {@link #onMessage}.
     */
    boolean isInline();

    /** A message, which is handled when this returns; the view is valid until then. */
    void onView(Envelope envelope, ByteBuffer message);

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
        /** The server does not grant it, or no more. */
        FORBIDDEN,
        /** The application of the other side gave it up. */
        RESET_BY_PEER,
        /** This side gave it up. */
        RESET,
        /** One side broke the rules, or could not hold what came. */
        FAILED,
        CONNECTION_LOST
    }
}
