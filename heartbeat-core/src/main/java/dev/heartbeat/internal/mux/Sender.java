package dev.heartbeat.internal.mux;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A node whose messages go out over a connection. It {@linkplain #join joins} the {@link Turns} when it has a message, and has one turn after the other until it has none. All but
 * {@link #join} is called on the connection's loop.
 */
public interface Sender {

    /** What the messages name it by. */
    int handle();

    /** It wants a turn. Any thread; false if it wanted one already. */
    boolean join();

    /** Its turn has come; for another one it has to join again. */
    void leave();

    /** The next message. */
    @Nullable
    ByteBuffer poll();

    boolean hasMore();

    /** A message had begun to travel when the connection ended. */
    void undelivered(ByteBuffer message);
}
