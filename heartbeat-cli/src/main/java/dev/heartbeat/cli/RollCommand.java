package dev.heartbeat.cli;

import dev.heartbeat.cli.RolledFleet.Outcome;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Replaces one of two servers behind HAProxy, and says what the nodes saw of it. */
@Command(
        name = "roll",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Replaces one of two servers behind a real HAProxy on this machine, while messages go both ways.",
            "If a node is without a connection for more than 3 s, goes OFFLINE other than by SHUTDOWN, or a message is"
                    + " lost or comes twice, the exit status is 1."
        })
final class RollCommand implements Callable<Integer> {
    private static final Duration LONGEST_AWAY = Duration.ofSeconds(3);

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--nodes",
            paramLabel = "N",
            defaultValue = "2000",
            description = "Nodes (default: ${DEFAULT-VALUE}).")
    private int nodes;

    @Option(
            names = "--messages-per-second",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Messages to nodes, and as many from them (default: ${DEFAULT-VALUE}).")
    private int messagesPerSecond;

    @Option(
            names = "--drain-delay",
            paramLabel = "TIME",
            defaultValue = "5s",
            description = "As of a server (default: ${DEFAULT-VALUE}).")
    private Duration drainDelay;

    @Option(
            names = "--drain",
            paramLabel = "TIME",
            defaultValue = "20s",
            description = "As of a server (default: ${DEFAULT-VALUE}).")
    private Duration drain;

    @Option(
            names = "--haproxy-config",
            paramLabel = "FILE",
            defaultValue = "deploy/haproxy/haproxy.cfg",
            description = "HAProxy runs with this file, of which addresses and balancing are changed"
                    + " (default: ${DEFAULT-VALUE}).")
    private Path config;

    @Override
    public Integer call() throws Exception {
        Allowed.range(spec.commandLine(), "--nodes", nodes, 2, Limits.localConnections() / 2);
        Allowed.range(spec.commandLine(), "--messages-per-second", messagesPerSecond, 0, 100_000);
        String file = read();
        System.setProperty("org.slf4j.simpleLogger.log.dev.heartbeat", "off");
        Outcome outcome;
        try (RolledFleet fleet = new RolledFleet(file, nodes, drainDelay)) {
            outcome = fleet.roll(messagesPerSecond, drain);
        }
        print(outcome);
        return isKept(outcome) ? 0 : 1;
    }

    private String read() {
        try {
            return Files.readString(config);
        } catch (IOException e) {
            throw new ParameterException(spec.commandLine(), "--haproxy-config cannot be read: " + e, e);
        }
    }

    private void print(Outcome outcome) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                Locale.ROOT,
                "%,d nodes, of which %,d on the server that was replaced within %.1f s%n",
                nodes,
                outcome.moved(),
                outcome.took().toMillis() / 1e3);
        out.printf(
                Locale.ROOT,
                "without a connection: %.2f s at most, %.2f s for half of those%n",
                outcome.longestAway().toMillis() / 1e3,
                outcome.medianAway().toMillis() / 1e3);
        out.printf(
                Locale.ROOT,
                "reconnects: %,d, at most %,d within a second%n",
                outcome.reconnects(),
                outcome.highestRate());
        out.printf(
                Locale.ROOT, "OFFLINE by SHUTDOWN: %,d, otherwise: %,d%n", outcome.shutdowns(), outcome.otherOffline());
        print(out, "to nodes", outcome.toNodes());
        print(out, "from nodes", outcome.fromNodes());
        out.flush();
    }

    private static void print(PrintWriter out, String direction, Letters.Count count) {
        out.printf(
                Locale.ROOT,
                "messages %s: %,d accepted, %,d arrived, %,d came back, %,d lost, %,d twice; %,d not accepted%n",
                direction,
                count.accepted(),
                count.arrived(),
                count.cameBack(),
                count.lost(),
                count.twice(),
                count.refused());
    }

    private static boolean isKept(Outcome outcome) {
        return outcome.longestAway().compareTo(LONGEST_AWAY) <= 0
                && outcome.otherOffline() == 0
                && outcome.toNodes().isKept()
                && outcome.fromNodes().isKept();
    }
}
