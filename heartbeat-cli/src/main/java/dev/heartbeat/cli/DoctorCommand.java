package dev.heartbeat.cli;

import dev.heartbeat.ClientOptions;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.cli.doctor.Finding;
import dev.heartbeat.cli.doctor.JavaChecks;
import dev.heartbeat.cli.doctor.JavaFacts;
import dev.heartbeat.cli.doctor.MachineChecks;
import dev.heartbeat.cli.doctor.MachineFiles;
import dev.heartbeat.cli.doctor.Pauses;
import dev.heartbeat.cli.doctor.ServerChecks;
import dev.heartbeat.tls.ClientTls;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Looks for what will go wrong on this machine, with this Java, and with a server. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        modelTransformer = DoctorCommand.Flags.class,
        description = {
            "Checks this machine and its Java for a number of nodes, and a server as a client sees it.",
            "Each check is OK, WARN or FAIL, or SKIP where this system has no such thing: what was seen, what it means,"
                    + " and what to change. The exit status is 0 if all is well, 1 after a FAIL, 3 after a WARN alone."
        })
final class DoctorCommand implements Callable<Integer> {
    private static final Duration MEASURED = Duration.ofMillis(500);

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--nodes",
            paramLabel = "N",
            defaultValue = "10000",
            description =
                    "Nodes that this machine is to serve, each with its own connection (default: ${DEFAULT-VALUE}).")
    private int nodes;

    @Option(
            names = "--server",
            paramLabel = "HOST:PORT",
            description =
                    "Connects and registers at this server too, as a node that leaves again; its application hears of it.")
    private @Nullable String server;

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            defaultValue = "5s",
            description = "Longest time for each step with the server (default: ${DEFAULT-VALUE}).")
    private Duration wait;

    @Option(
            names = "--node-id",
            paramLabel = "ID",
            description = "Id to register, which no other node has (default: doctor- and a random number).")
    private @Nullable String nodeId;

    @Mixin
    private ClientTlsFlags tlsFlags;

    @Mixin
    private ClientTokenFlags token;

    private final OptionFlags<ClientOptions> client = new OptionFlags<>(
            ClientOptions.descriptions().stream()
                    .filter(option -> option.name().equals("plaintextCredentials"))
                    .toList(),
            Set.of());

    @Option(names = "--json", description = "Prints each check as a line with a JSON object.")
    private boolean json;

    @Option(names = "--root", paramLabel = "FOLDER", hidden = true, defaultValue = "/")
    private Path root;

    /** Adds the library's option to the command. */
    static final class Flags implements IModelTransformer {
        @Override
        public CommandSpec transform(CommandSpec command) {
            ((DoctorCommand) command.userObject()).client.addTo(command);
            return command;
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        Allowed.range(spec.commandLine(), "--nodes", nodes, 1, 100_000_000);
        Allowed.range(spec.commandLine(), "--wait", wait, Duration.ofMillis(10), Duration.ofMinutes(10));
        HostAndPort to = server == null ? null : HostAndPort.parse(spec.commandLine(), "--server", server);
        ClientTls tls = tlsFlags.build(spec.commandLine());
        token.check(spec.commandLine());
        // A client's own log would say the same between the lines.
        System.setProperty("org.slf4j.simpleLogger.log.dev.heartbeat", "off");
        DoctorReport report = new DoctorReport(spec.commandLine().getOut(), json);
        MachineFiles files = new MachineFiles(root);
        JavaChecks java = new JavaChecks(files, JavaFacts.current(), nodes, () -> Pauses.measure(MEASURED));
        List<Supplier<Finding>> checks = new ArrayList<>(
                new MachineChecks(files, nodes, to == null ? ClientFlags.defaultPort() : to.port()).all());
        checks.addAll(java.all());
        checks.forEach(check -> report.add(check.get()));
        java.measured().forEach(report::add);
        if (to != null) {
            String name = tls == null ? null : tlsFlags.nameOr(to.host());
            new ServerChecks(to.host(), to.port(), name, wait, () -> node(to, tls)).run(report::add);
        }
        return report.end();
    }

    private HeartbeatClient.Builder node(HostAndPort to, @Nullable ClientTls tls) {
        HeartbeatClient.Builder builder = HeartbeatClient.builder();
        client.giveTo(builder);
        token.addTo(builder);
        if (tls != null) {
            builder.layer(tls);
        }
        String id = nodeId == null ? "doctor-" + Long.toHexString(new SecureRandom().nextLong()) : nodeId;
        return builder.host(to.host()).port(to.port()).nodeId(id);
    }
}
