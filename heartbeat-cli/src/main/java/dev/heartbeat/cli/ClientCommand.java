package dev.heartbeat.cli;

import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import dev.heartbeat.tls.ClientTls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs one client or many, until it is stopped or the server wants none of them. */
@Command(
        name = "client",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        modelTransformer = ClientCommand.Flags.class,
        description = {
            "Runs one or more nodes, and prints their events.",
            "Each event is one line with a JSON object: registered, suspect, recovered, disconnected, error, undelivered,"
                    + " closed, stats. SIGTERM and SIGINT unregister the nodes; the exit status is then 0."
        })
final class ClientCommand implements Callable<Integer> {
    private static final int CLIENTS_PER_LOOP = 4000;
    private static final int MEMBER_WORKERS = 2;
    private static final Duration GOODBYE = Duration.ofSeconds(5);

    @Spec
    private CommandSpec spec;

    @Mixin(name = ConfigFlags.NAME)
    private ConfigFlags config;

    @Mixin
    private ClientFlags flags;

    @Option(names = "--node-id", paramLabel = "ID", description = "Id of the node, if there is only one.")
    private @Nullable String nodeId;

    @Option(
            names = "--node-id-prefix",
            paramLabel = "TEXT",
            defaultValue = "node-",
            description = "Prefix of the node ids; a number from 1 on follows (default: ${DEFAULT-VALUE}).")
    private String nodeIdPrefix;

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "1",
            description = "Nodes, each with its own connection (default: ${DEFAULT-VALUE}).")
    private int count;

    @Option(
            names = "--connections",
            paramLabel = "N",
            description = "Connections; same as --count if each has one node.")
    private @Nullable Integer connections;

    @Option(
            names = "--nodes-per-connection",
            paramLabel = "M",
            defaultValue = "1",
            description =
                    "Nodes per connection: its own node, and M - 1 for which it is the gateway. With more than one, an id is the prefix,"
                            + " the connection's number, a dash, and the node's number (default: ${DEFAULT-VALUE}).")
    private int nodesPerConnection;

    @Option(names = "--first", paramLabel = "N", hidden = true, defaultValue = "1")
    private int first;

    @Mixin
    private ClientTlsFlags tlsFlags;

    private @Nullable ClientTls tls;

    @Mixin
    private ClientTokenFlags token;

    @Mixin
    private ServersFlags servers;

    @Mixin
    private ProcessFlags processes;

    @Option(
            names = "--connect-rate",
            paramLabel = "N",
            defaultValue = "5000",
            description = "Nodes that start to connect per second (default: ${DEFAULT-VALUE}).")
    private int connectRate;

    @Option(
            names = "--spread",
            description =
                    "Spreads connections over the loopback addresses of this machine, 10,000 on each, because one address has about"
                            + " 28,000 local ports. The server must listen on all addresses.")
    private boolean spread;

    @Mixin
    private EventFlags events;

    @Option(
            names = "--rtt-histogram",
            description =
                    "Adds the HdrHistogram of round trips to the line of numbers, compressed and in Base64, so that the histograms"
                            + " of several processes can be added up.")
    private boolean rttHistogram;

    /** Adds the library's options to the command. */
    static final class Flags implements IModelTransformer {
        @Override
        public CommandSpec transform(CommandSpec command) {
            ((ClientCommand) command.userObject()).flags.addTo(command);
            return command;
        }
    }

    @Override
    public Integer call() throws Exception {
        if (connections != null) {
            requireAlone();
            count = connections;
        }
        check();
        tls = tlsFlags.build(spec.commandLine());
        token.check(spec.commandLine());
        if (config.printOnly()) {
            return config.print(texts());
        }
        LineWriter out = LineWriter.toStandardOutput();
        if (processes.areSeveral()) {
            return new ClientGroup(config, processes, count, connectRate, events.statsEvery()).run(out);
        }
        if (processes.isMember()) {
            Parent.endWith();
        }
        List<HeartbeatClient> clients = new ArrayList<>(count);
        int status = Termination.bySignal(() -> stop(clients, out), () -> run(clients, out));
        out.close(GOODBYE);
        return status;
    }

    private Map<String, String> texts() {
        try {
            return flags.texts(idOf(first));
        } catch (IllegalArgumentException e) {
            throw refused(idOf(first), e);
        }
    }

    private int run(List<HeartbeatClient> clients, LineWriter out) throws InterruptedException, ExecutionException {
        ClientTally stats = new ClientTally(count * nodesPerConnection);
        CountDownLatch open = new CountDownLatch(count);
        Repeater.every(events.statsEvery(), "stats", () -> out.write(stats.line(rttHistogram)));
        int loops = Math.min(
                (count - 1) / CLIENTS_PER_LOOP + 1, Runtime.getRuntime().availableProcessors());
        // None of several processes needs all cores.
        Transport shared = startTransport(
                processes.isMember()
                        ? TransportOptions.builder().eventLoops(1).workerThreads(MEMBER_WORKERS)
                        : TransportOptions.builder().eventLoops(loops));
        long startedAt = System.nanoTime();
        for (int i = 0; i < count; i++) {
            long dueAt = startedAt + TimeUnit.SECONDS.toNanos(i) / connectRate;
            LockSupport.parkNanos(dueAt - System.nanoTime());
            int connection = first + i;
            String id = idOf(connection);
            LineWriter lines = events.areQuiet() ? null : out;
            HeartbeatClient client = connect(
                    id, serverOf(connection), shared, new ClientEvents(id, stats, lines, open, nodesPerConnection));
            synchronized (clients) {
                clients.add(client);
            }
            attach(client, connection, stats, lines);
            if (i == 0 && processes.isMember()) {
                out.write(EventLine.now(ClientGroup.STARTED));
            }
        }
        boolean read = awaitEnd(open, out);
        goodbye(clients);
        if (!read) {
            throw new Failure("nobody reads the events any more; the clients have stopped");
        }
        return 1;
    }

    /** The id of the node that has the connection. */
    private String idOf(int connection) {
        if (nodeId != null) {
            return nodeId;
        }
        return nodesPerConnection == 1 ? NodeIds.of(nodeIdPrefix, connection) : NodeIds.of(nodeIdPrefix, connection, 1);
    }

    /** At which of the server's addresses this connection finds it. */
    private String serverOf(int connection) {
        return spread ? LoopbackAddresses.of(flags.host(), connection) : flags.host();
    }

    /** The nodes that share its connection. */
    private void attach(HeartbeatClient client, int connection, ClientTally stats, @Nullable LineWriter lines) {
        for (int number = 2; number <= nodesPerConnection; number++) {
            String id = nodeId != null ? nodeId + "-" + number : NodeIds.of(nodeIdPrefix, connection, number);
            try {
                AttachedEvents events = new AttachedEvents(id, stats, lines);
                stats.attached(client.attach(id, flags.metadata(), events), events);
            } catch (IllegalArgumentException e) {
                throw bad((nodeId != null ? "--node-id" : "--node-id-prefix") + " leads to " + id + ": "
                        + e.getMessage());
            } catch (IllegalStateException e) {
                return; // It was closed for good meanwhile, or all are being closed.
            }
        }
    }

    private void requireAlone() {
        if (spec.commandLine().getParseResult().hasMatchedOption("--count")) {
            throw bad("--connections is " + connections + " and --count is " + count + ", allowed is one of them");
        }
    }

    private void check() {
        require("--port", flags.port(), 1, 65_535);
        require("--connect-rate", connectRate, 1, 1_000_000);
        events.check();
        if (nodeId != null) {
            require("--count (with --node-id)", count, 1, 1);
        }
        long most = Limits.connections() * (processes.areSeveral() ? processes.count() : 1);
        if (count < 1 || count > most) {
            throw bad(Limits.outOfRange(connections == null ? "--count" : "--connections", count, 1, most));
        }
        if (processes.areSeveral()) {
            require("--processes", processes.count(), 1, count);
        }
        if (spread && servers.areGiven()) {
            throw bad("--spread and --servers are both given, allowed is one of them");
        }
        if (spread && !LoopbackAddresses.canSpread(flags.host())) {
            throw bad("--spread is for Linux and a --host of 127.x.x.x, and that is " + flags.host());
        }
        require("--nodes-per-connection", nodesPerConnection, 1, Math.min(1_000_000, Integer.MAX_VALUE / count));
    }

    private void require(String option, long value, long min, long max) {
        Allowed.range(spec.commandLine(), option, value, min, max);
    }

    private ParameterException bad(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private Transport startTransport(TransportOptions.Builder options) {
        try {
            return flags.startTransport(options);
        } catch (IllegalArgumentException e) {
            throw OptionNames.inWordsOf(spec.commandLine(), e);
        } catch (IllegalStateException e) {
            throw bad(String.valueOf(e.getMessage()));
        }
    }

    private HeartbeatClient connect(String id, String server, Transport shared, ClientEvents events) {
        try {
            HeartbeatClient.Builder builder =
                    flags.builder(server).nodeId(id).transport(shared).listener(events);
            token.addTo(builder);
            servers.addTo(builder, spec.commandLine());
            return (tls == null ? builder : builder.layer(tls)).connect();
        } catch (IllegalArgumentException e) {
            throw refused(id, e);
        }
    }

    private ParameterException refused(String id, IllegalArgumentException e) {
        return String.valueOf(e.getMessage()).startsWith("node id")
                ? bad((nodeId != null ? "--node-id is " : "--node-id-prefix leads to ") + id + ": " + e.getMessage())
                : OptionNames.inWordsOf(spec.commandLine(), e);
    }

    /**
     * Waits until every client is closed for good; returns false if before that nobody reads the
     * lines any more.
     */
    private static boolean awaitEnd(CountDownLatch open, LineWriter out) throws InterruptedException {
        while (!open.await(100, TimeUnit.MILLISECONDS)) {
            if (out.hasEnded()) {
                return false;
            }
        }
        return true;
    }

    private static int stop(List<HeartbeatClient> clients, LineWriter out) throws Exception {
        boolean inTime = goodbye(clients);
        return out.close(GOODBYE) == 0 && inTime ? 0 : 1;
    }

    /** Unregisters all; returns false if that took too long. */
    private static boolean goodbye(List<HeartbeatClient> clients) throws InterruptedException, ExecutionException {
        CompletableFuture<?>[] goodbyes;
        synchronized (clients) {
            goodbyes = clients.stream().map(HeartbeatClient::closeAsync).toArray(CompletableFuture[]::new);
        }
        try {
            CompletableFuture.allOf(goodbyes).get(GOODBYE.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }
}
