package dev.heartbeat.bench;

import dev.heartbeat.Channel;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.SendResult;
import dev.heartbeat.nio.NioTransport;
import dev.heartbeat.spi.TransportOptions;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A node that offers the same message to each of its channels in turn, again and again; a channel
 * that is full has its next turn when it says that it has room.
 */
final class ChannelSender extends Sender {
    private static final int MESSAGES_PER_TURN = 10;

    /** The turns, to which the bus's threads add channels that have room again. */
    private final Queue<Channel> turns = new ConcurrentLinkedQueue<>();

    private final ByteBuffer message;

    ChannelSender(Workload workload, int port) {
        message = ByteBuffer.allocateDirect(workload.bytes());
        HeartbeatClient client = HeartbeatClient.builder()
                .transport(NioTransport.start(TransportOptions.builder()
                        .eventLoops(1)
                        .sendBufferBytes(workload.sendBufferBytes())
                        .build()))
                .server("127.0.0.1", port)
                .nodeId("sender")
                .connect();
        client.registered().join();
        Stream<Channel> channels = IntStream.range(0, workload.channels())
                .mapToObj(i -> client.openChannel("c" + i, ChannelOptions.defaults(), new ChannelListener() {
                    @Override
                    public void onWritable(Channel channel) {
                        turns.add(channel);
                    }
                }));
        channels.toList().forEach(channel -> turns.add(channel.opened().join()));
    }

    /**
     * A few to the channel whose turn it is: a place in the line for each message would cost more
     * than the message.
     */
    @Override
    int sendSome() {
        Channel channel = turns.poll();
        if (channel == null) {
            return 0;
        }
        for (int sent = 0; sent < MESSAGES_PER_TURN; sent++) {
            if (channel.trySend(message) != SendResult.ACCEPTED) {
                return sent;
            }
        }
        turns.add(channel);
        return MESSAGES_PER_TURN;
    }
}
