package dev.heartbeat.cli;

import dev.heartbeat.ClientOptions;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;

/** The options of the library's client and its transport, as options of a command. */
final class ClientFlags {
    /** Transport options that a client does not use. */
    static final Set<String> OF_SERVERS = Set.of("backlog", "reusePort", "acceptsPerSecond");

    /** The command may have many nodes, and so a flag of its own for the id of one. */
    private static final Set<String> OF_THE_COMMAND = Set.of("nodeId");

    private final OptionFlags<ClientOptions> client = new OptionFlags<>(ClientOptions.descriptions(), OF_THE_COMMAND);

    private final OptionFlags<TransportOptions> transport =
            new OptionFlags<>(TransportOptions.descriptions(), OF_SERVERS, Map.of("eventLoops", "one per 4,000 nodes"));

    @Mixin
    private TransportFlag named;

    void addTo(CommandSpec command) {
        client.addTo(command);
        transport.addTo(command);
    }

    String host() {
        return client.value("host", String.class);
    }

    int port() {
        return client.value("port", Integer.class);
    }

    /** The port of a server that nobody named. */
    static int defaultPort() {
        return ClientOptions.builder().nodeId("node").build().port();
    }

    @SuppressWarnings("unchecked")
    Map<String, String> metadata() {
        return client.value("metadata", Map.class);
    }

    /** Starts the transport that all clients share, with every option that was given. */
    Transport startTransport(TransportOptions.Builder options) {
        transport.giveTo(options);
        return named.start(options.build());
    }

    /** Every option of a client as it is in force, by the name of its flag. */
    Map<String, String> texts(String nodeId) {
        ClientOptions.Builder options = ClientOptions.builder();
        client.giveTo(options);
        TransportOptions.Builder own = TransportOptions.builder();
        transport.giveTo(own);
        Map<String, String> texts = client.texts(options.nodeId(nodeId).build());
        texts.putAll(transport.texts(own.build()));
        texts.put("event-loops", "one per 4,000 nodes");
        return texts;
    }

    /**
     * A builder with every option that was given, for a client that finds the server at this
     * address.
     */
    HeartbeatClient.Builder builder(String server) {
        HeartbeatClient.Builder builder = HeartbeatClient.builder();
        client.giveTo(builder);
        return builder.host(server);
    }
}
