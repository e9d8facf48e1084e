package dev.heartbeat.examples;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.JoinResult;
import dev.heartbeat.Node;
import dev.heartbeat.SlowMemberPolicy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Chat with rooms: a client says {@code /join tea} or {@code /leave tea}, and {@code tea hello} to
 * all that are in that room.
 */
public final class ChatRooms {
    private final HeartbeatServer server;

    /** Starts the server that the builder describes, and waits for clients. */
    public ChatRooms(HeartbeatServer.Builder builder) {
        server = builder.onMessage(this::onLine).start();
    }

    /** Whoever reads too slowly misses what is old, and holds up nobody. */
    public void openRoom(String room) {
        server.groups().setSlowMemberPolicy(room, SlowMemberPolicy.DROP_OLDEST);
    }

    private void onLine(Node from, ByteBuffer message) {
        String[] words = StandardCharsets.UTF_8.decode(message).toString().split(" ", 2);
        String rest = words.length == 2 ? words[1] : "";
        switch (words[0]) {
            case "/join" -> join(rest, from);
            case "/leave" -> server.groups().leave(rest, from.id());
            default -> say(words[0], from, rest);
        }
    }

    private void join(String room, Node who) {
        try {
            JoinResult result = server.groups().join(room, who.id());
            server.trySend(who.id(), StandardCharsets.UTF_8.encode(result + " " + room));
        } catch (IllegalArgumentException noName) {
            server.trySend(who.id(), StandardCharsets.UTF_8.encode(noName.getMessage()));
        }
    }

    private void say(String room, Node who, String line) {
        if (server.groups().groupsOf(who.id()).contains(room)) {
            server.groups().broadcast(room, StandardCharsets.UTF_8.encode(room + " " + who.id() + ": " + line));
        }
    }
}
