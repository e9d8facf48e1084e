package dev.heartbeat.internal.node;

import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.NodeState;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.SendResult;
import dev.heartbeat.SuspectReason;
import dev.heartbeat.TakeoverPolicy;
import dev.heartbeat.UndeliveredException;
import dev.heartbeat.fake.FakeEnvironment;
import dev.heartbeat.fake.FakeLoop;
import dev.heartbeat.fake.FakeOwner;
import dev.heartbeat.internal.queue.CallbackThreads;
import dev.heartbeat.internal.queue.MessageList;
import dev.heartbeat.internal.queue.Outbox;
import dev.heartbeat.internal.queue.OutgoingMessage;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A node table without a server, and the calls its listener gets for the one node: a word each,
 * with the incarnation.
 */
final class Nodes implements NodeListener {
    final FakeEnvironment environment = new FakeEnvironment();
    final FakeLoop home = FakeLoop.still();
    final NodeTable table;
    private final StringBuilder told = new StringBuilder();
    private int undelivered;

    /** Whoever is gone is forgotten at once. */
    Nodes() {
        this(0);
    }

    /** So many that are gone are kept. */
    Nodes(int kept) {
        table = new NodeTable(
                TakeoverPolicy.NEWEST_WINS,
                "group",
                4,
                2,
                new NodeEvents(
                        List.of(this),
                        (from, message) -> {},
                        (from, request) -> {},
                        (from, to) -> false,
                        null,
                        new CallbackThreads(environment, List.of(), null)),
                environment,
                () -> new Outbox(10, 1000, 100),
                10,
                new Tombstones(1, kept, home),
                Capacity.unbounded(),
                () -> {});
    }

    Registration register(long incarnation, long attempt) {
        return register(incarnation, attempt, new FakeOwner());
    }

    Registration register(long incarnation, long attempt, FakeOwner session) {
        return register("n1", incarnation, attempt, session);
    }

    Registration register(String id, long incarnation, long attempt, FakeOwner session) {
        return table.admit(new Registration.Claim(id, incarnation, attempt, 0, Map.of(), session))
                .registration();
    }

    /** Whether a message for the node is accepted. */
    boolean offer() {
        return table.offer("n1", new OutgoingMessage(ByteBuffer.allocate(1))) == SendResult.ACCEPTED;
    }

    /** The number of messages that this registration takes when it looks. */
    static int take(Registration registration) {
        return Objects.requireNonNull(registration.entry().mailbox(registration))
                .poll(registration, 0, 0, new MessageList());
    }

    /** The reports so far; only for the thread that has run the workers. */
    String told() {
        return told.toString().strip();
    }

    int undelivered() {
        return undelivered;
    }

    /** The number of nodes counted as online, suspect and offline, and of those in the table. */
    String counted() {
        return "counted " + table.count(NodeState.ONLINE) + table.count(NodeState.SUSPECT)
                + table.count(NodeState.OFFLINE) + ", held " + table.stream().count();
    }

    @Override
    public void onOnline(Node node) {
        told.append(" online").append(node.incarnation());
    }

    @Override
    public void onSuspect(Node node, SuspectReason reason) {
        told.append(" suspect").append(node.incarnation());
    }

    @Override
    public void onOffline(Node node, OfflineReason reason) {
        told.append(" offline").append(node.incarnation());
    }

    @Override
    public void onUndelivered(Node node, ByteBuffer message, UndeliveredException.Reason reason) {
        undelivered++;
    }
}
