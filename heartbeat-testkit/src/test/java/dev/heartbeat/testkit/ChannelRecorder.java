package dev.heartbeat.testkit;

import dev.heartbeat.Channel;
import dev.heartbeat.ChannelAcceptor;
import dev.heartbeat.ChannelCloseReason;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.Request;
import dev.heartbeat.UndeliveredException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes down what happens on channels, and echoes requests; accepts whatever is opened. */
final class ChannelRecorder implements ChannelListener, ChannelAcceptor {
    final List<String> events = new ArrayList<>();
    final List<Channel> accepted = new ArrayList<>();
    final List<Request> requests = new ArrayList<>();
    boolean answers = true;

    @Override
    public ChannelListener accept(Channel channel) {
        accepted.add(channel);
        events.add("accepted " + channel.name() + " of " + channel.nodeId());
        return this;
    }

    Channel last() {
        return accepted.get(accepted.size() - 1);
    }

    @Override
    public void onOpened(Channel channel) {
        events.add("opened");
    }

    @Override
    public void onMessage(Channel channel, ByteBuffer message) {
        events.add("message " + describe(message));
    }

    @Override
    public void onRequest(Channel channel, Request request) {
        requests.add(request);
        if (answers) {
            request.reply(ByteBuffer.wrap(("re: " + text(request.content())).getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Override
    public void onWritable(Channel channel) {
        events.add("writable");
    }

    @Override
    public void onUndelivered(Channel channel, ByteBuffer message, UndeliveredException.Reason reason) {
        events.add("undelivered " + describe(message) + " " + reason);
    }

    @Override
    public void onEnded(Channel channel) {
        events.add("ended");
    }

    @Override
    public void onClosed(Channel channel, ChannelCloseReason reason, String why) {
        events.add("closed " + reason + (why.isEmpty() ? "" : ": " + why));
    }

    private static String describe(ByteBuffer message) {
        return message.remaining() > 20 ? message.remaining() + " bytes" : text(message);
    }

    static String text(ByteBuffer message) {
        return StandardCharsets.UTF_8.decode(message.duplicate()).toString();
    }
}
