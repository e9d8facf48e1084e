package dev.heartbeat.cli;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * Several server processes on one port, among which the kernel spreads the connections. One that
 * ends by itself is replaced.
 */
final class ServerGroup {
    /** Beyond what each of them may take; they end at the same moment, on the same cores. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final CommandLine command;
    private final ServerFlags flags;
    private final ConfigFlags config;
    private final ProcessFlags processes;
    private final @Nullable Duration statsEvery;
    private final Duration drain;
    private final ServiceManager manager;

    ServerGroup(
            CommandLine command,
            ServerFlags flags,
            ConfigFlags config,
            ProcessFlags processes,
            @Nullable Duration statsEvery,
            Duration drain,
            ServiceManager manager) {
        if (!System.getProperty("os.name").equals("Linux")) {
            throw new ParameterException(
                    command,
                    "--processes needs Linux: other systems do not spread connections over processes by SO_REUSEPORT");
        }
        this.command = command;
        this.flags = flags;
        this.config = config;
        this.processes = processes;
        this.statsEvery = statsEvery;
        this.drain = drain;
        this.manager = manager;
    }

    /** Returns the status to exit with. */
    int run(LineWriter out) throws Exception {
        int count = processes.count();
        try (ReservedPort port = takePort()) {
            List<String> arguments =
                    new ArrayList<>(processes.memberCommand(config.notOfMembers(Set.of("--port", "--reuse-port"))));
            arguments.addAll(List.of("--port=" + port.address().getPort(), "--reuse-port"));
            ProcessGroup group = new ProcessGroup(
                    new ProcessGroup.Plan(
                            "server",
                            count,
                            processes.javaOptions(),
                            number -> arguments,
                            number -> Duration.ZERO,
                            "listening",
                            true),
                    out);
            return Termination.bySignal(() -> stop(group, out), group::hurry, () -> watch(group, port.address(), out));
        }
    }

    private ReservedPort takePort() {
        try {
            return ReservedPort.take(flags.host(), flags.port(), flags.reusesPort());
        } catch (IllegalArgumentException e) {
            throw OptionNames.inWordsOf(command, e);
        }
    }

    private int watch(ProcessGroup group, InetSocketAddress address, LineWriter out) throws InterruptedException {
        if (!group.start()) {
            return Math.max(1, group.end(PATIENCE));
        }
        out.write(EventLine.now("listening")
                .with("address", Addresses.host(address))
                .with("port", address.getPort())
                .with("pid", ProcessHandle.current().pid())
                .with("processes", processes.count()));
        // The loops are those of other processes, which are replaced when they end.
        manager.ready(() -> Duration.ZERO);
        Repeater.every(statsEvery, "stats", () -> out.write(group.stats()));
        group.awaitEnd();
        group.end(patience());
        throw new Failure("nobody reads the events any more; the servers have stopped");
    }

    private int stop(ProcessGroup group, LineWriter out) throws InterruptedException {
        manager.stopping(patience().plus(ServerCommand.LAST_LINES));
        int status = group.end(patience());
        out.write(EventLine.now("stopped"));
        return out.close(ServerCommand.LAST_LINES) == 0 ? status : 1;
    }

    /** A process drains as long as it was told to, and a little more. */
    private Duration patience() {
        return flags.options(Duration.ZERO).drainDelay().plus(drain).plus(PATIENCE);
    }
}
