package dev.heartbeat.internal.node;

import dev.heartbeat.BroadcastResult;
import dev.heartbeat.JoinResult;
import dev.heartbeat.Node;
import dev.heartbeat.NodeRegistry;
import dev.heartbeat.NodeState;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.SendResult;
import dev.heartbeat.SlowMemberPolicy;
import dev.heartbeat.TakeoverPolicy;
import dev.heartbeat.UndeliveredException.Reason;
import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.frame.MetadataMap;
import dev.heartbeat.internal.frame.SharedMessage;
import dev.heartbeat.internal.loop.Loop;
import dev.heartbeat.internal.queue.Mailbox;
import dev.heartbeat.internal.queue.Outbox;
import dev.heartbeat.internal.queue.OutgoingMessage;
import dev.heartbeat.spi.Environment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All nodes by id, counted by state, those included that are gone and still known. Shared by all
 * loops and the application's threads.
 */
public final class NodeTable implements NodeRegistry {
    private final Map<String, NodeEntry> entries = new ConcurrentHashMap<>();
    private final PostOffice post = new PostOffice(this);
    private final Map<NodeState, LongAdder> counts = new EnumMap<>(NodeState.class);
    private final LongAdder votes = new LongAdder();
    private final LongAdder registrations = new LongAdder();
    private final LongAdder broadcasts = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final Groups groups;

    private final TakeoverPolicy policy;
    private final NodeEvents events;
    private final Environment environment;
    private final Supplier<Outbox> newOutbox;
    /** For one node, at a time. */
    private final int maxRequests;

    private final Tombstones tombstones;
    private final Runnable onForgotten;
    private final Capacity capacity;
    private final Epochs epochs;

    /**
     * @param maxGroupsPerNode how many a node may be joined to
     * @param maxGroupPolicies how many groups may have a policy of their own
     * @param capacity what all nodes together may take
     * @param onForgotten called, on any thread, after an entry has left the table
     */
    public NodeTable(
            TakeoverPolicy policy,
            String groupKey,
            int maxGroupsPerNode,
            int maxGroupPolicies,
            NodeEvents events,
            Environment environment,
            Supplier<Outbox> newOutbox,
            int maxRequests,
            Tombstones tombstones,
            Capacity capacity,
            Runnable onForgotten) {
        this.policy = policy;
        this.groups = new Groups(groupKey, maxGroupsPerNode, maxGroupPolicies);
        this.events = events;
        this.environment = environment;
        this.newOutbox = newOutbox;
        this.maxRequests = maxRequests;
        this.tombstones = tombstones;
        this.capacity = capacity;
        this.onForgotten = onForgotten;
        this.epochs = new Epochs(environment.wallClockMillis());
        for (NodeState state : NodeState.values()) {
            counts.put(state, new LongAdder());
        }
    }

    /**
     * Registers a node, or says why not. The displaced registration's owner is not yet notified.
     */
    public Admission admit(Registration.Claim claim) {
        if (!epochs.isPlausible(claim.lastEpoch(), environment.wallClockMillis())) {
            return Admission.refused(Admission.Refusal.IMPLAUSIBLE_EPOCH);
        }
        while (true) {
            NodeEntry entry = entries.computeIfAbsent(claim.nodeId(), id -> new NodeEntry(id, this));
            Admission admission = entry.admit(claim, policy);
            if (admission == null) {
                continue;
            }
            if (admission.refusal() != null) {
                entry.forgetIfUnused();
            }
            if (admission.refusal() == Admission.Refusal.NO_CAPACITY) {
                tombstones.makeRoom();
            }
            return admission;
        }
    }

    Registration newRegistration(NodeEntry entry, Registration.Claim claim, MetadataMap metadata) {
        registrations.increment();
        return new Registration(entry, claim, metadata, epochs.next(claim.lastEpoch()), environment.wallClockMillis());
    }

    Capacity capacity() {
        return capacity;
    }

    /** The capacity that these metadata take. */
    int sizeOf(MetadataMap metadata) {
        return Capacity.ofMetadata(metadata, groups.namedIn(metadata));
    }

