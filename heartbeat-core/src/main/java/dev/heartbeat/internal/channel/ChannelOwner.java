package dev.heartbeat.internal.channel;

import dev.heartbeat.Node;
import dev.heartbeat.internal.queue.CallbackThreads;
import dev.heartbeat.internal.queue.Tracing;
import org.jspecify.annotations.Nullable;

/**
 * Whose channels they are: a node as a server knows it, or a client. Any thread may call any
 * method, but for the one that says otherwise.
 */
public interface ChannelOwner {

    String nodeId();

    /** As it is known now; null on a client. */
    @Nullable
    Node node();

    CallbackThreads callbackThreads();

    /** Refuses a call that would wait for itself. */
    void requireMayWait(String call);

    /** Null where nobody traces. */
    @Nullable
    Tracing tracing();

    ChannelCounts counts();

    /** A message came over one of its channels. On the loop. */
    void onMessageIn();

    /** A callback of the application threw. */
    void onFailure(String of, Throwable failure);
}
