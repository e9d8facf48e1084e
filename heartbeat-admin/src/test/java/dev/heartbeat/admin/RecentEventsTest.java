package dev.heartbeat.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.Node;
import dev.heartbeat.NodeState;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.SuspectReason;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The last events, whatever their number. */
final class RecentEventsTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private final RecentEvents events = new RecentEvents(InstantSource.fixed(NOW));

    private static Node node(String id) {
        return new Node(
                id,
                NodeState.ONLINE,
                1,
                1,
                Map.of(),
                InetSocketAddress.createUnresolved("h", 1),
                null,
                NOW,
                null,
                null,
                null);
    }

    @Test
    void lastEventsComeInTheirOrder() {
        assertThat(events.last(10)).isEmpty();
        events.onOnline(node("a"));
        events.onSuspect(node("a"), SuspectReason.SILENT);
        events.onOffline(node("a"), OfflineReason.TIMEOUT);
        events.onDuplicateIdentity(node("b"));
        assertThat(events.last(3))
                .containsExactly(
                        new RecentEvents.Event(2, NOW, "a", RecentEvents.Kind.SUSPECT, "SILENT"),
                        new RecentEvents.Event(3, NOW, "a", RecentEvents.Kind.OFFLINE, "TIMEOUT"),
                        new RecentEvents.Event(4, NOW, "b", RecentEvents.Kind.DUPLICATE_IDENTITY, null));
        assertThat(events.last(0)).isEmpty();
        assertThatThrownBy(() -> events.last(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void noMoreAreKeptThanItSays() {
        IntStream.range(0, 1000).forEach(i -> events.onOnline(node("n" + i)));
        assertThat(events.last(Integer.MAX_VALUE)).hasSize(RecentEvents.KEPT);
        assertThat(events.last(1).get(0).nodeId()).isEqualTo("n999");
        assertThat(events.count()).isEqualTo(1000);
    }
}