    Mailbox newMailbox(Mailbox.Owner owner, Loop loop) {
        return new Mailbox(owner, loop, newOutbox.get(), null, maxRequests);
    }

    NodeEvents events() {
        return events;
    }

    Groups groups() {
        return groups;
    }

    Tombstones tombstones() {
        return tombstones;
    }

    long wallClockMillis() {
        return environment.wallClockMillis();
    }

    /** Removes an entry of which nothing was ever known. */
    void forgetUnused(String id, NodeEntry entry) {
        entries.remove(id, entry);
        onForgotten.run();
    }

    void forget(String id, NodeEntry entry) {
        entries.remove(id, entry);
        adder(NodeState.OFFLINE).decrement();
        onForgotten.run();
    }

    void countVotes(int change) {
        votes.add(change);
    }

    /** The number of nodes that are SUSPECT and speak for the fault being on this side. */
    public long votes() {
        return votes.sum();
    }

    void count(@Nullable NodeState before, NodeState after) {
        if (before != null) {
            adder(before).decrement();
        }
        adder(after).increment();
    }

    /** Sees to the messages of its nodes. */
    public PostOffice post() {
        return post;
    }

    /** Offers a message for a node. */
    public SendResult offer(String id, OutgoingMessage message) {
        NodeEntry entry = entries.get(id);
        return entry == null ? SendResult.CLOSED : post.offer(entry, message);
    }

    /** Offers a message to a node on behalf of another. */
    SendResult passOn(String id, OutgoingMessage message) {
        Mailbox mailbox = mailbox(id);
        return mailbox == null ? SendResult.CLOSED : mailbox.passOn(message);
    }

    /** The asker of a request that was passed on to a node waits no more. */
    void cancelPassedOn(String id, Envelope request) {
        NodeEntry entry = entries.get(id);
        if (entry != null) {
            post.cancelPassedOn(entry, request);
        }
    }

    /**
     * Takes messages for a registered node; null if it is not registered, or is being sent away.
     */
    public @Nullable Mailbox mailbox(String id) {
        NodeEntry entry = entries.get(id);
        return entry == null ? null : post.acceptingMailbox(entry);
    }

    /**
     * A node's message was accepted for another, and did not reach it. If the sender is gone too,
     * nobody is left to notify.
     */
    void notPassedOn(String source, Envelope envelope, String destination, Reason reason) {
        NodeEntry entry = entries.get(source);
        if (entry != null) {
            post.notPassedOn(entry, envelope, destination, reason);
        }
    }

    /** The place of a registered node on its connection; null if there is none. */
    public Registration.@Nullable Owner ownerOf(String id) {
        NodeEntry entry = entries.get(id);
        return entry == null ? null : entry.owner();
    }

    /**
     * Offers a message to whoever is registered. Holds nothing while it goes through the nodes, and
     * no lock but the one's that it offers it to.
     *
     * @param message from position 0, and changed by nobody from now on: all queues share it
     */
    public BroadcastResult broadcast(SharedMessage message) {
        Broadcast broadcast = Broadcast.toAnyone(message);
        entries.values().forEach(entry -> post.offer(entry, broadcast));
        return done(broadcast);
    }

    /**
     * Offers a message, as by {@link #broadcast(SharedMessage)}, to the registered nodes that are
     * chosen, which are asked without a lock.
     */
    public BroadcastResult broadcast(Predicate<? super Node> chosen, SharedMessage message) {
        Broadcast broadcast = Broadcast.toAnyone(message);
        entries.values().forEach(entry -> {
            Node node = entry.registered();
            if (node != null && chosen.test(node)) {
                post.offer(entry, broadcast, node);
            }
        });
        return done(broadcast);
    }

    /** Offers a message, as by {@link #broadcast(SharedMessage)}, to the members of a group. */
    public BroadcastResult send(String group, SharedMessage message) {
        Broadcast broadcast = Broadcast.toGroup(group, groups.policy(group), message);
        groups.of(group).forEach(entry -> post.offer(entry, broadcast));
        return done(broadcast);
    }

