package dev.heartbeat.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.MessageHandler;
import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.SuspectReason;
import dev.heartbeat.UndeliveredException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A server's reports of its nodes. */
final class History implements NodeListener, MessageHandler {
    private final Map<String, List<String>> events = new HashMap<>();
    private final Map<String, Long> epochs = new HashMap<>();
    private long messages;
    private long undelivered;

    @Override
    public void onOnline(Node node) {
        assertThat(node.epoch()).isGreaterThanOrEqualTo(lastEpochOf(node.id()));
        epochs.put(node.id(), node.epoch());
        record(node, "ONLINE");
    }

    @Override
    public void onSuspect(Node node, SuspectReason reason) {
        record(node, "SUSPECT " + reason);
    }

    @Override
    public void onOffline(Node node, OfflineReason reason) {
        record(node, "OFFLINE " + reason);
    }

    @Override
    public void onUndelivered(Node node, ByteBuffer message, UndeliveredException.Reason reason) {
        undelivered++;
    }

    @Override
    public void onMessage(Node from, ByteBuffer message) {
        messages++;
    }

    private void record(Node node, String what) {
        events.computeIfAbsent(node.id(), id -> new ArrayList<>()).add(what);
    }

    List<String> of(String node) {
        return events.getOrDefault(node, List.of());
    }

    /** 0 if there was none. */
    long lastEpochOf(String node) {
        return epochs.getOrDefault(node, 0L);
    }

    boolean wasReplaced(String node) {
        return of(node).contains("OFFLINE " + OfflineReason.REPLACED);
    }

    /** The number of nodes that have gone and not come back. */
    long nodesOffline() {
        return events.values().stream()
                .filter(told -> told.get(told.size() - 1).startsWith("OFFLINE"))
                .count();
    }

    long messages() {
        return messages;
    }

    long undelivered() {
        return undelivered;
    }

    /** {@code (ONLINE (SUSPECT ONLINE)* SUSPECT? OFFLINE)*}, for every node. */
    void checkGrammar() {
        events.forEach((node, told) -> assertThat(String.join(
                                " ",
                                told.stream().map(what -> what.substring(0, 2)).toList())
                        + " ")
                .as(node + ": " + told)
                .matches("(ON (SU ON )*(SU )?OF )*(ON (SU ON )*(SU )?)?"));
    }
}
