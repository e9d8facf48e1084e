package dev.heartbeat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A message whose sender waits for a reply. It is to be answered once, by any thread; a second
 * answer is refused with an {@link IllegalStateException}.
 *
 * @since 0.1
 */
public interface Request {

    /**
     * {@return the node that asks, where it does so through the server; null where the other side
     * itself does}
     */
    @Nullable
    String source();

    /** {@return the message of the request} Buffer as in {@link ChannelListener#onMessage}. */
    ByteBuffer content();

    /**
     * The time the requester still waits: the time that the other side said remained when it sent
     * the request, less what has passed here since its first bytes came. The way itself is not in
     * it, so the other side may wait no more a little earlier. A node that asks through the server
     * is counted as if it asked directly. Any thread may call this at any time; no clock of the
     * other side is read.
     *
     * @return zero or more; zero once the time is over, answered or not; null where the other side
     *     does not say
     */
    @Nullable
    Duration remaining();

    /**
     * {@return whether whoever asks has given it up: its time is over, or its future was cancelled}
     * A request that was given up before its turn came is not handed over at all. The other side
     * says so as soon as it can, and only if it knows how to: false is no promise that somebody
     * waits.
     */
    boolean isCancelled();

    /**
     * Completes when the request {@linkplain #isCancelled() is given up}, on a thread that waits
     * for no other callback. It never completes where the request is answered first.
     *
     * @return a future that completes when the asker has given the request up
     */
    CompletableFuture<Void> cancelled();

    /**
     * Answers. A reply that is not ACCEPTED has not answered: it may be tried again. It is CLOSED,
     * and sends nothing, once the request {@linkplain #isCancelled() is given up}. Only the server
     * knows another node's limits: a reply that is too long for it fails the request there.
     *
     * @return whether the answer was accepted, and if not, why
     * @throws IllegalArgumentException if the reply is longer than the other side takes; the
     *     message names that limit. The request is still to be answered. It fails if the exception
     *     leaves the callback that got the request.
     */
    SendResult reply(ByteBuffer message);

    /**
     * Answers that there is no reply.
     *
     * @param why the text for the sender; what is longer than the other side takes is cut off
     * @return whether the answer was accepted, and if not, why
     */
    SendResult fail(String why);
}
