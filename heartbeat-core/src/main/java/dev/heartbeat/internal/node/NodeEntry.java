package dev.heartbeat.internal.node;

import dev.heartbeat.JoinResult;
import dev.heartbeat.Node;
import dev.heartbeat.NodeState;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.SuspectReason;
import dev.heartbeat.TakeoverPolicy;
import dev.heartbeat.UndeliveredException.Reason;
import dev.heartbeat.internal.frame.MetadataMap;
import dev.heartbeat.internal.node.Admission.Refusal;
import dev.heartbeat.internal.queue.Mailbox;
import dev.heartbeat.internal.queue.SerialExecutor;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A node id and what is known of it. The one thing that several loops change: at most one
 * {@link Registration} is current, every transition compares with it, and transition and event are
 * one step under the entry's lock, so that the events of a node come in the order of the truth. The
 * lock is taken for transitions and messages only; a heartbeat never comes here.
 *
 * <p>Calls into the application go through the executor, which is only ever added to under the
 * lock. An entry without a registration stays in the table until its serial executor has run dry,
 * so that the next stay of the node cannot overtake the end of the last; and after that for as long
 * as {@link Tombstones} keeps it.
 */
public final class NodeEntry implements SerialExecutor.Owner {
    private final String id;
    private final NodeTable table;
    /** There while there are calls. */
    private @Nullable SerialExecutor executor;

    /**
     * Changed under the lock. Volatile for whoever searches through many entries, and does not wait
     * for each.
     */
    private volatile @Nullable Registration current;
    /** Whether it counts as OFFLINE: its last stay has ended and no other began. */
    private volatile boolean offline;
    /** The end of its last stay, where that is kept: not null only while it is OFFLINE. */
    private @Nullable Tombstone tombstone;

    private boolean forgotten;

    /** Not null only during a stay in which it is joined to some. Guarded by the lock. */
    private @Nullable JoinedGroups joined;

    /** The capacity it has taken: for what is true now, and for what is yet to be reported. */
    private int taken;
    /** Its events that are yet to be reported; null if there are none. */
    private @Nullable TransitionQueue events;

    NodeEntry(String id, NodeTable table) {
        this.id = id;
        this.table = table;
    }

    /** Decides a claim; null if this entry has left the table meanwhile. */
    synchronized @Nullable Admission admit(Registration.Claim claim, TakeoverPolicy policy) {
        if (forgotten) {
            return null;
        }
        Registration old = current;
        Refusal refusal =
                old != null ? old.refusalOf(claim, policy) : tombstone != null ? tombstone.refusalOf(claim) : null;
        if (refusal != null) {
            return Admission.refused(refusal);
        }
        if (old == null && table.capacity().isClosed()) {
            return Admission.refused(Refusal.OVERLOADED);
        }
        MetadataMap metadata = old == null ? MetadataMap.of(claim.metadata()) : metadataAfter(old, claim.metadata());
        boolean comesBack = old != null && old.incarnation == claim.incarnation();
        int size = table.sizeOf(metadata);
        refusal = table.capacity()
                .takeShare(
                        claim.owner(),
                        size,
                        old == null ? null : old.owner,
                        old == null ? 0 : table.sizeOf(old.metadata),
                        comesBack);
        if (refusal != null) {
            return Admission.refused(refusal);
        }
        if (!takeFor(metadata)) {
            table.capacity().giveShareBack(claim.owner(), size);
            return Admission.refused(Refusal.NO_CAPACITY);
        }
        Registration fresh = table.newRegistration(this, claim, metadata);
        if (old == null) {
            beginStay(fresh);
            return Admission.granted(fresh, null, false);
        }
        if (comesBack) {
            recoverAs(fresh, old);
            return Admission.granted(fresh, old, false);
        }
        end(old, OfflineReason.REPLACED);
        beginStay(fresh);
        return Admission.granted(fresh, old, true);
    }

    /** The same process over another connection: whatever waited for it goes on waiting. */
    private void recoverAs(Registration fresh, Registration old) {
        if (old.state == NodeState.ONLINE) {
            // It came back before the end of its old connection was seen, which is what this tells.
            suspect(old, SuspectReason.LOST);
        }
        table.capacity().giveShareBack(old.owner, table.sizeOf(old.metadata));
        fresh.sinceTicks = old.sinceTicks;
        fresh.duplicates = old.duplicates;
        fresh.mail = old.mail;
        if (fresh.mail != null) {
            fresh.mail.passTo(fresh);
        }
        current = fresh;
        table.groups().moved(this, old.metadata, fresh.metadata);
        transition(old, old.state, Transition.online(fresh));
    }

