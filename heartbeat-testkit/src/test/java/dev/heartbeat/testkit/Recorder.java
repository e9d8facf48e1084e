package dev.heartbeat.testkit;

import dev.heartbeat.MassGuardStatus;
import dev.heartbeat.MessageHandler;
import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.SuspectReason;
import dev.heartbeat.UndeliveredException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Writes down a server's reports, with their virtual time. */
public final class Recorder implements NodeListener, MessageHandler {
    /** One line of the record. */
    public record Event(Duration at, String node, String what, long epoch) {
        @Override
        public String toString() {
            return node + " " + what;
        }
    }

    private final Simulation world;
    private final List<Event> events = new ArrayList<>();

    public Recorder(Simulation world) {
        this.world = world;
    }

    @Override
    public void onOnline(Node node) {
        record(node, "ONLINE");
    }

    @Override
    public void onSuspect(Node node, SuspectReason reason) {
        record(node, "SUSPECT(" + reason + ")");
    }

    @Override
    public void onOffline(Node node, OfflineReason reason) {
        record(node, "OFFLINE(" + reason + ")");
    }

    @Override
    public void onUpdated(Node node) {
        record(node, "updated " + node.metadata());
    }

    @Override
    public void onDuplicateIdentity(Node node) {
        record(node, "DUPLICATE_IDENTITY");
    }

    @Override
    public void onUndelivered(Node node, ByteBuffer message, UndeliveredException.Reason reason) {
        record(node, "undelivered " + text(message));
    }

    @Override
    public void onMessage(Node from, ByteBuffer message) {
        record(from, "message " + text(message));
    }

    @Override
    public void onMassGuard(MassGuardStatus status) {
        events.add(new Event(world.now(), "guard", status.phase().name(), status.held()));
    }

    private void record(Node node, String what) {
        events.add(new Event(world.now(), node.id(), what, node.epoch()));
    }

    private static String text(ByteBuffer message) {
        return message.remaining() > 40
                ? message.remaining() + " bytes"
                : StandardCharsets.UTF_8.decode(message.duplicate()).toString();
    }

    /** All reports of a node, in order. */
    public List<String> of(String node) {
        return events.stream()
                .filter(event -> event.node.equals(node))
                .map(Event::what)
                .toList();
    }

    public List<Event> events() {
        return List.copyOf(events);
    }

    /** The number of times this was reported, over all nodes. */
    public long count(String what) {
        return events.stream().filter(event -> event.what.startsWith(what)).count();
    }

    /** The time of the first such report of a node. */
    public Duration when(String node, String what) {
        return events.stream()
                .filter(event -> event.node.equals(node) && event.what.equals(what))
                .findFirst()
                .orElseThrow(() -> new AssertionError(node + " " + what + " was never told; but " + of(node)))
                .at;
    }

    public void clear() {
        events.clear();
    }
}
