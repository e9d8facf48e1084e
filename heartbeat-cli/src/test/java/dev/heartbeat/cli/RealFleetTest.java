package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Thousands of nodes over real sockets, with processes that are stopped and killed. The test prints
 * its measurements.
 */
@Tag("long")
@Timeout(300)
class RealFleetTest {
    private static final int FLEET = 5000;
    private static final Duration START = Duration.ofSeconds(60);
    private static final String[] MEASURED = {"--quiet", "--stats-every=1s", "--rtt-histogram"};

    private final Commands commands =
            new Commands(Duration.ofSeconds(1), Duration.ofMillis(2500), Duration.ofSeconds(3));
    private final int port = FreePort.find();

    @AfterEach
    void close() throws Exception {
        commands.close();
    }

    @Test
    void aFleetThatBeatsIsNeverDoubted() throws Exception {
        LoggedProcess server = commands.server(port, "--stats-every=1s", "--measure-heap");
        LoggedProcess clients = commands.clients(port, "n", FLEET, MEASURED);
        tell(
                "all %d online after %d ms",
                FLEET, server.awaitNodesIn("online", FLEET, START).toMillis());

        Duration cpuBefore = server.cpu();
        Instant from = Instant.now();
        Thread.sleep(60_000);

        Histogram rtts = roundTrips(clients, from);
        tell(
                "for 60 s: %d heartbeats, rtt p50 %d us, p99 %d us, p99.9 %d us, max %d us",
                rtts.getTotalCount(),
                rtts.getValueAtPercentile(50),
                rtts.getValueAtPercentile(99),
                rtts.getValueAtPercentile(99.9),
                rtts.getMaxValue());
        EventLine stats = server.last("stats");
        tell(
                "server: %.0f heap bytes per node, %d MB resident, %.1f %% of a core",
                stats.number("heapBytesPerNode"),
                server.residentMegabytes(),
                server.cpu().minus(cpuBefore).toMillis() / 600.0);
        assertThat(rtts.getTotalCount()).isGreaterThan(FLEET * 58L);
        assertThat(server.lines("suspect")).isEmpty();
        assertThat(server.lines("offline")).isEmpty();
        assertThat(stats.number("online")).isEqualTo(FLEET);
    }

    @Test
    void aServerThatWasStoppedCallsNobodyOffline() throws Exception {
        // The mass guard would hold the verdicts; without it none may even be reached.
        LoggedProcess server = commands.server(port, "--stats-every=1s", "--mass-guard-hold=0s");
        LoggedProcess clients = commands.clients(port, "n", FLEET, MEASURED);
        server.awaitNodesIn("online", FLEET, START);

        server.pause();
        Thread.sleep(10_000);
        server.resume();

        Instant resumedAt = Instant.now();
        Thread.sleep(1000);
        server.awaitNodesIn("online", FLEET, Duration.ofSeconds(29));
        tell("stopped for 10 s: all online again after %d ms", millis(resumedAt, lastOnline(server)));
        Thread.sleep(Math.max(
                0, Duration.between(Instant.now(), resumedAt.plusSeconds(30)).toMillis()));
        tell(
                "suspected meanwhile: %d times; %.0f reconnects; %.0f stalls credited",
                server.lines("suspect").size(),
                clients.last("stats").number("reconnects"),
                server.last("stats").number("stallsCredited"));
        assertThat(server.lines("offline")).isEmpty();
        assertThat(server.nodesIn("online")).isEqualTo(FLEET);
    }

    @Test
    void clientsThatWereStoppedComeBackWithGreaterEpochs() throws Exception {
        int stopped = 100;
        int others = 900;
        LoggedProcess server = commands.server(port);
        LoggedProcess victims = commands.clients(port, "victim-", stopped, "--quiet");
        LoggedProcess bystanders = commands.clients(port, "other-", others, "--quiet");
        server.awaitNodesIn("online", stopped + others, START);
        Map<String, Long> before = epochs(server);

        Instant stoppedAt = Instant.now();
        victims.pause();
        server.awaitNodesIn("offline", stopped, Duration.ofSeconds(10));
        assertThat(server.lines("offline"))
                .allMatch(line -> line.text("reason").equals("TIMEOUT"))
                .allMatch(line -> line.text("node").startsWith("victim-"));
        tell(
                "clients stopped: OFFLINE %d to %d ms after",
                millis(stoppedAt, firstTime(server.lines("offline"))),
                millis(stoppedAt, lastTime(server.lines("offline"))));
        Instant resumedAt = Instant.now();
        victims.resume();
        server.awaitNodesIn("online", stopped + others, Duration.ofSeconds(30));
        tell("and all online again %d ms after SIGCONT", millis(resumedAt, lastOnline(server)));

        Map<String, Long> after = epochs(server);
        assertThat(NodeIds.upTo("victim-", stopped)).allMatch(node -> after.get(node) > before.get(node));
        assertThat(NodeIds.upTo("other-", others))
                .allMatch(node -> after.get(node).equals(before.get(node)));
        assertThat(server.lines("offline")).hasSize(stopped);
        bystanders.terminate();
    }

