package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client whose server falls silent or is gone reports it in time, and comes back in time. */
@Timeout(180)
class FrozenServerTest {
    private static final Duration TOLERANCE = Duration.ofSeconds(1);

    private final int port = FreePort.find();
    private Commands commands;

    @AfterEach
    void close() throws Exception {
        commands.close();
    }

    @Test
    void oneClientWithoutPatience() throws Exception {
        Bound bound = new Bound(Duration.ofMillis(200), Duration.ofMillis(500), Duration.ofMillis(800));
        Attempts attempts = new Attempts(Duration.ofMillis(50), Duration.ofMillis(200));
        frozen(bound, attempts, 1, Duration.ofMillis(1500));
    }

    @Test
    @Tag("long")
    void oneClientWhoseServerIsKilled() throws Exception {
        Bound bound = new Bound(Duration.ofMillis(200), Duration.ofMillis(500), Duration.ofMillis(800));
        Attempts attempts = new Attempts(Duration.ofMillis(50), Duration.ofMillis(200));
        killed(bound, attempts, 1, Duration.ofSeconds(1));
    }

    @Test
    @Tag("long")
    void aHundredClientsWithTimeToCount() throws Exception {
        Bound bound = new Bound(Duration.ofSeconds(1), Duration.ofMillis(2500), Duration.ofSeconds(3));
        Attempts attempts = new Attempts(Duration.ofMillis(500), Duration.ofSeconds(8));
        frozen(bound, attempts, 100, Duration.ofSeconds(30));
    }

    @Test
    @Tag("long")
    void aHundredClientsWhoseServerIsKilled() throws Exception {
        Bound bound = new Bound(Duration.ofSeconds(1), Duration.ofMillis(2500), Duration.ofSeconds(3));
        Attempts attempts = new Attempts(Duration.ofMillis(500), Duration.ofSeconds(8));
        killed(bound, attempts, 100, Duration.ofSeconds(30));
    }

    private void frozen(Bound bound, Attempts attempts, int count, Duration length) throws Exception {
        commands = bound.commands();
        LoggedProcess server = commands.server(port);
        LoggedProcess clients = commands.clients(port, "n", count, attempts.options());
        clients.awaitNodesIn("registered", count, Duration.ofSeconds(30));
        Instant frozenAt = Instant.now();
        server.pause();
        Thread.sleep(length.toMillis());
        server.resume();
        clients.awaitNodesIn("registered", count, Duration.ofSeconds(30));

        for (String node : NodeIds.upTo("n", count)) {
            List<EventLine> lines = clients.linesAbout(node);
            EventLine suspect = first(lines, "suspect");
            EventLine disconnected = first(lines, "disconnected");
            assertThat(Duration.between(frozenAt, suspect.time()))
                    .isBetween(bound.earliest(bound.suspect), bound.latest(bound.suspect));
            assertThat(disconnected.text("reason")).isEqualTo("TIMEOUT");
            assertThat(Duration.between(frozenAt, disconnected.time()))
                    .isBetween(bound.earliest(bound.timeout), bound.latest(bound.timeout));
            requireGreaterEpoch(lines);
            attempts.check(lines);
        }
        assertThat(server.lines("offline")).isEmpty();
    }

    private void killed(Bound bound, Attempts attempts, int count, Duration length) throws Exception {
        commands = bound.commands();
        LoggedProcess first = commands.server(port);
        LoggedProcess clients = commands.clients(port, "n", count, attempts.options());
        clients.awaitNodesIn("registered", count, Duration.ofSeconds(30));
        Instant killedAt = Instant.now();
        first.kill();
        Thread.sleep(length.toMillis());
        LoggedProcess second = commands.server(port);
        clients.awaitNodesIn("registered", count, Duration.ofSeconds(30));
        second.awaitNodesIn("online", count, Duration.ofSeconds(5));

        for (String node : NodeIds.upTo("n", count)) {
            List<EventLine> lines = clients.linesAbout(node);
            EventLine disconnected = first(lines, "disconnected");
            assertThat(disconnected.text("reason")).isIn("PEER_CLOSED", "CONNECTION_LOST");
            assertThat(Duration.between(killedAt, disconnected.time())).isLessThan(TOLERANCE);
            assertThat(lines).noneMatch(line -> line.event().equals("suspect"));
            requireGreaterEpoch(lines);
            attempts.check(lines);
        }
        assertThat(second.lines("offline")).isEmpty();
    }

    private static void requireGreaterEpoch(List<EventLine> lines) {
        List<EventLine> registered =
                lines.stream().filter(line -> line.event().equals("registered")).toList();
        assertThat(registered.size()).as("%s", lines).isGreaterThanOrEqualTo(2);
        assertThat(registered).extracting(EventLine::epoch).isSorted().doesNotHaveDuplicates();
    }

    private static EventLine first(List<EventLine> lines, String event) {
        return lines.stream()
                .filter(line -> line.event().equals(event))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + event + " in " + lines));
    }

    /** The server's options, by which its clients judge it. */
    private record Bound(Duration interval, Duration suspect, Duration timeout) {
        Commands commands() {
            return new Commands(interval, suspect, timeout);
        }

        /**
         * The last sign of life came up to an interval, and the tenth a beat may be late, before
         * the silence began.
         */
        Duration earliest(Duration silence) {
            return silence.minus(interval.multipliedBy(11).dividedBy(10)).minus(TOLERANCE);
        }

        Duration latest(Duration silence) {
            return silence.plus(TOLERANCE);
        }
    }
}
