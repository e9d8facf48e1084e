package dev.heartbeat.internal.mux;

import dev.heartbeat.internal.frame.ProtocolException;

/** Gets what comes in over channel 0, which all nodes of the connection share. On the loop. */
public interface SharedReceiver extends Receiver {

    /**
     * Whether a message from or for this node can be taken. The peer is notified if there never was
     * such a node.
     *
     * @param ordinal of the message
     */
    boolean takesFrom(int handle, long ordinal) throws ProtocolException;

    /** A further part of a message from or for this node has come. */
    void onFragment(int handle);

    /** A message could not be taken; the peer is to be notified. */
    void onRefusedMessage(ProtocolException refusal) throws ProtocolException;
}
