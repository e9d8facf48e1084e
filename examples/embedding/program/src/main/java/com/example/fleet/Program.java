package com.example.fleet;

import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A server and a node in one process: the node registers, asks a question, and both end. */
public final class Program {
    private static final Duration SOON = Duration.ofSeconds(10);

    private Program() {}

    /** Prints the answer and what the server measured, and ends. */
    public static void main(String[] args) throws Exception {
        try (HeartbeatServer server = HeartbeatServer.builder()
                        .host("127.0.0.1")
                        .port(0)
                        .heartbeatInterval(Duration.ofMillis(100))
                        .suspectAfter(Duration.ofMillis(300))
                        .onRequest((from, request) -> request.reply(text("hello " + from.id())))
                        .start();
                HeartbeatClient client = HeartbeatClient.builder()
                        .server("127.0.0.1", server.localAddress().getPort())
                        .nodeId("sensor-42")
                        .connect()) {
            client.registered().get(SOON.toSeconds(), TimeUnit.SECONDS);
            ByteBuffer answer = client.request(text("hello"), SOON).join();
            System.out.println("the server says: " + StandardCharsets.UTF_8.decode(answer));
            System.out.println("percentiles: " + (hasPercentiles(server) ? "yes" : "no"));
        }
    }

    /**
     * The server measures itself after a moment. It keeps percentiles only where it finds
     * heartbeat-histograms.
     */
    private static boolean hasPercentiles(HeartbeatServer server) throws InterruptedException {
        for (int i = 0; i < 100 && server.stats().loops().lag().count() == 0; i++) {
            Thread.sleep(50);
        }
        return server.stats().loops().lag().p99() != null;
    }

    private static ByteBuffer text(String text) {
        return StandardCharsets.UTF_8.encode(text);
    }
}
