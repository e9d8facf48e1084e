package dev.heartbeat.fuzz;

import dev.heartbeat.Channel;
import dev.heartbeat.ChannelAcceptor;
import dev.heartbeat.ChannelCloseReason;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.ChannelOptions.Delivery;
import dev.heartbeat.ChannelRefusedException;
import dev.heartbeat.Request;
import dev.heartbeat.SendResult;
import dev.heartbeat.UndeliveredException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;

/**
 * An application that has something to say on every channel: it echoes messages, answers requests,
 * ends when the other side has ended. Channel "p" it pulls from, "i" it hears on the loop, "r" it
 * refuses; on any other it is pushed to. Each must hear of its end once, behind everything else.
 */
final class Talkative implements ChannelListener, ChannelAcceptor {
    private final Set<Channel> open = new HashSet<>();
    private long accepted;
    private long cameBack;

    static ChannelOptions options(Delivery delivery) {
        return ChannelOptions.builder()
                .windowBytes(16_396)
                .maxWindowBytes(40_000)
                .queueMessages(10)
                .queueBytes(20_000)
                .delivery(delivery)
                .build();
    }

    /** The number of channels that were accepted and have not ended. */
    int open() {
        return open.size();
    }

    @Override
    public ChannelListener accept(Channel channel) throws ChannelRefusedException {
        if (channel.name().equals("r")) {
            throw new ChannelRefusedException("this one is refused");
        }
        open.add(channel);
        if (channel.name().equals("p")) {
            pull(channel);
        }
        return this;
    }

    private void pull(Channel channel) {
        channel.receiveAsync().whenComplete((message, failure) -> {
            if (failure == null) {
                count(channel.trySend(message));
                pull(channel);
            }
        });
    }

    @Override
    public void onMessage(Channel channel, ByteBuffer message) {
        requireOpen(channel);
        count(channel.trySend(
                ByteBuffer.allocate(message.remaining()).put(message).flip()));
    }

    @Override
    public void onRequest(Channel channel, Request request) {
        requireOpen(channel);
        count(request.reply(ByteBuffer.allocate(request.content().remaining())));
    }

    private void count(SendResult result) {
        accepted += result == SendResult.ACCEPTED ? 1 : 0;
    }

    /** Messages that were accepted. */
    long accepted() {
        return accepted;
    }

    /** And those of them that came back. */
    long cameBack() {
        return cameBack;
    }

    @Override
    public void onUndelivered(Channel channel, ByteBuffer message, UndeliveredException.Reason reason) {
        cameBack++;
    }

    @Override
    public void onEnded(Channel channel) {
        requireOpen(channel);
        channel.end();
    }

    @Override
    public void onClosed(Channel channel, ChannelCloseReason reason, String why) {
        requireOpen(channel);
        open.remove(channel);
    }

    /** An exception from here is counted and logged, which fails the test. */
    private void requireOpen(Channel channel) {
        if (!open.contains(channel)) {
            throw new IllegalStateException(channel + " is over");
        }
    }
}
