package dev.heartbeat.bench;

import dev.heartbeat.Channel;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.ChannelOptions.Delivery;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.nio.NioTransport;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A server that accepts every channel, and counts for each by itself, since each has its own order
 * and perhaps its own thread.
 */
final class ChannelReceiver implements Receiver {
    private final List<Tally> tallies = new CopyOnWriteArrayList<>();
    private final HeartbeatServer server;

    ChannelReceiver(Workload workload, Delivery delivery) {
        ChannelOptions options = ChannelOptions.builder().delivery(delivery).build();
        server = HeartbeatServer.builder()
                .transport(NioTransport.start())
                .host("127.0.0.1")
                .port(0)
                .otherChannels(options, channel -> {
                    Tally tally = new Tally(workload);
                    tallies.add(tally);
                    return new ChannelListener() {
                        @Override
                        public void onMessage(Channel from, ByteBuffer message) {
                            tally.add(message);
                        }
                    };
                })
                .start();
    }

    @Override
    public int port() {
        return server.localAddress().getPort();
    }

    @Override
    public long count() {
        return tallies.stream().mapToLong(Tally::count).sum();
    }
}
