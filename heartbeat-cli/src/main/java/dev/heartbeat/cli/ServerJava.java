package dev.heartbeat.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The Java that a benchmark's server runs on. */
final class ServerJava {
    @Option(names = "--server-java", paramLabel = "OPTION", description = "JVM option for the server.")
    private List<String> options = new ArrayList<>();

    List<String> options() {
        return options;
    }
}
