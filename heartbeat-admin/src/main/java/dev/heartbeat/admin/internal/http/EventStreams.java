package dev.heartbeat.admin.internal.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The clients that read server-sent events. One that does not read gets nothing more until it does,
 * and is disconnected when that takes too long. Any thread.
 */
public final class EventStreams {
    private final int most;
    private final int patience;
    private final Supplier<String> first;
    private final Set<Stream> streams = new HashSet<>();
    /** With those whose answer is not written yet. */
    private int reserved;

    /**
     * @param most streams at a time
     * @param patience the number of events that a client may leave unread
     * @param first makes the event that a new client gets
     */
    public EventStreams(int most, int patience, Supplier<String> first) {
        this.most = most;
        this.patience = patience;
        this.first = first;
    }

    private static final class Stream {
        private final Channel channel;
        private int unread;

        private Stream(Channel channel) {
            this.channel = channel;
        }
    }

    /** Refuses one more than there may be. */
    public synchronized EventStreams reserve() throws Problem {
        if (reserved >= most) {
            throw new Problem(
                    HttpResponseStatus.SERVICE_UNAVAILABLE, most + " clients read events; more cannot at a time");
        }
        reserved++;
        return this;
    }

    /** The answer's head is written. */
    void begin(Channel channel) {
        Stream stream = new Stream(channel);
        synchronized (this) {
            streams.add(stream);
        }
        channel.closeFuture().addListener(closed -> remove(stream));
        write(channel, first.get());
    }

    /** The channel was closed before the answer's head could be written. */
    synchronized void release() {
        reserved--;
    }

    private synchronized void remove(Stream stream) {
        streams.remove(stream);
        reserved--;
    }

    public synchronized boolean isEmpty() {
        return streams.isEmpty();
    }

    /** Writes an event to all. */
    public void send(String event) {
        List<Channel> ready = new ArrayList<>();
        synchronized (this) {
            for (Stream stream : streams) {
                if (stream.channel.isWritable()) {
                    stream.unread = 0;
                    ready.add(stream.channel);
                } else if (++stream.unread > patience) {
                    ChannelFuture unused = stream.channel.close();
                }
            }
        }
        ready.forEach(channel -> write(channel, event));
    }

    private static void write(Channel channel, String event) {
        ChannelFuture unused = channel.writeAndFlush(new DefaultHttpContent(Unpooled.copiedBuffer(event, UTF_8)));
    }
}
