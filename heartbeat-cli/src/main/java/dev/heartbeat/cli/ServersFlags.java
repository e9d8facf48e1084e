package dev.heartbeat.cli;

import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.ServerAddress;
import dev.heartbeat.ServerOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Several servers, instead of the one of host and port. */
final class ServersFlags {
    @Option(
            names = "--servers",
            paramLabel = "HOST:PORT",
            split = ",",
            description = "Servers, of which each client has a connection to one; instead of --host and --port.")
    private @Nullable List<String> servers;

    @Option(
            names = "--server-order",
            paramLabel = "ORDER",
            defaultValue = "ORDERED",
            description = "Order in which servers are tried: ORDERED, that of the list, or SHUFFLED, a random one per"
                    + " client (default: $" + "{DEFAULT-VALUE}).")
    private ServerOrder order;

    boolean areGiven() {
        return servers != null;
    }

    void addTo(HeartbeatClient.Builder builder, CommandLine command) {
        if (servers == null) {
            return;
        }
        List<ServerAddress> addresses = servers.stream()
                .map(text -> HostAndPort.parse(command, "--servers", text))
                .map(server -> new ServerAddress(server.host(), server.port()))
                .toList();
        try {
            builder.servers(addresses, order);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command, "--" + e.getMessage());
        }
    }
}
