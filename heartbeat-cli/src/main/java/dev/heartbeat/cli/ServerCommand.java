package dev.heartbeat.cli;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.NodeListener;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a server and writes what becomes of its nodes, until it is stopped. */
@Command(
        name = "server",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        modelTransformer = ServerCommand.Flags.class,
        description = {
            "Runs a server, and prints the events of its nodes.",
            "Each event is one line with a JSON object: listening, online, suspect, offline, undelivered, massGuard, stats,"
                    + " processEnded, stopped."
                    + " SIGTERM and SIGINT shut the server down; the exit status is then 0."
        })
final class ServerCommand implements Callable<Integer> {
    static final Duration LAST_LINES = Duration.ofSeconds(5);

    /** Beyond the time to drain: the last connections close, and listeners that are busy are waited for. */
    static final Duration CLOSING = Duration.ofSeconds(12);

    /** For as long as probes may take to notice. */
    static final Duration DELAY_WITH_PROBES = Duration.ofSeconds(5);

    private static final Set<String> CHANGEABLE = Stream.concat(
                    Stream.of("drain", "stats-every"), ServerFlags.changeable())
            .collect(Collectors.toSet());

    @Spec
    private CommandSpec spec;

    @Mixin(name = ConfigFlags.NAME)
    private ConfigFlags config;

    @Mixin
    private ServerFlags flags;

    @Mixin
    private ServerTlsFlags tls;

    @Mixin
    private ServerTokenFlags tokens;

    @Mixin
    private AdminFlags admin;

    @Mixin
    private ProcessFlags processes;

    @Option(
            names = "--drain",
            paramLabel = "TIME",
            defaultValue = "5s",
            description = "Time for a shutdown to deliver messages and to send nodes away, one after the other"
                    + " (default: ${DEFAULT-VALUE}). It begins after --drain-delay. A second signal ends it.")
    private volatile Duration drain;

    @Mixin
    private EventFlags events;

    @Option(
            names = "--measure-heap",
            description = "Adds the heap per node to the line of numbers; this collects garbage now and then.")
    private boolean measureHeap;

    /** Adds the library's options to the command. */
    static final class Flags implements IModelTransformer {
        @Override
        public CommandSpec transform(CommandSpec command) {
            ((ServerCommand) command.userObject()).flags.addTo(command);
            return command;
        }
    }

    @Override
    public Integer call() throws Exception {
        events.check();
        admin.check(spec.commandLine(), processes.areSeveral());
        if (config.printOnly()) {
            HeartbeatServer server = build(new NodeListener() {});
            return config.print(flags.texts(server.options()));
        }
        LineWriter out = LineWriter.toStandardOutput();
        if (processes.areSeveral()) {
            if (config.configuration().file() != null || hasSecrets()) {
                Signals.handle("HUP", () -> {}); // Each process looks at the files by itself.
            }
            return new ServerGroup(spec.commandLine(), flags, config, processes, events.statsEvery(), drain, manager())
                    .run(out);
        }
        if (processes.isMember()) {
            Parent.endWith();
        }
        HeartbeatServer server = build(events.areQuiet() ? new NodeListener() {} : new NodeEvents(out));
        ServiceManager manager = manager();
        Termination.bySignal(() -> stop(server, out, manager), () -> hurry(server), () -> {
            start(server);
            return tell(server, out, manager);
        });
        server.close();
        admin.close();
        throw new Failure("nobody reads the events any more; the server has stopped");
    }

    /** Of a group, the group reports to it. */
    private ServiceManager manager() {
        return ServiceManager.of(processes.isMember() ? Map.of() : System.getenv());
    }

    private HeartbeatServer tell(HeartbeatServer server, LineWriter out, ServiceManager manager)
            throws InterruptedException {
        // Before anybody hears of the port, and a node comes that would be taken for a part of the
        // empty server.
        ServerStatsLine stats = new ServerStatsLine(server, measureHeap ? new HeapMeter() : null);
        InetSocketAddress address = server.localAddress();
        out.write(admin.addTo(EventLine.now("listening")
                .with("address", Addresses.host(address))
                .with("port", address.getPort())
                .with("pid", ProcessHandle.current().pid())));
        manager.ready(() -> server.stats().loops().silence());
        Repeater lines = new Repeater("stats", () -> out.write(stats.line()));
        lines.every(events.statsEvery());
        Reload.begin(config, hasSecrets(), CHANGEABLE, anew -> adopt((ServerCommand) anew, server, lines));
        out.awaitEnd();
        return server;
    }

    /** Whether there are files of secrets, which are read again when they are used. */
    private boolean hasSecrets() {
        return tls.isGiven() || tokens.areGiven();
    }

    /** Takes what can change at run time from a command that was read anew; all of it, or nothing. */
    private void adopt(ServerCommand anew, HeartbeatServer server, Repeater lines) {
        anew.events.check();
        anew.reconfigure(server);
        drain = anew.drain;
        lines.every(anew.events.statsEvery());
    }

    /** Gives limits and lists to a running server, which has its files of secrets for itself. */
    void reconfigure(HeartbeatServer server) {
        try {
            server.reconfigure(flags.options(drainDelay()));
        } catch (IllegalArgumentException e) {
            throw OptionNames.inWordsOf(spec.commandLine(), e);
        }
    }

    private void start(HeartbeatServer server) {
        // First, so that a probe is told that the server is starting.
        admin.open(server, spec.commandLine());
        try {
            HeartbeatServer unused = server.start();
        } catch (IllegalArgumentException e) {
            throw OptionNames.inWordsOf(spec.commandLine(), e);
        }
    }

    /** Without probes nobody is told that the server stops, and there is nothing to wait for. */
    private Duration drainDelay() {
        return admin.isGiven() ? DELAY_WITH_PROBES : Duration.ZERO;
    }

    /** A server that is not started: every option was judged, and no port is open. */
    private HeartbeatServer build(NodeListener listener) {
        try {
            HeartbeatServer.Builder builder = flags.builder(drainDelay()).listener(listener);
            tls.addTo(builder, spec.commandLine());
            tokens.addTo(builder, spec.commandLine());
            admin.addTo(builder);
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw OptionNames.inWordsOf(spec.commandLine(), e);
        }
    }

    private static void hurry(HeartbeatServer server) {
        System.err.println("heartbeat server: another signal; closing without draining");
        CompletableFuture<?> unused = server.closeAsync();
    }

    /**
     * A reader that takes no more lines can hold up the listeners, and so the drain; it cannot keep
     * the server alive.
     */
    private int stop(HeartbeatServer server, LineWriter out, ServiceManager manager)
            throws InterruptedException, ExecutionException {
        Duration limit = server.options().drainDelay().plus(drain).plus(CLOSING);
        manager.stopping(limit.plus(LAST_LINES));
        CompletableFuture<Void> stopped = CompletableFuture.runAsync(() -> {
            server.shutdown(drain);
            out.write(EventLine.now("stopped"));
        });
        boolean inTime = true;
        try {
            stopped.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            System.err.println("heartbeat server: it has not stopped within " + DurationConverter.format(limit)
                    + "; ending all the same");
            inTime = false;
        }
        long lost = out.close(LAST_LINES);
        if (lost > 0) {
            System.err.println("heartbeat server: " + lost + " lines were not read, and are lost");
        }
        return inTime && lost == 0 ? 0 : 1;
    }
}
