package dev.heartbeat.internal.mux;

/** The application's end of a channel other than 0. */
public interface Endpoint extends Receiver {

    /** Whose messages go out over it. */
    Sender sender();

    /** How far the other side may send at first. */
    int window();

    /** To what that may grow. */
    int maxWindow();

    /** The connection is about to end: what was accepted may still go, and nothing more is accepted. */
    void drain();

    /** Whether a request that was sent over it is not answered yet. */
    boolean awaitsReplies();

    /** The other side has opened it. It is {@linkplain MuxChannel#accept accepted} or {@linkplain MuxChannel#reset reset} then, now or later. */
    void onOffered(MuxChannel channel);
}
