package dev.heartbeat.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.admin.HeartbeatAdmin;
import dev.heartbeat.admin.RecentEvents;
import dev.heartbeat.credentials.TokenFile;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The page, the API and the probes of the server, as the command line asks for them. */
final class AdminFlags {
    @Option(
            names = "--admin",
            paramLabel = "PORT",
            description = "Shows a live page and an API over HTTP on this port; 0 takes a free one.")
    private @Nullable Integer admin;

    @Option(
            names = "--admin-host",
            paramLabel = "HOST",
            defaultValue = "127.0.0.1",
            description =
                    "Address of --admin (default: ${DEFAULT-VALUE}). Beyond the loopback it needs a token and TLS.")
    private String adminHost;

    @Option(
            names = "--admin-token-file",
            paramLabel = "FILE",
            description = "Answers requests of --admin only with the token of this file. Read anew for each request.")
    private @Nullable Path tokenFile;

    @Option(
            names = "--admin-tls-cert",
            paramLabel = "FILE",
            description = "Certificate chain of --admin, in PEM. Read again when it changes.")
    private @Nullable Path certificate;

    @Option(names = "--admin-tls-key", paramLabel = "FILE", description = "Private key of --admin, in PEM.")
    private @Nullable Path key;

    @Option(
            names = "--probes",
            paramLabel = "PORT",
            description =
                    "Answers /health/live, /health/ready and /metrics over HTTP on this port; 0 takes a free one.")
    private @Nullable Integer probes;

    @Option(
            names = "--probes-host",
            paramLabel = "HOST",
            defaultValue = "127.0.0.1",
            description = "Address of --probes (default: ${DEFAULT-VALUE}).")
    private String probesHost;

    private final RecentEvents events = new RecentEvents();
    private @Nullable HeartbeatAdmin open;

    /** Refuses what does not go together. */
    void check(CommandLine command, boolean areSeveralProcesses) {
        if (admin == null && (tokenFile != null || certificate != null || key != null)) {
            throw new ParameterException(
                    command, "--admin-token-file, --admin-tls-cert and --admin-tls-key need --admin");
        }
        if ((certificate == null) != (key == null)) {
            throw new ParameterException(command, "--admin-tls-cert and --admin-tls-key need each other");
        }
        if (areSeveralProcesses && (admin != null || probes != null)) {
            throw new ParameterException(
                    command, "--admin and --probes show one process, and --processes starts several");
        }
    }

    /** Whether somebody may ask if the server is ready. */
    boolean isGiven() {
        return admin != null || probes != null;
    }

    /** Has the server report its events, if somebody shows them. */
    void addTo(HeartbeatServer.Builder server) {
        if (admin != null) {
            server.listener(events);
        }
    }

    /** Opens the ports that were asked for. The server need not have started. */
    void open(HeartbeatServer server, CommandLine command) {
        if (admin == null && probes == null) {
            return;
        }
        try {
            HeartbeatAdmin.Builder builder = HeartbeatAdmin.builder(server);
            if (probes != null) {
                builder.probes(probesHost, probes);
            }
            if (admin != null) {
                builder.admin(adminHost, admin).events(events);
            }
            if (certificate != null && key != null) {
                builder.tls(certificate, key);
            }
            if (tokenFile != null) {
                TokenFile token = TokenFile.of(tokenFile);
                builder.token(() ->
                        new String(token.credential().toCompletableFuture().join(), ISO_8859_1));
            }
            open = builder.start();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command, "--admin or --probes: " + e.getMessage(), e);
        }
    }

    /** Adds the ports to the line that names the server's own. */
    EventLine addTo(EventLine line) {
        EventLine more = line;
        if (open != null && admin != null) {
            more = more.with("adminPort", open.adminAddress().getPort());
        }
        if (open != null && probes != null) {
            more = more.with("probesPort", open.probesAddress().getPort());
        }
        return more;
    }

    void close() {
        if (open != null) {
            open.close();
        }
    }
}
