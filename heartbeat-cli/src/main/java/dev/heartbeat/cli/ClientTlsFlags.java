package dev.heartbeat.cli;

import dev.heartbeat.tls.ClientTls;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** TLS of clients, as the command line asks for it. */
final class ClientTlsFlags {
    @Option(names = "--tls", description = "Connect by TLS, and verify the server's certificate and its name.")
    private boolean tls;

    @Option(
            names = "--tls-ca",
            paramLabel = "FILE",
            description = "The authorities to trust, in PEM (default: the JDK's own). Implies --tls.")
    private @Nullable Path authorities;

    @Option(
            names = "--tls-server-name",
            paramLabel = "NAME",
            description = "The name to verify, in place of --host. Implies --tls.")
    private @Nullable String serverName;

    @Mixin
    private TlsKeyFlags keys;

    /** The name that the server's certificate has to be for. */
    String nameOr(String host) {
        return serverName == null ? host : serverName;
    }

    /** The layer that was asked for; null for none. */
    @Nullable
    ClientTls build(CommandLine command) {
        if (!tls && authorities == null && serverName == null && !keys.isGiven()) {
            return null;
        }
        ClientTls.Builder builder = ClientTls.builder();
        if (authorities != null) {
            builder.authorities(authorities);
        }
        if (serverName != null) {
            builder.serverName(serverName);
        }
        keys.give(command, (chain, key, password) -> {
            if (password == null) {
                builder.certificate(chain, key);
            } else {
                builder.certificate(chain, key, password);
            }
        });
        try {
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command, "TLS: " + e.getMessage(), e);
        }
    }
}
