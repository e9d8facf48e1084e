package dev.heartbeat.examples;

import dev.heartbeat.Channel;
import dev.heartbeat.ChannelCloseReason;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.ClientListener;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.HeartbeatServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Sends a file over a channel as fast as it goes, in bounded memory on both sides, and looks at
 * what becomes of the heartbeats meanwhile.
 */
public final class BulkUpload {
    private static final int MIB = 1024 * 1024;
    private static final int ON_THEIR_WAY = 4;

    private BulkUpload() {}

    /** Uploads the file that is given, or else 64 MiB, to a server in this process, and ends. */
    public static void main(String[] args) throws IOException, InterruptedException {
        List<Duration> roundTrips = new CopyOnWriteArrayList<>();
        CompletableFuture<Long> counted = new CompletableFuture<>();
        try (HeartbeatServer server = newServer(counted);
                HeartbeatClient client = newClient(server, roundTrips);
                InputStream file = args.length > 0
                        ? Files.newInputStream(Path.of(args[0]))
                        : new ByteArrayInputStream(new byte[64 * MIB])) {
            client.registered().join();
            Thread.sleep(300);
            print("before", roundTrips);
            roundTrips.clear();

            long start = System.nanoTime();
            upload(file, client);
            double seconds = (System.nanoTime() - start) / 1e9;
            print("during", roundTrips);
            long bytes = counted.join();
            System.out.printf("%d bytes counted by the server, %.0f MiB/s%n", bytes, bytes / (double) MIB / seconds);
        }
    }

    /** No more than a few messages are read ahead of what the socket takes. */
    private static void upload(InputStream file, HeartbeatClient client) throws IOException {
        ChannelOptions options = ChannelOptions.builder()
                .queueMessages(ON_THEIR_WAY)
                .queueBytes(ON_THEIR_WAY * MIB)
                .build();
        Channel channel = client.openChannel("upload", options, new ChannelListener() {});
        Deque<CompletableFuture<Void>> onTheirWay = new ArrayDeque<>();
        for (byte[] next = file.readNBytes(MIB); next.length > 0; next = file.readNBytes(MIB)) {
            if (onTheirWay.size() == ON_THEIR_WAY) {
                onTheirWay.remove().join(); // The socket has taken it, or this throws.
            }
            onTheirWay.add(channel.send(ByteBuffer.wrap(next)));
        }
        channel.end(); // Behind all that was sent. The server ends too when it has everything.
        if (channel.closed().join() != ChannelCloseReason.COMPLETED) {
            throw new IOException("the upload was broken off");
        }
    }

    private static HeartbeatServer newServer(CompletableFuture<Long> counted) {
        ChannelOptions pull =
                ChannelOptions.builder().delivery(ChannelOptions.Delivery.PULL).build();
        return HeartbeatServer.builder()
                .host("127.0.0.1")
                .port(0)
                .heartbeatInterval(Duration.ofMillis(10))
                .suspectAfter(Duration.ofSeconds(5))
                .heartbeatTimeout(Duration.ofSeconds(10))
                .ackEvery(1)
                .channel("upload", pull, channel -> {
                    new Thread(() -> count(channel, counted)).start();
                    return new ChannelListener() {
                        @Override
                        public void onEnded(Channel ended) {
                            ended.end();
                        }
                    };
                })
                .start();
    }

    /** Whoever pulls takes what it can handle; more than the window does not come meanwhile. */
    private static void count(Channel channel, CompletableFuture<Long> counted) {
        long bytes = 0;
        try {
            while (true) {
                ByteBuffer message = channel.receive(Duration.ofSeconds(1));
                bytes += message == null ? 0 : message.remaining();
            }
        } catch (HeartbeatException allReceived) {
            counted.complete(bytes);
        } catch (InterruptedException e) {
            counted.completeExceptionally(e);
        }
    }

    private static HeartbeatClient newClient(HeartbeatServer server, List<Duration> roundTrips) {
        return HeartbeatClient.builder()
                .server("127.0.0.1", server.localAddress().getPort())
                .nodeId("uploader")
                .listener(new ClientListener() {
                    @Override
                    public void onHeartbeat(Duration rtt) {
                        roundTrips.add(rtt);
                    }
                })
                .connect();
    }

    private static void print(String when, List<Duration> roundTrips) {
        List<Duration> sorted = new ArrayList<>(roundTrips);
        if (sorted.isEmpty()) {
            System.out.println("round trip " + when + ": none, it was too short");
            return;
        }
        Collections.sort(sorted);
        System.out.printf(
                "round trip %s: median %.2f ms, longest %.2f ms of %d%n",
                when,
                sorted.get(sorted.size() / 2).toNanos() / 1e6,
                sorted.get(sorted.size() - 1).toNanos() / 1e6,
                sorted.size());
    }
}
