package dev.heartbeat.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Several processes that share the nodes of a client command. */
final class ClientGroup {
    /** A process of it tells so that its options are good. */
    static final String STARTED = "started";

    private static final Set<String> SHARED = Set.of("--count", "--connections", "--connect-rate", "--rtt-histogram");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ProcessFlags processes;
    private final int count;
    private final int connectRate;
    private final @Nullable Duration statsEvery;

    ClientGroup(ProcessFlags processes, int count, int connectRate, @Nullable Duration statsEvery) {
        this.processes = processes;
        this.count = count;
        this.connectRate = connectRate;
        this.statsEvery = statsEvery;
    }

    /** Returns the status to exit with. */
    int run(LineWriter out) throws Exception {
        ProcessGroup group = new ProcessGroup(
                new ProcessGroup.Plan(
                        "client", processes.count(), processes.javaOptions(), this::arguments, STARTED, false),
                out);
        return Termination.bySignal(() -> stop(group, out), () -> watch(group, out));
    }

    /** The first processes have one connection more where they cannot have the same number. */
    private List<String> arguments(int number) {
        int share = count / processes.count();
        int rest = count % processes.count();
        int before = (number - 1) * share + Math.min(number - 1, rest);
        List<String> arguments = new ArrayList<>(processes.memberCommand(SHARED));
        arguments.addAll(List.of(
                "--first=" + (before + 1),
                "--count=" + (share + (number <= rest ? 1 : 0)),
                "--connect-rate=" + connectRate / processes.count(),
                "--rtt-histogram"));
        return arguments;
    }

    private int watch(ProcessGroup group, LineWriter out) throws InterruptedException {
        if (!group.start()) {
            return Math.max(1, group.end(PATIENCE));
        }
        Repeater.every(statsEvery, "stats", () -> out.write(group.stats()));
        if (group.awaitEnd()) {
            return 1;
        }
        group.end(PATIENCE);
        throw new Failure("nobody reads the events any more, so the clients have stopped");
    }

    private static int stop(ProcessGroup group, LineWriter out) throws InterruptedException {
        int status = group.end(PATIENCE);
        return out.close(PATIENCE) == 0 ? status : 1;
    }
}
