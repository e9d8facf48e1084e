package dev.heartbeat.cli;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.ServerOptions;
import dev.heartbeat.option.Option;
import dev.heartbeat.spi.TransportOptions;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;

/** The options of the library's server and its transport, as options of a command. */
final class ServerFlags {
    /** Transport options that a server does not use. */
    static final Set<String> OF_CLIENTS = Set.of("connectTimeout", "lookupThreads", "waitingLookups");

    /** As in the library's defaults, so that a shorter timeout alone makes sense. */
    private static final int BEATS_PER_TIMEOUT = 3;

    private static final Duration MIN_TIMEOUT = Duration.ofMillis(30);
    private static final Duration MAX_TIMEOUT = Duration.ofDays(3);

    private final OptionFlags<ServerOptions> server = new OptionFlags<>(
            ServerOptions.descriptions(),
            Set.of(),
            Map.of(
                    "heartbeatInterval",
                    "a third of --timeout",
                    "drainDelay",
                    "5 s with --admin or --probes, 0 s without"));

    private final OptionFlags<TransportOptions> transport =
            new OptionFlags<>(TransportOptions.descriptions(), OF_CLIENTS);

    @Mixin
    private TransportFlag named;

    /** The names of the options that a running server takes anew, without dashes before them. */
    static Stream<String> changeable() {
        return ServerOptions.descriptions().stream()
                .filter(Option::isChangeable)
                .map(option -> OptionNames.of(option.name()).substring("--".length()));
    }

    void addTo(CommandSpec command) {
        server.addTo(command);
        transport.addTo(command);
    }

    String host() {
        return server.value("host", String.class);
    }

    int port() {
        return server.value("port", Integer.class);
    }

    boolean reusesPort() {
        return transport.value("reusePort", Boolean.class);
    }

    HeartbeatServer.Builder builder() {
        return builder(Duration.ZERO);
    }

    /**
     * A builder with every option that was given.
     *
     * @param drainDelay where it was not given
     */
    HeartbeatServer.Builder builder(Duration drainDelay) {
        HeartbeatServer.Builder builder = HeartbeatServer.builder();
        Duration timeout = server.given("heartbeatTimeout", Duration.class);
        if (timeout != null && server.given("heartbeatInterval", Duration.class) == null) {
            builder.heartbeatInterval(fitting(timeout));
        }
        builder.drainDelay(drainDelay);
        builder.overloadByHeap(true); // The server has the process to itself.
        server.giveTo(builder);
        builder.transportOptions(transport::giveTo);
        if (named.name() != null) {
            builder.transport(named.name());
        }
        return builder;
    }

    /** The options of a server with all that was given, which are judged. */
    ServerOptions options(Duration drainDelay) {
        return builder(drainDelay).build().options();
    }

    /** Every option of a server as it is in force, by the name of its flag. */
    Map<String, String> texts(ServerOptions options) {
        TransportOptions.Builder own = TransportOptions.builder();
        transport.giveTo(own);
        Map<String, String> texts = server.texts(options);
        texts.putAll(transport.texts(own.build()));
        return texts;
    }

    private static Duration fitting(Duration timeout) {
        if (timeout.compareTo(MIN_TIMEOUT) < 0 || timeout.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException("heartbeatTimeout is " + DurationConverter.format(timeout)
                    + ", allowed without --interval is " + DurationConverter.format(MIN_TIMEOUT) + " to "
                    + DurationConverter.format(MAX_TIMEOUT));
        }
        return timeout.dividedBy(BEATS_PER_TIMEOUT);
    }
}
