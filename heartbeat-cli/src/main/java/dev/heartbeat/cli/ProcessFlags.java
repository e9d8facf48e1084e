package dev.heartbeat.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Whether a command does its work in several processes, and the options that those get. */
final class ProcessFlags {
    private static final int MOST = 1000;
    private static final String PROCESSES = "--processes";
    private static final String JAVA_OPTIONS = "--process-java-opts";

    /** The hidden flag of a process of the group. */
    static final String MEMBER = "--member";

    /** The options that each process has from its group, wherever the group has them from. */
    static final Set<String> BY_GROUP =
            Set.of("processes", "process-java-opts", "port", "reuse-port", "count", "connections", "rtt-histogram");

    /**
     * Together they may use as much heap as one process would by itself, a quarter of the memory,
     * but no less than this.
     */
    private static final double HEAP_PERCENT = 25;

    private static final double LEAST_HEAP_PERCENT = 0.5;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = PROCESSES,
            paramLabel = "N",
            description =
                    "Number of processes, which this one starts and watches. Each of their lines begins with the process's number;"
                            + " their statistics are added up.")
    private @Nullable Integer processes;

    @Option(
            names = JAVA_OPTIONS,
            paramLabel = "OPTIONS",
            defaultValue = "",
            description = "JVM options for each process, such as \"-Xmx64m -Xmn8m\".")
    private String javaOptions;

    @Option(names = MEMBER, hidden = true)
    private boolean member;

    /** Whether there are to be processes of their own. */
    boolean areSeveral() {
        return processes != null;
    }

    int count() {
        if (processes == null || processes < 1 || processes > MOST) {
            throw new ParameterException(
                    command.commandLine(), PROCESSES + " is " + processes + ", allowed is 1 to " + MOST);
        }
        return processes;
    }

    /** Whether this process is one of them. */
    boolean isMember() {
        return member;
    }

    /**
     * For the Java of each: one thread to collect garbage and small stacks, as they share the
     * cores; then what was asked for.
     */
    List<String> javaOptions() {
        List<String> options = new ArrayList<>(List.of(
                "-XX:+UseSerialGC",
                "-Xss256k",
                "-XX:MaxRAMPercentage=" + Math.max(LEAST_HEAP_PERCENT, HEAP_PERCENT / count())));
        if (!javaOptions.isBlank()) {
            options.addAll(List.of(javaOptions.strip().split("\\s+", -1)));
        }
        return options;
    }

    /**
     * The command as it was given, for one of the processes; without those options, which they get
     * otherwise. They read environment and file themselves.
     */
    List<String> memberCommand(Set<String> but) {
        List<String> arguments = new ArrayList<>(List.of(command.name(), MEMBER));
        for (OptionSpec option : command.commandLine().getParseResult().matchedOptions()) {
            String name = option.longestName();
            if (!but.contains(name) && !name.equals(PROCESSES) && !name.equals(JAVA_OPTIONS)) {
                option.originalStringValues()
                        .forEach(value -> arguments.add(isFlag(option) ? name : name + "=" + value));
            }
        }
        return arguments;
    }

    private static boolean isFlag(OptionSpec option) {
        return option.arity().max() == 0;
    }
}
