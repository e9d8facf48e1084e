package dev.heartbeat.internal.client;

import dev.heartbeat.Channel;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.Node;
import dev.heartbeat.internal.channel.ChannelCounts;
import dev.heartbeat.internal.channel.ChannelEnd;
import dev.heartbeat.internal.channel.ChannelOwner;
import dev.heartbeat.internal.queue.CallbackThreads;
import dev.heartbeat.internal.queue.Tracing;
import org.jspecify.annotations.Nullable;

/**
 * The channels of a client's own node. Those that are opened before it is registered wait for that.
 * On the loop, but for what the application calls.
 */
final class ClientChannels implements ChannelOwner {
    private final Client client;
    private final ChannelCounts counts = new ChannelCounts();
    private final WaitingChannels waiting = new WaitingChannels();

    ClientChannels(Client client) {
        this.client = client;
    }

    /** Opens a channel now, or as soon as the client is registered. Any thread. */
    Channel open(String name, ChannelOptions options, ChannelListener listener) {
        ChannelEnd end = newEnd(this, name, options, listener);
        if (!client.onLoop(() -> open(end))) {
            end.cannotOpen("the client's transport is closed");
        }
        return end;
    }

    /** One of the client, or of a node that is attached to it. Any thread. */
    ChannelEnd newEnd(ChannelOwner home, String name, ChannelOptions options, ChannelListener listener) {
        return ChannelEnd.opening(home, client.loop(), name, options, client.messageLimit(), listener);
    }

    private void open(ChannelEnd end) {
        boolean leaving = client.isLeaving();
        ClientSession session = client.session();
        if (!leaving && session != null && session.opensChannels()) {
            session.open(end, 0);
        } else if (leaving || !waiting.add(end)) {
            end.cannotOpen("the client is not registered");
        }
    }

    void openWaiting(ClientSession registered) {
        waiting.removeAll().forEach(end -> registered.open(end, 0));
    }

    void refuseWaiting(String why) {
        waiting.removeAll().forEach(end -> end.cannotOpen(why));
    }

    // ---- their owner

    @Override
    public String nodeId() {
        return client.options.nodeId();
    }

    @Override
    public @Nullable Node node() {
        return null;
    }

    @Override
    public CallbackThreads callbackThreads() {
        return client.events.callbackThreads();
    }

    @Override
    public void requireMayWait(String call) {
        client.requireMayWait(call);
    }

    @Override
    public @Nullable Tracing tracing() {
        return client.events.tracing();
    }

    @Override
    public ChannelCounts counts() {
        return counts;
    }

    @Override
    public void onMessageIn() {
        client.counts.messageIn();
    }

    @Override
    public void onFailure(String of, Throwable failure) {
        client.counts.callbackFailed(of, failure);
    }
}
