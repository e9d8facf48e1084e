package dev.heartbeat.bench;

import dev.heartbeat.Channel;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.ChannelState;
import dev.heartbeat.HeartbeatClient;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/**
 * A node that sends as much over each of its channels as it was given to send, in numbered messages
 * of 256 KiB to 1 MiB.
 */
final class BulkSender extends Sender {
    private static final int STEP = 256 * 1024;

    private final List<Share> shares;

    BulkSender(HeartbeatClient client, int channels, long bytesPerChannel) {
        List<Channel> opened = IntStream.range(0, channels)
                .mapToObj(i -> client.openChannel("bulk" + i, ChannelOptions.defaults(), new ChannelListener() {}))
                .toList();
        opened.forEach(channel -> channel.opened().join());
        shares = opened.stream()
                .map(channel -> new Share(channel, bytesPerChannel))
                .toList();
    }

    /** The length of the message of this number: both ends know it. */
    static int bytesOf(long number) {
        return STEP * (int) (number % 4 + 1);
    }

    @Override
    int sendSome() {
        int sent = 0;
        for (Share share : shares) {
            if (share.left > 0 && share.send()) {
                sent++;
            }
        }
        return sent;
    }

    /** The share that is still to be sent over a channel. For one thread. */
    private static final class Share {
        private final Channel channel;
        private final List<Slot> slots = List.of(new Slot(), new Slot());
        private long left;
        private long number;

        Share(Channel channel, long left) {
            this.channel = channel;
            this.left = left;
        }

        boolean send() {
            Slot slot = slots.get((int) (number % slots.size()));
            if (!slot.isFree() || !slot.send(channel, number)) {
                return false;
            }
            left -= bytesOf(number);
            number++;
            return true;
        }
    }

    /** The memory of one message, which belongs to the bus until the socket has taken it. */
    private static final class Slot {
        private final ByteBuffer memory = ByteBuffer.allocateDirect(4 * STEP);
        private CompletableFuture<Void> taken = CompletableFuture.completedFuture(null);

        /** Throws if what was in it came back. */
        boolean isFree() {
            return taken.isDone() && taken.join() == null;
        }

        boolean send(Channel channel, long number) {
            if (channel.state() == ChannelState.CLOSED) {
                throw new IllegalStateException(channel.name() + " was closed");
            }
            CompletableFuture<Void> sent =
                    channel.send(memory.clear().limit(bytesOf(number)).putLong(0, number));
            if (sent.isCompletedExceptionally()) {
                return false; // Its queue is full.
            }
            taken = sent;
            return true;
        }
    }
}
