package dev.heartbeat.internal.node;

import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.NodeState;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.SendResult;
import dev.heartbeat.SuspectReason;
import dev.heartbeat.TakeoverPolicy;
import dev.heartbeat.UndeliveredException;
import dev.heartbeat.internal.channel.HandLoop;
import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.loop.Loop;
import dev.heartbeat.internal.queue.CallbackThreads;
import dev.heartbeat.internal.queue.MessageList;
import dev.heartbeat.internal.queue.Outbox;
import dev.heartbeat.internal.queue.OutgoingMessage;
import dev.heartbeat.races.StubWorkers;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A node table without a server, and what its listener is told of the one node: a word each, with
 * the incarnation.
 */
final class Nodes implements NodeListener {
    private static final InetSocketAddress NOWHERE = new InetSocketAddress(0);

    final StubWorkers workers = new StubWorkers();
    final StubHome home = new StubHome();
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
                        new CallbackThreads(workers, List.of(), null)),
                workers,
                () -> new Outbox(10, 1000, 100),
                10,
                new Tombstones(1, kept, home),
                Capacity.unbounded(),
                () -> {});
    }

    /** A session that notes that it was woken. */
    static final class Session implements Registration.Owner {
        volatile boolean woken;

        @Override
        public InetSocketAddress remoteAddress() {
            return NOWHERE;
        }

        @Override
        public Loop loop() {
            return new HandLoop();
        }

        @Override
        public boolean hasOwnConnection() {
            return true;
        }

        @Override
        public int maxMessageBytes() {
            return 1 << 20;
        }

        @Override
        public int rttMicros() {
            return 0;
        }

        @Override
        public void wake() {
            woken = true;
        }

        @Override
        public void cancel(Envelope request) {}

        @Override
        public void notPassedOn(String text) {}

        @Override
        public void superseded() {}

        @Override
        public void ended(OfflineReason reason, String text) {}

        @Override
        public void drain(long retryAfterMillis) {}
    }

    Registration register(long incarnation, long attempt) {
        return register(incarnation, attempt, new Session());
    }

    Registration register(long incarnation, long attempt, Session session) {
        return register("n1", incarnation, attempt, session);
    }

    Registration register(String id, long incarnation, long attempt, Session session) {
        return table.admit(new Registration.Claim(id, incarnation, attempt, 0, Map.of(), session))
                .registration();
    }

    /** Whether a message for the node is accepted. */
    boolean offer() {
        return table.offer("n1", new OutgoingMessage(ByteBuffer.allocate(1))) == SendResult.ACCEPTED;
    }

    /** How many messages this registration takes when it looks. */
    static int take(Registration registration) {
        return Objects.requireNonNull(registration.entry().mailbox(registration))
                .poll(registration, 0, 0, new MessageList());
    }

    /** What was told so far; only for whoever has run the workers. */
    String told() {
        return told.toString().strip();
    }

    int undelivered() {
        return undelivered;
    }

    /** How many nodes are counted as online, suspect and offline, and how many the table holds. */
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
