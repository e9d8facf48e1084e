package dev.heartbeat;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A message whose sender waits for a reply. It is to be answered once, by any thread; a second answer is refused with an {@link IllegalStateException}. */
public interface Request {

    /** The node that asks, where it does so through the server; null where the other side itself does. */
    @Nullable
    String source();

    /** What is asked. Buffer as in {@link ChannelListener#onMessage}. */
    ByteBuffer content();

    /** Answers. What is not ACCEPTED has not answered: it may be tried again. */
    SendResult reply(ByteBuffer message);

    /**
     * Answers that there is no reply.
     *
     * @param why what the sender is told
     */
    SendResult fail(String why);
}
