package dev.heartbeat.internal.node;

import dev.heartbeat.JoinResult;
import dev.heartbeat.internal.frame.MetadataMap;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * The groups that a node was joined to in its stay; {@link Groups} agrees with it. Guarded by the
 * node's {@link NodeEntry}, and made with the first group.
 */
final class JoinedGroups {
    private final NodeEntry entry;
    private final Groups groups;
    private final Set<String> names = new HashSet<>(2);

    JoinedGroups(NodeEntry entry, Groups groups) {
        this.entry = entry;
        this.groups = groups;
    }

    JoinResult join(String group) {
        if (names.contains(group)) {
            return JoinResult.ALREADY_JOINED;
        }
        if (names.size() >= groups.maxPerNode()) {
            return JoinResult.TOO_MANY;
        }
        names.add(group);
        groups.joined(entry, group);
        return JoinResult.JOINED;
    }

    /** Says false if it was not joined to the group. */
    boolean leave(String group, MetadataMap metadata) {
        if (!names.remove(group)) {
            return false;
        }
        groups.left(entry, group, metadata);
        return true;
    }

    void leaveAll(MetadataMap metadata) {
        names.forEach(group -> groups.left(entry, group, metadata));
    }

    boolean contains(String group) {
        return names.contains(group);
    }

    boolean isEmpty() {
        return names.isEmpty();
    }

    /** A sorted copy. */
    Set<String> names() {
        return new TreeSet<>(names);
    }
}
