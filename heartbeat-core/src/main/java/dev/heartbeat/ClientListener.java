package dev.heartbeat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Hears what happens to a client. Calls are in order and never concurrent for one client, in one
 * line with its messages, on the transport's worker threads or the application's own
 * ({@link ClientSetters#callbackExecutor}); they may block, which delays that client's calls only.
 * An exception from one is logged and affects nothing else. Several listeners of one client are
 * called one after the other ({@link HeartbeatClient.Builder#listener}).
 *
 * @since 0.1
 */
public interface ClientListener {

    /** A connection stands; the registration is on its way. */
    default void onConnected() {}

    /** The server knows the node now. Called again after every reconnect, with a new epoch. */
    default void onRegistered(Registered registered) {}

    /** A heartbeat was answered. A listener that is slower than the answers hears of the latest. */
    default void onHeartbeat(Duration rtt) {}

    /** The server has been silent for the suspicion time; it was probed. */
    default void onSuspect() {}

    /** It was heard again. */
    default void onRecovered() {}

    /**
     * The connection ended or could not be made.
     *
     * @param retryIn when it is tried again; null if never
     */
    default void onDisconnected(CloseReason reason, @Nullable Duration retryIn) {}

    /**
     * As {@link #onDisconnected(CloseReason, Duration)}, with the cause. This is the one that is
     * called; unless it is overridden it calls the other.
     */
    default void onDisconnected(Disconnect disconnect) {
        onDisconnected(disconnect.reason(), disconnect.retryIn());
    }

    /**
     * Something went wrong that the other calls do not say: the server reported an error, a
     * registration was refused. A listener for which sixteen of them wait already does not hear of
     * more.
     */
    default void onError(HeartbeatException error) {}

    /** A message was refused as {@link SendResult#FULL}, and half of the queue is free again. */
    default void onWritable() {}

    /**
     * A message that {@link HeartbeatClient#trySend} had accepted was not delivered: the client was
     * closed before, or the connection was lost while the message was on its way, so that part of
     * it may have arrived, or the server refused it ({@link UndeliveredException.Reason#REFUSED}).
     * A refused message of a {@link HeartbeatClient#send} that had completed comes here too, as a
     * view of its buffer. The buffer belongs to the application again.
     *
     * <p>Of several listeners each has a position and a limit of its own. The buffer belongs to the
     * one that was added last, and each other gets a view of it, which is valid until the call
     * returns.
     */
    default void onUndelivered(ByteBuffer message, UndeliveredException.Reason reason) {}

    /** The last call: the client is closed and does not come back. */
    default void onClosed(CloseReason reason) {}

    /**
     * The end of a connection, or the reason it could not be made.
     *
     * @param reason why, in a word
     * @param retryIn when it is tried again; null if never
     * @param cause what the system or the server said: an unknown host, a connection that was
     *     refused or timed out, the text of a refusal; where neither said anything, the reason in a
     *     sentence
     */
    record Disconnect(CloseReason reason, @Nullable Duration retryIn, Throwable cause) {
        /** Refuses null. */
        public Disconnect {
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(cause, "cause");
        }
    }

    /**
     * The server's decisions at registration.
     *
     * @param epoch the fencing token of this registration: shown to a resource that refuses lower
     *     ones, it keeps a process that was replaced from doing harm there
     * @param interval how often the node beats
     * @param suspectAfter after how much silence either side suspects the other
     * @param timeout after how much silence either side gives the other up
     * @param grace how long the server waits for the node to come back after a lost connection
     */
    record Registered(long epoch, Duration interval, Duration suspectAfter, Duration timeout, Duration grace) {
        /** Refuses null. */
        public Registered {
            Objects.requireNonNull(interval, "interval");
            Objects.requireNonNull(suspectAfter, "suspectAfter");
            Objects.requireNonNull(timeout, "timeout");
            Objects.requireNonNull(grace, "grace");
        }
    }
}
