package dev.heartbeat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One of many conversations on a node's connection: messages in order in both directions, with a
 * queue, a credit and a share of the connection of its own, so that neither a slow reader nor a
 * bulk upload on one holds up another, or a heartbeat. Either side
 * {@linkplain HeartbeatClient#openChannel opens} it by name; the other
 * {@linkplain ChannelAcceptor accepts or refuses}.
 *
 * <pre>
 *  OPENING ──accepted──▶ OPEN ──both sides ended──▶ CLOSED
 *     └──── refused, reset by either side, connection lost ────▲
 * </pre>
 *
 * <p>It lives as long as the connection it was opened on, and is not opened again by itself. Every
 * method may be called from any thread, and none but {@link #receive} waits.
 *
 * @since 0.1
 */
public interface Channel {

    /** {@return the name its opener gave it} */
    String name();

    /**
     * {@return the id of the node it belongs to: on a server that of the other side, on a client
     * its own}
     */
    String nodeId();

    /** {@return the node at the other end, as it is known now; on a client null} */
    @Nullable
    Node node();

    /** {@return its current state} */
    ChannelState state();

    /**
     * Completes with this when it is OPEN, or fails with a {@link HeartbeatException} that says why
     * it was closed instead. Dependent stages run on a worker thread, as with every future given
     * here.
     *
     * @return a future of this channel, which completes when it is OPEN
     */
    CompletableFuture<Channel> opened();

    /**
     * Completes when it is CLOSED.
     *
     * @return a future of the reason, which completes when the channel is CLOSED
     */
    CompletableFuture<ChannelCloseReason> closed();

    /**
     * Offers a message. Never blocks and never drops in silence: what was ACCEPTED leaves through
     * the socket in the order in which it was accepted, or comes back through
     * {@link ChannelListener#onUndelivered}. After FULL, {@link ChannelListener#onWritable} says
     * when to try again.
     *
     * @param message from its position to its limit; if it is ACCEPTED it belongs to the bus and
     *     must not be changed until it has left or come back. Its position and limit are not
     *     changed
     * @return whether the message was accepted, and if not, why
     */
    SendResult trySend(ByteBuffer message);

    /**
     * Offers messages in the order of the list, each as by {@link #trySend}. It costs less than to
     * offer them one by one, because the bus is notified of them once. If one is FULL, so are those
     * behind it; {@link ChannelListener#onWritable} says when to offer those. One that is TOO_LARGE
     * affects no other.
     *
     * @param messages each as of {@link #trySend}; the list is the caller's again on return. None
     *     is taken if one of them is null
     * @return the result of each message, in the same order; unmodifiable
     */
    List<SendResult> sendAll(List<ByteBuffer> messages);

    /**
     * As {@link #trySend}, for who waits: the future completes when the socket has taken the
     * message, or fails once with an {@link UndeliveredException}, whether it was not accepted or
     * did not get away.
     *
     * @return a future that completes when the socket has taken the message
     */
    CompletableFuture<Void> send(ByteBuffer message);

    /**
     * Sends a request; the future completes with the reply. It fails with an
     * {@link UndeliveredException} if it did not get away, a {@link HeartbeatException} if the
     * other side could not answer or the channel closed, or a
     * {@link java.util.concurrent.TimeoutException} after {@code timeout}. If it is cancelled, or
     * too late, the reply is dropped and counted. As many requests as the channel's queue has
     * places may wait, for their replies or for their turn in the line of callbacks.
     *
     * @param timeout with zero nothing is sent, and the future has failed when this returns; more
     *     than 36,500 days count as that
     * @return a future of the reply
     * @throws IllegalArgumentException if it is negative
     */
    CompletableFuture<ByteBuffer> request(ByteBuffer message, Duration timeout);

    /**
     * The next message, where the channel was made with {@link ChannelOptions.Delivery#PULL}. One
     * whose future is cancelled is kept for the next call. When the channel is CLOSED and
     * everything was received it fails with a {@link HeartbeatException}.
     *
     * @return a future of the next message
     */
    CompletableFuture<ByteBuffer> receiveAsync();

    /**
     * As {@link #receiveAsync()}; after {@code timeout} it fails with a
     * {@link java.util.concurrent.TimeoutException}, and no message is lost.
     *
     * @param timeout with zero the future is complete when this returns; more than 36,500 days
     *     count as that
     * @return a future of the next message
     * @throws IllegalArgumentException if it is negative
     */
    CompletableFuture<ByteBuffer> receiveAsync(Duration timeout);

    /**
     * Waits for the next message. Refused with an {@link IllegalStateException} on an event loop
     * and in a callback, which must not wait.
     *
     * @param timeout with zero it does not wait; more than 36,500 days count as that
     * @return null if there was none within {@code timeout}; none is lost
     * @throws IllegalArgumentException if {@code timeout} is negative
     * @throws HeartbeatException if the channel is closed and everything was received
     */
    @Nullable
    ByteBuffer receive(Duration timeout) throws InterruptedException;

    /**
     * Sends nothing more: what was accepted is delivered, then the other side hears of the end. It
     * may go on sending. Idempotent.
     */
    void end();

    /**
     * Closes at once in both directions. Messages that have not left come back, and those that have
     * not arrived are dropped. Idempotent.
     */
    void reset(String why);
}