    @Test
    void aServerThatWasKilledGetsItsFleetBack() throws Exception {
        int fleet = 1000;
        LoggedProcess first = commands.server(port);
        LoggedProcess clients = commands.clients(port, "n", fleet, "--quiet", "--stats-every=1s");
        first.awaitNodesIn("online", fleet, START);
        Map<String, Long> before = epochs(first);

        first.kill();
        Thread.sleep(2000);
        LoggedProcess second = commands.server(port);
        Instant listeningAt = second.first("listening").time();
        second.awaitNodesIn("online", fleet, Duration.ofSeconds(60));

        tell("server killed: all %d online %d ms after it listens", fleet, millis(listeningAt, lastOnline(second)));
        Map<String, Long> after = epochs(second);
        assertThat(NodeIds.upTo("n", fleet)).allMatch(node -> after.get(node) > before.get(node));
        assertThat(second.lines("offline")).isEmpty();
        clients.await(() -> clients.last("stats").number("online") == fleet, START, "the clients know it too");
    }

    @Test
    void aServerWithoutFilesForAllServesThoseItHas(@TempDir Path folder) throws Exception {
        int limit = 256;
        int early = 150;
        int late = 150;
        LoggedProcess server = commands.serverWithFewFiles(limit, folder, port, "--stats-every=1s");
        // So that each jar is open before files get scarce.
        LoggedProcess passerBy = commands.clients(port, "passer-by-", 1);
        server.awaitNodesIn("online", 1, START);
        passerBy.kill();
        server.awaitNodesIn("offline", 1, START);

        LoggedProcess first = commands.clients(port, "early-", early, "--quiet");
        server.awaitNodesIn("online", early, START);
        LoggedProcess rest = commands.clients(port, "late-", late, "--quiet", "--stats-every=1s", "--reconnect-cap=5s");
        Thread.sleep(10_000);
        long admitted = server.nodesIn("online") - early;
        Duration cpuBefore = server.cpu();
        Thread.sleep(10_000);
        Duration cpu = server.cpu().minus(cpuBefore);
        tell(
                "%d files: %d nodes online, %d wait, %d ms of CPU in 10 s",
                limit, early + admitted, late - admitted, cpu.toMillis());
        assertThat(admitted).isLessThan(late);
        assertThat(cpu).isLessThan(Duration.ofSeconds(2));
        assertThat(server.lines("suspect")).noneMatch(line -> line.text("node").startsWith("early-"));
        assertThat(server.lines("offline")).hasSize(1);

        Instant leavingAt = Instant.now();
        first.terminate();
        server.await(() -> onlineOf(server, "late-") == late, Duration.ofSeconds(60), "the late ones are online");
        tell("and the rest online %d ms after the first began to leave", millis(leavingAt, lastOnline(server)));
        assertThat(server.lines("offline")).hasSize(1 + early);
        assertThat(rest.last("stats").number("suspect")).isZero();
    }

    // ---- reading lines

    private static long onlineOf(LoggedProcess server, String prefix) {
        return server.lines("online").stream()
                .map(line -> line.text("node"))
                .filter(node -> node.startsWith(prefix))
                .distinct()
                .count();
    }

    /** The last epoch of each node. */
    private static Map<String, Long> epochs(LoggedProcess server) {
        Map<String, Long> epochs = new HashMap<>();
        server.lines("online").forEach(line -> epochs.put(line.text("node"), line.epoch()));
        return epochs;
    }

    private static Histogram roundTrips(LoggedProcess clients, Instant from) {
        Histogram sum = ClientTally.histogram();
        clients.lines("stats").stream()
                .filter(line -> line.time().isAfter(from))
                .forEach(line -> sum.add(ClientTally.decode(line.text("rttHistogram"))));
        return sum;
    }

    private static Instant lastOnline(LoggedProcess server) {
        return lastTime(server.lines("online"));
    }

    private static Instant firstTime(List<EventLine> lines) {
        return lines.stream()
                .map(EventLine::time)
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    private static Instant lastTime(List<EventLine> lines) {
        return lines.stream()
                .map(EventLine::time)
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    private static long millis(Instant from, Instant to) {
        return Duration.between(from, to).toMillis();
    }

    private static void tell(String format, Object... arguments) {
        System.out.printf("measured: " + format + "%n", arguments);
    }
}
