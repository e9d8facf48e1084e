package dev.heartbeat.testkit;

import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.NodeState;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A bus with some clients, each on a host of its own, and what each of them has heard. */
final class Room {
    final Bus bus;
    private final Map<String, HeartbeatClient> clients = new LinkedHashMap<>();
    private final Map<String, Host> hosts = new LinkedHashMap<>();
    private final Map<String, List<String>> heard = new LinkedHashMap<>();

    Room(Bus bus) {
        this.bus = bus;
    }

    static ByteBuffer text(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    static String text(ByteBuffer message) {
        return message.remaining() > 40
                ? message.remaining() + " bytes"
                : StandardCharsets.UTF_8.decode(message.duplicate()).toString();
    }

    /** Registers a node; one of this id from before is another process. */
    HeartbeatClient enter(String id, UnaryOperator<HeartbeatClient.Builder> options) {
        Host host = bus.world.newHost("host of " + id);
        List<String> messages = heard.computeIfAbsent(id, any -> new ArrayList<>());
        HeartbeatClient client = options.apply(bus.client(host, id))
                .onMessage(message -> messages.add(text(message)))
                .connect();
        clients.put(id, client);
        hosts.put(id, host);
        bus.world.advanceUntil(client.registered()::isDone, Duration.ofSeconds(1));
        bus.advance(Duration.ofMillis(10));
        return client;
    }

    HeartbeatClient enter(String id) {
        return enter(id, options -> options);
    }

    Host host(String id) {
        return hosts.get(id);
    }

    /** Its connection is lost, and it cannot come back before {@link #reconnect}. */
    void disconnect(String id) {
        host(id).resetConnections();
        bus.world.advanceUntil(() -> stateOf(id) == NodeState.SUSPECT, Duration.ofSeconds(1));
        bus.world.partition(host(id), bus.serverHost);
    }

    private NodeState stateOf(String id) {
        return bus.server.nodes().find(id).orElseThrow().state();
    }

    void reconnect(String id) {
        bus.world.heal(host(id), bus.serverHost);
        bus.advance(Duration.ofSeconds(2));
    }

    List<String> heard(String id) {
        return List.copyOf(heard.get(id));
    }

    /** Messages reported as undelivered to it. */
    List<String> undelivered(String id) {
        return bus.told.of(id).stream()
                .filter(what -> what.startsWith("undelivered"))
                .map(what -> what.substring("undelivered ".length()))
                .toList();
    }
}