    private void beginStay(Registration fresh) {
        current = fresh;
        table.groups().moved(this, MetadataMap.NONE, fresh.metadata);
        transition(null, offline ? NodeState.OFFLINE : null, Transition.online(fresh));
        offline = false;
        dropTombstone();
    }

    // ---- what it takes of the capacity

    /**
     * What the node says of itself now; the very same object where it says the same again, which
     * takes nothing.
     */
    private static MetadataMap metadataAfter(Registration old, Map<String, String> entries) {
        return old.metadata.equals(entries) ? old.metadata : MetadataMap.of(entries);
    }

    /**
     * Takes what a registration with these metadata needs beyond what is taken; false if there is
     * no room, and nothing has changed. A node that says the same again may always come back.
     */
    @SuppressWarnings("ReferenceEquality") // If they are the same, so is what they take.
    private boolean takeFor(MetadataMap metadata) {
        Registration old = current;
        if (old != null && old.metadata == metadata) {
            return true;
        }
        int held = Math.max(taken, Capacity.ofNode(id));
        int needed;
        if (events == null) {
            needed = Capacity.ofNode(id) + table.sizeOf(metadata);
        } else if (old == null || events.holdMetadata()) {
            // Events yet to be reported hold what was before.
            needed = held + table.sizeOf(metadata);
        } else {
            needed = held - table.sizeOf(old.metadata) + table.sizeOf(metadata);
        }
        boolean fits = taken == 0
                ? table.capacity().takeNode(needed)
                : table.capacity().take(needed - taken);
        if (fits) {
            taken = needed;
            if (events != null) {
                events.metadataChange();
            }
        }
        return fits;
    }

    /** Everything was reported: only what is true now is held. */
    private void settle() {
        giveBack(taken - held());
    }

    private int held() {
        Registration of = current;
        if (of == null) {
            return Capacity.ofTombstone(id);
        }
        return Capacity.ofNode(id) + table.sizeOf(of.metadata) + (of.orphaned ? Capacity.LOST_CONNECTION : 0);
    }

    /** Its connection is gone, and what is left of it is held for the node. */
    private void orphan(Registration of) {
        if (!of.orphaned && of.owner.hasOwnConnection()) {
            of.orphaned = true;
            table.capacity().takeAnyway(Capacity.LOST_CONNECTION);
            taken += Capacity.LOST_CONNECTION;
        }
    }

    private void giveBack(int size) {
        table.capacity().giveBack(size);
        taken -= size;
    }

    private void giveAllBack() {
        if (taken != 0) {
            table.capacity().giveBackNode(taken);
            taken = 0;
        }
    }

    /** If the first registration of this id was refused, nothing of it is kept. */
    void forgetIfUnused() {
        synchronized (this) {
            if (taken != 0 || forgotten) {
                return;
            }
            forgotten = true;
        }
        table.forgetUnused(id, this);
    }

    /** The node is back, or nothing is kept of it any more. */
    private void dropTombstone() {
        if (tombstone != null) {
            tombstone.isOver = true;
            if (tombstone.kept) {
                table.tombstones().release(tombstone);
            }
        }
        tombstone = null;
    }

    /**
     * The node is being sent away: what was accepted for it by now is all that it gets, but for
     * answers.
     */
    public synchronized void acceptNoMore(Registration of) {
        of.leaving = true;
    }

    public synchronized boolean isCurrent(Registration registration) {
        return current == registration;
    }

    /** The owner of the current registration, if there is one. */
    synchronized Registration.@Nullable Owner owner() {
        return current == null ? null : current.owner;
    }

    /**
     * Does nothing and says false if the registration is not the current one, as all that follow.
     */
    synchronized boolean suspect(Registration of, SuspectReason reason) {
        if (current != of || of.state != NodeState.ONLINE) {
            return false;
        }
        transition(of, NodeState.ONLINE, Transition.suspect(of, reason));
        return true;
    }

    public synchronized boolean recover(Registration of) {
        if (current != of || of.state != NodeState.SUSPECT) {
            return false;
        }
        transition(of, NodeState.SUSPECT, Transition.online(of));
        return true;
    }

