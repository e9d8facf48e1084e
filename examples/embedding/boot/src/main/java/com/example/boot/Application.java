package com.example.boot;

import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** A server as a bean, and a node that asks it a question when the application has started. */
@SpringBootApplication
public class Application {
    private static final Duration SOON = Duration.ofSeconds(10);

    /** Prints the answer, and ends. */
    public static void main(String[] args) {
        SpringApplication.run(Application.class, args).close();
    }

    /** Spring closes it with the application. */
    @Bean
    HeartbeatServer heartbeatServer() {
        return HeartbeatServer.builder()
                .host("127.0.0.1")
                .port(0)
                .onRequest((from, request) -> request.reply(text("hello " + from.id())))
                .start();
    }

    @Bean
    CommandLineRunner node(HeartbeatServer server) {
        return args -> {
            try (HeartbeatClient client = HeartbeatClient.builder()
                    .server("127.0.0.1", server.localAddress().getPort())
                    .nodeId("sensor-42")
                    .connect()) {
                client.registered().get(SOON.toSeconds(), TimeUnit.SECONDS);
                ByteBuffer answer = client.request(text("hello"), SOON).join();
                System.out.println("the server says: " + StandardCharsets.UTF_8.decode(answer));
            }
        };
    }

    private static ByteBuffer text(String text) {
        return StandardCharsets.UTF_8.encode(text);
    }
}
