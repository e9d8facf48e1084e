package dev.heartbeat.cli;

import dev.heartbeat.cli.DemoFleet.Group;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The options of the demo's fleet: its size, its spread over processes, and what it is promised.
 */
final class DemoOptions {
    /**
     * Two groups of this size are still no more than the mass guard lets pass as single failures.
     */
    private static final int MAX_VICTIMS = 50;

    private static final String LOOPBACK = "127.0.0.";
    private static final int MIN_NODES = 3;
    private static final int NODES_PER_PROCESS = 10_000;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--nodes",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Nodes (default: ${DEFAULT-VALUE}).")
    private int nodes;

    @Option(
            names = "--interval",
            paramLabel = "TIME",
            defaultValue = "1s",
            description = "Heartbeat interval (default: ${DEFAULT-VALUE}).")
    private Duration interval;

    @Option(
            names = "--suspect",
            paramLabel = "TIME",
            defaultValue = "2.5s",
            description = "Silence after which a node is SUSPECT (default: ${DEFAULT-VALUE}).")
    private Duration suspect;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "3s",
            description = "Silence after which a node is OFFLINE (default: ${DEFAULT-VALUE}).")
    private Duration timeout;

    @Option(
            names = "--tolerance",
            paramLabel = "TIME",
            defaultValue = "500ms",
            description = "Tolerance of all limits, for a busy machine (default: ${DEFAULT-VALUE}).")
    private Duration tolerance;

    @Option(
            names = "--steady",
            paramLabel = "TIME",
            defaultValue = "3s",
            description = "Time without faults before the first signal (default: ${DEFAULT-VALUE}).")
    private Duration steady;

    /** Refuses what cannot be shown. */
    void check() {
        if (nodes < MIN_NODES || nodes > Limits.localConnections()) {
            throw bad(Limits.outOfRange("--nodes", nodes, MIN_NODES, Limits.localConnections()));
        }
        between("--interval", interval, Duration.ofMillis(100), Duration.ofSeconds(10));
        between("--suspect", suspect, interval.plus(interval), Duration.ofSeconds(25));
        between("--timeout", timeout, suspect.plusMillis(1), Duration.ofSeconds(30));
        between("--tolerance", tolerance, Duration.ofMillis(1), Duration.ofSeconds(10));
        between("--steady", steady, Duration.ZERO, Duration.ofMinutes(10));
    }

    int nodes() {
        return nodes;
    }

    Duration steady() {
        return steady;
    }

    Promise promise() {
        return new Promise(interval, suspect, timeout, tolerance);
    }

    /** Those whose process is killed. */
    Group killed() {
        return new Group("killed", victims(), LOOPBACK + 1);
    }

    /** Those whose process is stopped. */
    Group stopped() {
        return new Group("stopped", victims(), LOOPBACK + 1);
    }

    /** Everybody. */
    List<Group> groups() {
        List<Group> groups = new ArrayList<>(List.of(killed(), stopped()));
        int rest = nodes - 2 * victims();
        for (int i = 1; rest > 0; i++) {
            int size = Math.min(rest, NODES_PER_PROCESS);
            // One address has local ports for no more than about 28,000 connections.
            String address = LOOPBACK + (Limits.hasManyLoopbackAddresses() ? i : 1);
            groups.add(new Group("steady-" + i, size, address));
            rest -= size;
        }
        return groups;
    }

    /**
     * The address where the server listens so that every group reaches it; on nothing but loopback
     * where that is enough.
     */
    String serverHost() {
        return groups().stream().map(Group::server).distinct().count() == 1 ? LOOPBACK + 1 : "0.0.0.0";
    }

    private int victims() {
        return Math.max(1, Math.min(MAX_VICTIMS, nodes / 20));
    }

    private void between(String option, Duration value, Duration min, Duration max) {
        Allowed.range(command.commandLine(), option, value, min, max);
    }

    private ParameterException bad(String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