    /** Ends the stay. Messages that waited for the node are reported as undelivered first. */
    public synchronized boolean end(Registration of, OfflineReason reason) {
        if (current != of) {
            return false;
        }
        if (of.mail != null) {
            of.mail.mailbox().close(Reason.CLOSED, "node " + id + " is OFFLINE: " + reason, () -> {});
        }
        NodeState before = of.state;
        table.capacity().giveShareBack(of.owner, table.sizeOf(of.metadata));
        current = null;
        offline = true;
        if (joined != null) {
            joined.leaveAll(of.metadata);
            joined = null;
        }
        table.groups().moved(this, of.metadata, MetadataMap.NONE);
        Tombstone end = new Tombstone(of, reason, table.wallClockMillis());
        tombstone = table.tombstones().areKept() ? end : null;
        transition(of, before, Transition.offline(of, end));
        if (events != null && events.areCoalesced() && !events.holdMetadata()) {
            giveBack(table.sizeOf(of.metadata)); // No event holds it.
        }
        return true;
    }

    /**
     * As {@link #suspect(Registration, SuspectReason)}.
     *
     * @param votes whether it counts as a vote for the fault being on this side
     */
    public synchronized boolean suspect(Registration of, SuspectReason reason, boolean votes) {
        if (!suspect(of, reason)) {
            return false;
        }
        of.votes = votes;
        table.countVotes(votes ? 1 : 0);
        return true;
    }

    /**
     * The process of a registration was found alive after the same process, by all that it says,
     * had registered anew.
     *
     * @return whether that has happened too often: it is to be sent away, and the application is
     *     notified
     */
    public synchronized boolean isDuplicate(Registration displaced, long nowNs) {
        Registration now = current;
        if (now == null || now.incarnation != displaced.incarnation) {
            return false;
        }
        DuplicateIdentity duplicates = now.duplicates;
        if (duplicates == null) {
            duplicates = new DuplicateIdentity();
            now.duplicates = duplicates;
        }
        if (!duplicates.isTooOften(nowNs)) {
            return false;
        }
        if (!duplicates.eventQueued) {
            duplicates.eventQueued = true;
            executor().add(() -> table.events().duplicateIdentity(takeDuplicate(now)));
        }
        return true;
    }

    private synchronized Node takeDuplicate(Registration of) {
        Objects.requireNonNull(of.duplicates).eventQueued = false;
        return snapshot(of);
    }

    /** The connection is lost; for as long as its grace lasts the node may come back. */
    public synchronized void lose(Registration of, boolean votes) {
        if (current == of) {
            orphan(of);
            boolean unused = suspect(of, SuspectReason.LOST, votes);
        }
    }

    /**
     * The node says something else of itself than before. The one place where metadata change
     * during a stay. A listener that is slower than the changes hears of the newest.
     *
     * @param entries all of it
     * @return why there is no room for them; null if they are changed, or the registration is over
     */
    public synchronized @Nullable Refusal changeMetadata(Registration of, Map<String, String> entries) {
        if (current != of) {
            return null;
        }
        MetadataMap metadata = metadataAfter(of, entries);
        int longer = table.sizeOf(metadata) - table.sizeOf(of.metadata);
        Refusal refusal = table.capacity().takeShare(of.owner, longer);
        if (refusal != null) {
            return refusal;
        }
        if (!takeFor(metadata)) {
            table.capacity().giveMetadataBack(of.owner, longer);
            return Refusal.NO_CAPACITY;
        }
        table.groups().moved(this, of.metadata, metadata);
        of.metadata = metadata;
        if (events == null || !events.coalesceUpdate()) {
            queueUpdate(of);
        }
        return null;
    }

    /** Puts the node into a group for the rest of its stay, over however many registrations. */
    synchronized JoinResult join(String group) {
        if (current == null) {
            return JoinResult.NOT_REGISTERED;
        }
        JoinedGroups groups = joined == null ? new JoinedGroups(this, table.groups()) : joined;
        JoinResult result = groups.join(group);
        if (!groups.isEmpty()) {
            joined = groups;
        }
        return result;
    }

    /** Says false if it was not joined to the group. */
    synchronized boolean leave(String group) {
        if (current == null || joined == null || !joined.leave(group, current.metadata)) {
            return false;
        }
        if (joined.isEmpty()) {
            joined = null;
        }
        return true;
    }

    /** Under the lock. */
    boolean isJoinedTo(String group) {
        return joined != null && joined.contains(group);
    }

    synchronized boolean isIn(String group) {
        return current != null && (isJoinedTo(group) || table.groups().isNamedIn(current.metadata, group));
    }

    synchronized Set<String> groups() {
        Set<String> groups = joined == null ? new TreeSet<>() : joined.names();
        String named = current == null ? null : table.groups().namedIn(current.metadata);
        if (named != null) {
            groups.add(named);
        }
        return groups;
    }

