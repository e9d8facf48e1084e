package dev.heartbeat.cli;

import picocli.CommandLine.Option;

/** How many connections beat, and how fast all together. */
final class RateFlags {
    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Connections (default: ${DEFAULT-VALUE}).")
    private int connections;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Heartbeats per second, over all connections (default: ${DEFAULT-VALUE}).")
    private double rate;

    int connections() {
        return connections;
    }

    double rate() {
        return rate;
    }
}
