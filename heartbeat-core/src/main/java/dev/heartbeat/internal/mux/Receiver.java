package dev.heartbeat.internal.mux;

import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.queue.IncomingMessage;

/** Gets what comes in over any channel. On the loop. */
public interface Receiver {

    /** A message that is handled later. */
    void onMessage(int handle, IncomingMessage message);

    /**
     * The sender of this request waits for no answer any more. All of the request has come, or
     * nothing more of it is taken.
     */
    void onRequestCancelled(int handle, Envelope request);
}
