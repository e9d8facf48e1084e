package dev.heartbeat.internal.node;

import dev.heartbeat.NodeState;
import dev.heartbeat.SuspectReason;
import org.jspecify.annotations.Nullable;

/** A step of a registration to a state; the reason, or the end, is that of the state. */
record Transition(
        Registration of,
        NodeState to,
        @Nullable SuspectReason suspected,
        @Nullable Tombstone ended) {

    static Transition online(Registration of) {
        return new Transition(of, NodeState.ONLINE, null, null);
    }

    static Transition suspect(Registration of, SuspectReason reason) {
        return new Transition(of, NodeState.SUSPECT, reason, null);
    }

    static Transition offline(Registration of, Tombstone end) {
        return new Transition(of, NodeState.OFFLINE, null, end);
    }
}
