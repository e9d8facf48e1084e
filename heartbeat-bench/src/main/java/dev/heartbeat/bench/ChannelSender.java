package dev.heartbeat.bench;

import dev.heartbeat.Channel;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.SendResult;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;

/** A node that offers the same message to each of its channels in turn, again and again. */
final class ChannelSender extends Sender {
    private final List<Channel> channels;
    private final ByteBuffer message;

    ChannelSender(Workload workload, int port) {
        message = ByteBuffer.allocateDirect(workload.bytes());
        HeartbeatClient client = HeartbeatClient.builder()
                .server("127.0.0.1", port)
                .nodeId("sender")
                .connect();
        client.registered().join();
        channels = IntStream.range(0, workload.channels())
                .mapToObj(i -> client.open("c" + i, ChannelOptions.defaults(), new ChannelListener() {}))
                .toList();
        channels.forEach(channel -> channel.opened().join());
    }

    @Override
    int sendSome() {
        int sent = 0;
        for (Channel channel : channels) {
            if (channel.trySend(message) == SendResult.ACCEPTED) {
                sent++;
            }
        }
        return sent;
    }
}
