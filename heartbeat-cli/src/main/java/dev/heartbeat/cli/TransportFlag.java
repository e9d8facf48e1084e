package dev.heartbeat.cli;

import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import dev.heartbeat.spi.TransportProvider;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The transport of a command, by its name. */
final class TransportFlag {
    @Option(
            names = "--transport",
            paramLabel = "NAME",
            description =
                    "Transport: netty, netty-epoll, netty-nio, netty-io_uring or nio (default: the best available one).")
    private @Nullable String name;

    /** The transport that was named; null for the best. */
    @Nullable
    String name() {
        return name;
    }

    /**
     * Starts the transport that was named, or the best.
     *
     * @throws IllegalArgumentException if there is none of that name
     * @throws IllegalStateException if this machine cannot run it
     */
    Transport start(TransportOptions options) {
        TransportProvider provider =
                name == null ? TransportProvider.best().orElseThrow() : TransportProvider.named(name);
        return provider.create(options);
    }
}
