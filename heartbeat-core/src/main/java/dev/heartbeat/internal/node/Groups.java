package dev.heartbeat.internal.node;

import dev.heartbeat.SlowMemberPolicy;
import dev.heartbeat.internal.frame.MetadataMap;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The registered nodes by group: the one that they name under one key of their metadata, and those
 * that they were joined to. Each entry reports whether it is in the group, under its own lock; a
 * group without nodes takes no memory. Any thread may ask.
 *
 * <p>Members are kept by id, so that they are gone through in an order that does not depend on
 * where in memory they are.
 */
final class Groups {
    private final String key;
    private final int maxPerNode;
    private final int maxPolicies;
    private final Map<String, Map<String, NodeEntry>> members = new ConcurrentHashMap<>();
    /** Those that are not the default. */
    private final Map<String, SlowMemberPolicy> policies = new ConcurrentHashMap<>();

    /**
     * @param maxPerNode how many a node may be joined to
     * @param maxPolicies how many may have a policy of their own
     */
    Groups(String key, int maxPerNode, int maxPolicies) {
        this.key = key;
        this.maxPerNode = maxPerNode;
        this.maxPolicies = maxPolicies;
    }

    int maxPerNode() {
        return maxPerNode;
    }

    /**
     * The metadata of a registered node are others than before; none before its stay and after it.
     */
    void moved(NodeEntry entry, MetadataMap before, MetadataMap after) {
        String from = before.get(key);
        String to = after.get(key);
        if (Objects.equals(from, to)) {
            return;
        }
        if (from != null && !entry.isJoinedTo(from)) {
            remove(entry, from);
        }
        if (to != null) {
            add(entry, to);
        }
    }

    /** It is joined to the group, which it may name in its metadata too. */
    void joined(NodeEntry entry, String group) {
        add(entry, group);
    }

    /** It is no longer joined to the group. */
    void left(NodeEntry entry, String group, MetadataMap metadata) {
        if (!isNamedIn(metadata, group)) {
            remove(entry, group);
        }
    }

    private void add(NodeEntry entry, String group) {
        members.compute(group, (name, entries) -> {
            Map<String, NodeEntry> all = entries == null ? new ConcurrentHashMap<>() : entries;
            all.put(entry.id(), entry);
            return all;
        });
    }

    private void remove(NodeEntry entry, String group) {
        members.computeIfPresent(group, (name, entries) -> {
            entries.remove(entry.id(), entry);
            return entries.isEmpty() ? null : entries;
        });
    }

    /**
     * Those in the group now; whoever is in it all the while that they are gone through is among
     * them.
     */
    Collection<NodeEntry> of(String group) {
        Map<String, NodeEntry> entries = members.get(group);
        return entries == null ? List.of() : entries.values();
    }

    long size(String group) {
        return of(group).size();
    }

    /** The number of groups that have nodes. */
    int count() {
        return members.size();
    }

    /** The group that a node of these metadata names; null if it names none. */
    @Nullable
    String namedIn(MetadataMap metadata) {
        return metadata.get(key);
    }

    boolean isNamedIn(MetadataMap metadata, String group) {
        return metadata.has(key, group);
    }

    SlowMemberPolicy policy(String group) {
        return policies.getOrDefault(group, SlowMemberPolicy.SKIP);
    }

    void setPolicy(String group, SlowMemberPolicy policy) {
        synchronized (policies) {
            if (policy == SlowMemberPolicy.SKIP) {
                policies.remove(group);
                return;
            }
            if (policies.size() >= maxPolicies && !policies.containsKey(group)) {
                throw new IllegalStateException(policies.size() + " groups have a policy of their own, allowed are "
                        + maxPolicies + " (maxGroupPolicies)");
            }
            policies.put(group, policy);
        }
    }
}
