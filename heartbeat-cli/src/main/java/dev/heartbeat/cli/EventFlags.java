package dev.heartbeat.cli;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The lines that a server or clients print while they run. */
final class EventFlags {
    private static final String STATS_EVERY = "--stats-every";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(names = "--quiet", description = "Prints no lines about nodes.")
    private boolean quiet;

    @Option(names = STATS_EVERY, paramLabel = "TIME", description = "Prints a line of numbers this often.")
    private @Nullable Duration statsEvery;

    void check() {
        Allowed.often(command.commandLine(), STATS_EVERY, statsEvery);
    }

    boolean areQuiet() {
        return quiet;
    }

    @Nullable
    Duration statsEvery() {
        return statsEvery;
    }
}
