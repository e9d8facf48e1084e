package dev.heartbeat.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Several processes that share the nodes of a client command. */
final class ClientGroup {
    /** A process of it reports with this that its options are good. */
    static final String STARTED = "started";

    private static final Set<String> SHARED = Set.of("--count", "--connections", "--rtt-histogram");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ConfigFlags config;
    private final ProcessFlags processes;
    private final int count;
    private final int connectRate;
    private final @Nullable Duration statsEvery;

    ClientGroup(ConfigFlags config, ProcessFlags processes, int count, int connectRate, @Nullable Duration statsEvery) {
        this.config = config;
        this.processes = processes;
        this.count = count;
        this.connectRate = connectRate;
        this.statsEvery = statsEvery;
    }

    /** Returns the status to exit with. */
    int run(LineWriter out) throws Exception {
        ProcessGroup group = new ProcessGroup(
                new ProcessGroup.Plan(
                        "client",
                        processes.count(),
                        processes.javaOptions(),
                        this::arguments,
                        this::startsAfter,
                        STARTED,
                        false),
                out);
        return Termination.bySignal(() -> stop(group, out), () -> watch(group, out));
    }

    private List<String> arguments(int number) {
        List<String> arguments = new ArrayList<>(processes.memberCommand(config.notOfMembers(SHARED)));
        arguments.addAll(List.of(
                "--first=" + (before(number) + 1),
                "--count=" + (before(number + 1) - before(number)),
                "--rtt-histogram"));
        return arguments;
    }

    /**
     * They connect one after the other, so that each node begins when it would if there were one
     * process.
     */
    private Duration startsAfter(int number) {
        return Duration.ofMillis(1000L * before(number) / connectRate);
    }

    /** The number of connections that the processes before this one have. */
    private int before(int number) {
        return (int) ((number - 1) * (long) count / processes.count());
    }

    private int watch(ProcessGroup group, LineWriter out) throws InterruptedException {
        Repeater.every(statsEvery, "stats", () -> out.write(group.stats()));
        if (!group.start()) {
            return Math.max(1, group.end(PATIENCE));
        }
        if (group.awaitEnd()) {
            return 1;
        }
        group.end(PATIENCE);
        throw new Failure("nobody reads the events any more; the clients have stopped");
    }

    private static int stop(ProcessGroup group, LineWriter out) throws InterruptedException {
        int status = group.end(PATIENCE);
        return out.close(PATIENCE) == 0 ? status : 1;
    }
}
