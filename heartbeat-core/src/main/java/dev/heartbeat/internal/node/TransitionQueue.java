package dev.heartbeat.internal.node;

import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.NodeState;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.SuspectReason;
import org.jspecify.annotations.Nullable;

/**
 * The transitions of a node on their way to the listener. Each is an event of its own, until
 * {@link NodeListener#MAX_PENDING_EVENTS} wait; from then on only the latest is remembered, and the
 * listener hears the shortest way there once it has heard the others. Guarded by the node's
 * {@link NodeEntry}, which has one while events wait.
 */
final class TransitionQueue {
    private final NodeEntry entry;
    private final NodeTable table;
    private byte pending;
    /** Whether a waiting event holds the current metadata. */
    private boolean metadataHeld;
    /** Set while the listener is so slow that transitions are no longer queued one by one. */
    private @Nullable Backlog backlog;

    /** What the last queued event reports, and where the node has got to since. */
    private static final class Backlog {
        final Registration reportedOf;
        final NodeState reported;
        Transition latest;
        /** Whether the metadata changed meanwhile. */
        boolean updated;

        Backlog(Registration reportedOf, NodeState reported, Transition latest) {
            this.reportedOf = reportedOf;
            this.reported = reported;
            this.latest = latest;
        }
    }

    TransitionQueue(NodeEntry entry, NodeTable table) {
        this.entry = entry;
        this.table = table;
    }

    /**
     * Takes a transition.
     *
     * @param from the registration whose state was {@code before}; null if none was current
     */
    void add(@Nullable Registration from, @Nullable NodeState before, Transition step) {
        if (backlog != null) {
            backlog.latest = step;
            table.events().coalesced();
        } else if (pending == NodeListener.MAX_PENDING_EVENTS && from != null && before != null) {
            backlog = new Backlog(from, before, step);
            table.events().coalesced();
        } else {
            queue(step);
        }
    }

    boolean areCoalesced() {
        return backlog != null;
    }

    /**
     * The metadata changed; returns whether that is reported behind the transitions that were
     * coalesced.
     */
    boolean coalesceUpdate() {
        if (backlog == null) {
            return false;
        }
        backlog.updated = true;
        return true;
    }

    boolean holdMetadata() {
        return metadataHeld;
    }

    /** The metadata are about to change: what waits holds what was before. */
    void metadataChange() {
        metadataHeld = false;
    }

    private void queue(Transition step) {
        Tombstone ended = step.ended();
        Node node = ended == null ? step.of().toNode(step.to()) : ended.toNode(step.of().metadata);
        pending++;
        metadataHeld |= step.of() == entry.current();
        entry.call(() -> {
            try {
                report(step, node);
            } finally {
                entry.onReported(this);
            }
        });
    }

    private void report(Transition step, Node node) {
        if (step.suspected() != null) {
            table.events().suspect(node, step.suspected());
        } else if (step.ended() != null) {
            table.events().offline(node, step.ended().reason);
        } else {
            table.events().online(node);
        }
    }

    /** The listener has heard one event; returns whether none waits any more. */
    boolean isEmptyAfterOne() {
        pending--;
        Backlog behind = backlog;
        if (pending == 0 && behind != null) {
            backlog = null;
            catchUp(behind);
            Registration current = entry.current();
            if (behind.updated && current != null) {
                entry.queueUpdate(current);
            }
        }
        return pending == 0;
    }

    /**
     * The shortest way from what was reported last to what is true now that still reports every
     * stay's end.
     */
    private void catchUp(Backlog behind) {
        Transition latest = behind.latest;
        boolean sameStay = behind.reportedOf.incarnation == latest.of().incarnation;
        if (sameStay && behind.reported != NodeState.OFFLINE) {
            if (behind.reported != latest.to()) {
                queue(latest);
            } else if (behind.reportedOf != latest.of() && latest.to() == NodeState.ONLINE) {
                // The epoch is another one, and that must be reported.
                queue(Transition.suspect(behind.reportedOf, SuspectReason.LOST));
                queue(latest);
            }
            return;
        }
        if (behind.reported != NodeState.OFFLINE) {
            queue(replaced(behind.reportedOf));
        }
        if (latest.to() != NodeState.OFFLINE) {
            queue(Transition.online(latest.of()));
            if (latest.to() == NodeState.SUSPECT) {
                queue(latest);
            }
        }
    }

    private Transition replaced(Registration of) {
        return Transition.offline(of, new Tombstone(of, OfflineReason.REPLACED, table.wallClockMillis()));
    }
}
