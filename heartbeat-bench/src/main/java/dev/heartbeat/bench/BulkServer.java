package dev.heartbeat.bench;

import dev.heartbeat.Channel;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.bench.process.Orders;
import dev.heartbeat.nio.NioTransport;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/**
 * The process that hears heartbeats and takes bulk at once; sees to it that no message of a channel
 * is missing, late or short.
 */
final class BulkServer {
    private final Verdicts verdicts = new Verdicts(id -> true);
    private final LongAdder bytes = new LongAdder();
    private final LongAdder messages = new LongAdder();
    private final LongAdder wrong = new LongAdder();
    private final HeartbeatServer server = HeartbeatServer.builder()
            .transport(NioTransport.start())
            .host("127.0.0.1")
            .port(0)
            .heartbeatInterval(Duration.ofSeconds(1))
            .suspectAfter(Duration.ofMillis(2500))
            .heartbeatTimeout(Duration.ofSeconds(3))
            .listener(verdicts)
            .otherChannels(ChannelOptions.defaults(), channel -> new Counting())
            .start();

    private BulkServer() {}

    public static void main(String[] args) {
        BulkServer server = new BulkServer();
        Orders.obey(server::answer);
    }

    private String answer(String[] words) {
        return switch (words[0]) {
            case "port" -> String.valueOf(server.localAddress().getPort());
            case "counts" -> messages + " " + bytes + " " + wrong + " " + verdicts.suspect() + " " + verdicts.offline();
            default -> throw new IllegalArgumentException(String.join(" ", words));
        };
    }

    /** One channel. For one thread at a time. */
    private final class Counting implements ChannelListener {
        private long next;

        @Override
        public void onMessage(Channel channel, ByteBuffer message) {
            if (message.remaining() != BulkSender.bytesOf(next) || message.getLong(message.position()) != next) {
                wrong.increment();
            }
            next++;
            bytes.add(message.remaining());
            messages.increment();
        }
    }
}
