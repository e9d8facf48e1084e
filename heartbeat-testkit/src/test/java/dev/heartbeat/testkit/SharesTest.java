package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.heartbeat.Channel;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.SendResult;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Channels that always have something to send share a slow link by their weights; on virtual time.
 */
final class SharesTest {
    private static final int LINK = 4_000_000 / 8;
    private static final int MESSAGE = 16_000;
    private static final int[] WEIGHTS = {1, 16, 255};

    private final Map<Integer, Long> arrived = new TreeMap<>();

    /** Counts what comes. */
    private ChannelListener counting(int weight) {
        return new ChannelListener() {
            @Override
            public void onMessage(Channel channel, ByteBuffer message) {
                arrived.merge(weight, (long) message.remaining(), Long::sum);
            }
        };
    }

    /** Sends as much as its channel takes. */
    private static final class Greedy implements ChannelListener {
        @Override
        public void onOpened(Channel channel) {
            fill(channel);
        }

        @Override
        public void onWritable(Channel channel) {
            fill(channel);
        }

        private static void fill(Channel channel) {
            while (channel.trySend(ByteBuffer.allocate(MESSAGE)) == SendResult.ACCEPTED) {
                // Until it is full.
            }
        }
    }

    @ParameterizedTest(name = "to server {0}, latency {1} ms, socket buffer {2}")
    @CsvSource({"true, 10, 262144", "false, 10, 262144", "true, 50, 131072", "false, 1, 131072"})
    void weightsHoldAtTheDefaultWindows(boolean toServer, int latencyMs, int socketBuffer) {
        Bus bus = new Bus(61, 2, options -> {
            options.heartbeatInterval(Duration.ofSeconds(10))
                    .suspectAfter(Duration.ofSeconds(25))
                    .heartbeatTimeout(Duration.ofSeconds(30));
            for (int weight : WEIGHTS) {
                options.channel("w" + weight, channel -> counting(weight));
            }
            return options;
        });
        Host host = bus.world.newHost("client");
        bus.world.link(
                host,
                bus.serverHost,
                LinkSettings.LAN
                        .withLatency(Duration.ofMillis(latencyMs), Duration.ZERO)
                        .withBytesPerSecond(LINK)
                        .withSocketBuffer(socketBuffer));
        HeartbeatClient.Builder builder = bus.client(host, "n1");
        for (int weight : WEIGHTS) {
            builder.channel("w" + weight, channel -> counting(weight));
        }
        HeartbeatClient client = builder.connect();
        bus.world.advanceUntil(client.registered()::isDone, Duration.ofSeconds(1));
        for (int weight : WEIGHTS) {
            ChannelOptions options = ChannelOptions.builder().weight(weight).build();
            if (toServer) {
                client.openChannel("w" + weight, options, new Greedy());
            } else {
                bus.server.openChannel("n1", "w" + weight, options, new Greedy());
            }
        }
        bus.advance(Duration.ofSeconds(2));
        arrived.clear();
        bus.advance(Duration.ofSeconds(20));

        double all = arrived.values().stream().mapToLong(bytes -> bytes).sum();
        assertThat(all).isCloseTo(20.0 * LINK, withinPercentage(3));
        for (int weight : WEIGHTS) {
            double share = all * weight / 272;
            assertThat((double) arrived.getOrDefault(weight, 0L))
                    .as("share of weight " + weight + " of " + arrived)
                    // Few rounds of the lightest channel are complete.
                    .isCloseTo(share, within(Math.max(share / 10, MESSAGE)));
        }
        assertThat(bus.told.of("n1")).containsExactly("ONLINE");
    }
}