    /**
     * The node's metadata; null if it is not registered. Without a lock, for searching through
     * many.
     */
    @Nullable
    MetadataMap metadata() {
        Registration of = current;
        return of == null ? null : of.metadata;
    }

    /** Without a lock, as {@link #metadata}; null if the node is neither registered nor OFFLINE. */
    @Nullable
    NodeState state() {
        Registration of = current;
        if (of != null) {
            return of.state;
        }
        return offline ? NodeState.OFFLINE : null;
    }

    /** Ends the current stay, and notifies its owner. */
    boolean endCurrent(OfflineReason reason, String text) {
        Registration ended;
        synchronized (this) {
            ended = current;
            if (ended == null) {
                return false;
            }
            end(ended, reason);
        }
        ended.owner.ended(reason, text);
        return true;
    }

    /** Under the lock. */
    void queueUpdate(Registration of) {
        if (of.updateQueued) {
            return;
        }
        of.updateQueued = true;
        executor().add(() -> table.events().updated(takeUpdate(of)));
    }

    private synchronized Node takeUpdate(Registration of) {
        of.updateQueued = false;
        return snapshot(of);
    }

    /**
     * Whoever owns the node by now: between the look at it and the offer the mailbox may have
     * passed on.
     */
    void wakeOwner() {
        Registration.Owner owner = owner();
        if (owner != null) {
            owner.wake();
        }
    }

    /** The messages of this registration; null as long as none was sent or received. */
    public synchronized @Nullable Mailbox mailbox(Registration of) {
        return of.mail == null ? null : of.mail.mailbox();
    }

    /** Runs in order with everything else of the node. */
    synchronized void call(Runnable callback) {
        executor().add(callback);
    }

    public String id() {
        return id;
    }

    /** Null if the node is neither registered nor kept. */
    synchronized @Nullable Node snapshot() {
        if (current != null) {
            return snapshot(current);
        }
        return tombstone == null ? null : tombstone.toNode(Map.of());
    }

    /** Null if the node is not registered. */
    synchronized @Nullable Node registered() {
        return current == null ? null : snapshot(current);
    }

    /** Null if the node is not in the group. */
    synchronized @Nullable Node member(String group) {
        return isIn(group) ? registered() : null;
    }

    /** The node as it is known of this registration, which may be over. */
    public Node snapshot(Registration of) {
        return of.toNode(of.state);
    }

    /** The only place where a state changes: the state, the counts and the event are one step. */
    private void transition(@Nullable Registration from, @Nullable NodeState before, Transition step) {
        step.of().state = step.to();
        table.count(before, step.to());
        if (step.ended() != null) {
            table.events().countEnd(step.ended().reason);
        }
        if (from != null && from.votes) {
            from.votes = false;
            table.countVotes(-1);
        }
        if (events == null) {
            events = new TransitionQueue(this, table);
        }
        events.add(from, before, step);
    }

    /** The listener has heard one of the events. */
    synchronized void onReported(TransitionQueue queue) {
        if (queue.isEmptyAfterOne()) {
            events = null;
            settle();
        }
    }

    /** The current registration. Under the lock. */
    @Nullable
    Registration current() {
        return current;
    }

    private SerialExecutor executor() {
        SerialExecutor calls = executor;
        if (calls == null) {
            calls = new SerialExecutor(this);
            executor = calls;
        }
        return calls;
    }

    @Override
    public Executor workers() {
        return table.events().callbackThreads().workers();
    }

    @Override
    public void onFailure(Throwable failure) {
        table.events().failed("node " + id, failure);
    }

    @Override
    public void onIdle() {
        synchronized (this) {
            if (executor != null && !executor.isIdle()) {
                return;
            }
            executor = null;
            if (current != null || forgotten) {
                return;
            }
            if (tombstone != null && table.tombstones().areKept()) {
                keep(tombstone);
                return;
            }
            dropTombstone();
            forgotten = true;
            giveAllBack();
        }
        table.forget(id, this);
    }

    private void keep(Tombstone end) {
        if (!end.kept) {
            end.kept = true;
            table.tombstones().keep(end);
        }
    }

    /**
     * The time of this tombstone is over; nothing happens if the node is back, or has gone once
     * more since.
     */
    void forget(Tombstone end) {
        synchronized (this) {
            if (tombstone != end) {
                return;
            }
            dropTombstone();
        }
        onIdle();
    }

    /** Whatever is kept is forgotten, once it is reported. */
    void forgetTombstone() {
        synchronized (this) {
            dropTombstone();
        }
        onIdle();
    }

    @Override
    public String toString() {
        return "node " + id;
    }
}
