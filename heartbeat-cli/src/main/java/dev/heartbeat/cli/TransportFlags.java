package dev.heartbeat.cli;

import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import dev.heartbeat.spi.TransportProvider;
import java.time.Duration;
import java.util.Objects;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a server's transport and a client's can be told alike, as options of a command. What is not given is left to the library's defaults. */
final class TransportFlags {
    @Option(
            names = "--transport",
            paramLabel = "NAME",
            description =
                    "What carries the connections: netty, netty-epoll, netty-nio, netty-io_uring, nio (default: the best of them here).")
    private @Nullable String name;

    @Option(names = "--event-loops", paramLabel = "N", description = "Threads that carry the connections.")
    private @Nullable Integer eventLoops;

    @Option(names = "--worker-threads", paramLabel = "N", description = "Threads at most that tell what happened.")
    private @Nullable Integer workerThreads;

    @Option(
            names = "--send-buffer-bytes",
            paramLabel = "N",
            description = "SO_SNDBUF of each connection (default: 64 KiB).")
    private @Nullable Integer sendBufferBytes;

    @Option(
            names = "--receive-buffer-bytes",
            paramLabel = "N",
            description = "SO_RCVBUF of each connection; 0 leaves it to the system (default: 0).")
    private @Nullable Integer receiveBufferBytes;

    @Option(
            names = "--high-water-bytes",
            paramLabel = "N",
            description = "A connection takes no more while so many bytes wait for its socket (default: 64 KiB) ...")
    private @Nullable Integer highWaterBytes;

    @Option(
            names = "--low-water-bytes",
            paramLabel = "N",
            description = "... until no more than these are left (default: 32 KiB, or the other if that is less).")
    private @Nullable Integer lowWaterBytes;

    @Option(
            names = "--user-timeout",
            paramLabel = "TIME",
            description =
                    "TCP_USER_TIMEOUT: how long bytes may stay unacknowledged; 0s leaves it to the system (default: 0s).")
    private @Nullable Duration userTimeout;

    @Option(
            names = "--unsent-low-water-bytes",
            paramLabel = "N",
            description =
                    "TCP_NOTSENT_LOWAT: how many unsent bytes the kernel may hold and still take more; 0 leaves it to the system (default: 0).")
    private @Nullable Integer unsentLowWaterBytes;

    /** The transport that was named; null for the best. */
    @Nullable
    String name() {
        return name;
    }

    /** These options, changed where a flag was given. */
    TransportOptions applyTo(TransportOptions options) {
        TransportOptions changed = options;
        changed = with(changed, eventLoops, TransportOptions::withEventLoops);
        changed = with(changed, workerThreads, TransportOptions::withWorkerThreads);
        changed = with(changed, sendBufferBytes, TransportOptions::withSendBufferBytes);
        changed = with(changed, receiveBufferBytes, TransportOptions::withReceiveBufferBytes);
        if (highWaterBytes != null || lowWaterBytes != null) {
            int high = Objects.requireNonNullElse(highWaterBytes, changed.highWaterBytes());
            int low = lowWaterBytes != null ? lowWaterBytes : Math.min(high, changed.lowWaterBytes());
            changed = changed.withWaterMarks(high, low);
        }
        changed = with(changed, userTimeout, TransportOptions::withUserTimeout);
        return with(changed, unsentLowWaterBytes, TransportOptions::withUnsentLowWaterBytes);
    }

    /** The options with this value, or as they are where none was given. */
    static <T> TransportOptions with(
            TransportOptions options, @Nullable T value, BiFunction<TransportOptions, T, TransportOptions> setter) {
        return value == null ? options : setter.apply(options, value);
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
