package dev.heartbeat.internal.loop;

import java.nio.ByteBuffer;

/** Decodes what a connection reads, in shares of a turn. On the loop. */
public interface InputReader {

    /**
     * Decodes a share of input that an earlier turn left.
     *
     * @return whether nothing is left of it
     */
    boolean goOn(ByteBuffer rest);

    /** Ends the connection, because something was thrown on its behalf. */
    void fail();
}
