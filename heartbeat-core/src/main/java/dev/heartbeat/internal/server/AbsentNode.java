package dev.heartbeat.internal.server;

import dev.heartbeat.Node;
import dev.heartbeat.internal.channel.ChannelCounts;
import dev.heartbeat.internal.channel.ChannelOwner;
import dev.heartbeat.internal.queue.CallbackThreads;
import dev.heartbeat.internal.queue.Tracing;
import org.jspecify.annotations.Nullable;

/** The owner of a channel to a node that is not there. */
record AbsentNode(Server server, String nodeId) implements ChannelOwner {

    @Override
    public @Nullable Node node() {
        return null;
    }

    @Override
    public CallbackThreads callbackThreads() {
        return server.callbackThreads;
    }

    @Override
    public void requireMayWait(String call) {
        server.requireMayWait(call);
    }

    @Override
    public @Nullable Tracing tracing() {
        return server.tracing();
    }

    @Override
    public ChannelCounts counts() {
        return server.channels;
    }

    @Override
    public void onMessageIn() {
        throw new IllegalStateException("a message of an unknown node");
    }

    @Override
    public void onFailure(String of, Throwable failure) {
        server.callbackFailed(of, failure);
    }
}
