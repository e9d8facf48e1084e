package dev.heartbeat.internal.mux;

import dev.heartbeat.internal.queue.MessageList;
import dev.heartbeat.internal.queue.OutgoingMessage;

/**
 * One whose messages go out over a channel: a node on channel 0, the application's end of any
 * other. It {@linkplain #join joins} the {@link RoundRobin} when it has a message, and has one turn
 * after the other until it has none. All but {@link #join} is called on the connection's loop.
 */
public interface Sender extends OutgoingMessage.Owner {

    /** The handle that the messages name it by; 0 where the channel says it. */
    int handle();

    /** It wants a turn. Any thread; false if it wanted one already. */
    boolean join();

    /** Its turn has come, and it waits no more; for another turn it has to join again. */
    void dequeued();

    /**
     * Moves its next messages to {@code to}: one if there is one, and more as long as they fit
     * {@code room} bytes together with their frames.
     */
    void poll(MessageList to, long room);

    boolean hasMore();
}