    /** As {@link #send}, one after the other; each member is woken once for all. */
    public List<BroadcastResult> sendAll(String group, List<SharedMessage> messages) {
        SlowMemberPolicy policy = groups.policy(group);
        List<Broadcast> broadcasts = messages.stream()
                .map(message -> Broadcast.toGroup(group, policy, message))
                .toList();
        groups.of(group).forEach(entry -> post.offer(entry, broadcasts));
        return broadcasts.stream().map(this::done).toList();
    }

    private BroadcastResult done(Broadcast broadcast) {
        broadcasts.increment();
        dropped.add(broadcast.dropped());
        return broadcast.result();
    }

    /** The number of messages that were sent to many. */
    public long broadcasts() {
        return broadcasts.sum();
    }

    /** The number of messages that had to leave full queues for them. */
    public long dropped() {
        return dropped.sum();
    }

    public JoinResult join(String group, String id) {
        NodeEntry entry = entries.get(id);
        return entry == null ? JoinResult.NOT_REGISTERED : entry.join(group);
    }

    /** False if the node was not joined to the group. */
    public boolean leave(String group, String id) {
        NodeEntry entry = entries.get(id);
        return entry != null && entry.leave(group);
    }

    public Set<String> groupsOf(String id) {
        NodeEntry entry = entries.get(id);
        return entry == null ? Set.of() : entry.groups();
    }

    public void setSlowMemberPolicy(String group, SlowMemberPolicy policy) {
        groups.setPolicy(group, policy);
    }

    /** Ends a node's stay; false if it is not registered. */
    public boolean end(String id, OfflineReason reason, String text) {
        NodeEntry entry = entries.get(id);
        return entry != null && entry.endCurrent(reason, text);
    }

    /** The places of the registered nodes that have connections of their own. */
    public Deque<Registration.Owner> ownersOfConnections() {
        return entries.values().stream()
                .map(NodeEntry::owner)
                .filter(owner -> owner != null && owner.hasOwnConnection())
                .collect(Collectors.toCollection(ArrayDeque::new));
    }

    /** Ends every stay, and keeps nobody from now on. */
    public void endAll(OfflineReason reason, String text) {
        tombstones.close();
        entries.values().forEach(entry -> {
            entry.endCurrent(reason, text);
            entry.forgetTombstone();
        });
    }

    public long registrations() {
        return registrations.sum();
    }

    /** Whether nobody is registered or kept, and every node's end has been reported. */
    public boolean isEmpty() {
        return entries.isEmpty();
    }

    /** The number of nodes that are registered or kept, or whose end is yet to be reported. */
    public int entries() {
        return entries.size();
    }

    @Override
    public Optional<Node> find(String id) {
        Objects.requireNonNull(id, "id");
        NodeEntry entry = entries.get(id);
        return entry == null ? Optional.empty() : Optional.ofNullable(entry.snapshot());
    }

    @Override
    public long count(NodeState state) {
        Objects.requireNonNull(state, "state");
        return adder(state).sum();
    }

    private LongAdder adder(NodeState state) {
        return Objects.requireNonNull(counts.get(state));
    }

    @Override
    public Stream<Node> stream() {
        return snapshots(entries.values().stream());
    }

    @Override
    public Stream<Node> stream(NodeState state) {
        Objects.requireNonNull(state, "state");
        return snapshots(entries.values().stream().filter(entry -> entry.state() == state))
                .filter(node -> node.state() == state);
    }

    @Override
    public Stream<Node> withMetadata(String key, String value) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
        return snapshots(entries.values().stream().filter(entry -> has(entry.metadata(), key, value)))
                .filter(node -> value.equals(node.metadata().get(key)));
    }

    private static boolean has(@Nullable MetadataMap metadata, String key, String value) {
        return metadata != null && metadata.has(key, value);
    }

    @Override
    public Stream<Node> group(String name) {
        Objects.requireNonNull(name, "name");
        return groups.of(name).stream().map(entry -> entry.member(name)).filter(Objects::nonNull);
    }

    @Override
    public long groupSize(String name) {
        Objects.requireNonNull(name, "name");
        return groups.size(name);
    }

    /** Each entry may have changed between the first look at it and its snapshot. */
    private static Stream<Node> snapshots(Stream<NodeEntry> entries) {
        return entries.map(NodeEntry::snapshot).filter(Objects::nonNull);
    }
}
