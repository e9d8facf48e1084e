package dev.heartbeat.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.testkit.Host;
import dev.heartbeat.testkit.Simulation;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * The epoch of a registration as a fencing token: an author who slept through his replacement does
 * no harm.
 */
final class FencedDocumentTest {
    private static final int PORT = 9501;

    private final Simulation sim = new Simulation(42);
    private final Host serverHost = sim.newHost("server");
    private final HeartbeatServer server = HeartbeatServer.builder()
            .port(PORT)
            .transport(serverHost.transport())
            .start();
    private final FencedDocument document = new FencedDocument();

    /** A process that claims to be the author; its epoch is what it shows to the document. */
    private long newAuthor(Host host) {
        HeartbeatClient client = HeartbeatClient.builder()
                .server(serverHost.address(), PORT)
                .nodeId("author")
                .transport(host.transport())
                .connect();
        return sim.await(client.registered(), Duration.ofSeconds(5)).epoch();
    }

    @Test
    void whoWasReplacedWhileHeSleptIsRefused() {
        Host first = sim.newHost("first");
        long firstEpoch = newAuthor(first);
        assertThat(document.write(firstEpoch, "by the first")).isTrue();

        first.after(Duration.ofSeconds(10), () -> document.write(firstEpoch, "by the first, who is late"));
        first.pause();
        long secondEpoch = newAuthor(sim.newHost("second"));
        assertThat(secondEpoch).isGreaterThan(firstEpoch);
        assertThat(document.write(secondEpoch, "by the second")).isTrue();
        sim.advance(Duration.ofMinutes(1));
        first.resume();
        sim.advance(Duration.ofMinutes(1));

        assertThat(document.lines()).containsExactly("by the first", "by the second");
        assertThat(server.nodes().find("author").orElseThrow().epoch()).isEqualTo(secondEpoch);
    }

    @Test
    void whoReconnectsGoesOnWithANewEpoch() {
        Host host = sim.newHost("author");
        document.write(newAuthor(host), "before");
        host.resetConnections();
        sim.advance(Duration.ofMinutes(1));
        long epoch = server.nodes().find("author").orElseThrow().epoch();
        assertThat(document.write(epoch, "after")).isTrue();
        assertThat(document.lines()).containsExactly("before", "after");
    }
}
