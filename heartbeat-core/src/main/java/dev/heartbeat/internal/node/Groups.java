package dev.heartbeat.internal.node;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The registered nodes by group, which is what they say of themselves under one key of their metadata. Who is in it is told by each entry, under its own lock; a group without nodes takes no memory.
 * Any thread may ask.
 */
final class Groups {
    private final String key;
    private final Map<String, Set<NodeEntry>> members = new ConcurrentHashMap<>();

    Groups(String key) {
        this.key = key;
    }

    /** The metadata of a registered node are others than before; none before its stay and after it. */
    void moved(NodeEntry entry, Map<String, String> before, Map<String, String> after) {
        String from = before.get(key);
        String to = after.get(key);
        if (Objects.equals(from, to)) {
            return;
        }
        if (from != null) {
            leave(entry, from);
        }
        if (to != null) {
            join(entry, to);
        }
    }

    private void join(NodeEntry entry, String group) {
        members.compute(group, (name, entries) -> {
            Set<NodeEntry> all = entries == null ? ConcurrentHashMap.newKeySet() : entries;
            all.add(entry);
            return all;
        });
    }

    private void leave(NodeEntry entry, String group) {
        members.computeIfPresent(group, (name, entries) -> {
            entries.remove(entry);
            return entries.isEmpty() ? null : entries;
        });
    }

    Stream<NodeEntry> of(String group) {
        return find(group).stream();
    }

    long size(String group) {
        return find(group).size();
    }

    private Set<NodeEntry> find(String group) {
        Set<NodeEntry> entries = members.get(group);
        return entries == null ? Set.of() : entries;
    }

    /** How many groups have nodes. */
    int count() {
        return members.size();
    }

    boolean has(@Nullable Map<String, String> metadata, String group) {
        return metadata != null && group.equals(metadata.get(key));
    }
}
