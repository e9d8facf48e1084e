package dev.heartbeat.cli;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.tls.ClientCertificates;
import dev.heartbeat.tls.ServerTls;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** TLS of the server, as the command line asks for it. */
final class ServerTlsFlags {
    @Mixin
    private TlsKeyFlags keys;

    @Option(
            names = "--tls-client-ca",
            paramLabel = "FILE",
            description = "Clients must have a certificate of these authorities, in PEM.")
    private @Nullable Path clientAuthorities;

    @Option(
            names = "--tls-ticket-keys",
            paramLabel = "FILE",
            description =
                    "Keys of session tickets that servers share, of 48 random bytes each. Read again when it changes.")
    private @Nullable Path ticketKeys;

    boolean isGiven() {
        return keys.isGiven();
    }

    /** Adds it to the server, if it was asked for. */
    void addTo(HeartbeatServer.Builder server, CommandLine command) {
        if (!keys.isGiven()) {
            if (clientAuthorities != null) {
                throw new ParameterException(command, "--tls-client-ca needs --tls-cert and --tls-key");
            }
            if (ticketKeys != null) {
                throw new ParameterException(command, "--tls-ticket-keys needs --tls-cert and --tls-key");
            }
            return;
        }
        ServerTls.Builder tls = ServerTls.builder();
        keys.give(command, (chain, key, password) -> {
            if (password == null) {
                tls.certificate(chain, key);
            } else {
                tls.certificate(chain, key, password);
            }
        });
        if (clientAuthorities != null) {
            tls.clientAuthorities(clientAuthorities, ClientCertificates.REQUIRED);
        }
        if (ticketKeys != null) {
            tls.ticketKeys(ticketKeys);
        }
        try {
            server.layer(tls.build());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command, "TLS: " + e.getMessage(), e);
        }
    }
}
