package dev.heartbeat.internal.server;

import dev.heartbeat.BroadcastResult;
import dev.heartbeat.JoinResult;
import dev.heartbeat.Node;
import dev.heartbeat.NodeGroups;
import dev.heartbeat.SlowMemberPolicy;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The groups of a server's nodes, as the application sees them: what it may ask is checked here.
 * Any thread may call any method.
 */
final class ServerGroups implements NodeGroups {
    private static final int MAX_NAME = 128;

    private final Server server;

    ServerGroups(Server server) {
        this.server = server;
    }

    @Override
    public JoinResult join(String group, String nodeId) {
        checkName(Objects.requireNonNull(group, "group"));
        Objects.requireNonNull(nodeId, "nodeId");
        return server.table.join(group, nodeId);
    }

    /** A name may have come from a node, so what is said of it must be fit for a log. */
    private static void checkName(String group) {
        if (!group.matches("[A-Za-z0-9._:-]{1," + MAX_NAME + "}")) {
            String shown =
                    group.substring(0, Math.min(group.length(), MAX_NAME)).replaceAll("[^ -~]", "?");
            throw new IllegalArgumentException("group is '" + shown + "', " + group.length()
                    + " characters long, allowed are 1 to " + MAX_NAME + " characters of A-Z a-z 0-9 . _ : -");
        }
    }

    @Override
    public boolean leave(String group, String nodeId) {
        Objects.requireNonNull(group, "group");
        Objects.requireNonNull(nodeId, "nodeId");
        return server.table.leave(group, nodeId);
    }

    @Override
    public Set<String> groupsOf(String nodeId) {
        Objects.requireNonNull(nodeId, "nodeId");
        return server.table.groupsOf(nodeId);
    }

    @Override
    public Stream<Node> members(String group) {
        return server.table.group(Objects.requireNonNull(group, "group"));
    }

    @Override
    public long size(String group) {
        return server.table.groupSize(Objects.requireNonNull(group, "group"));
    }

    @Override
    public BroadcastResult broadcast(String group, ByteBuffer message) {
        Objects.requireNonNull(group, "group");
        Objects.requireNonNull(message, "message");
        return server.broadcast(message, shared -> server.table.send(group, shared));
    }

    @Override
    public List<BroadcastResult> broadcastAll(String group, List<ByteBuffer> messages) {
        Objects.requireNonNull(group, "group");
        Objects.requireNonNull(messages, "messages");
        return server.broadcastAll(group, messages);
    }

    @Override
    public void setSlowMemberPolicy(String group, SlowMemberPolicy policy) {
        Objects.requireNonNull(group, "group");
        Objects.requireNonNull(policy, "policy");
        server.table.setSlowMemberPolicy(group, policy);
    }
}
