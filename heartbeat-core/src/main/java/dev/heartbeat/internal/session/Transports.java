package dev.heartbeat.internal.session;

import dev.heartbeat.FailureCode;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.internal.log.LogEvent;
import dev.heartbeat.internal.queue.SerialExecutor;
import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import dev.heartbeat.spi.TransportProvider;
import java.io.UncheckedIOException;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds the best transport that is there, and knows where one must not wait for it. */
public final class Transports {
    private static final LogEvent CHOSEN =
            LogEvent.info(Transports.class, "heartbeat.transport.chosen", "transport {transport}; found: {found}");

    private Transports() {}

    /**
     * Refuses a call that waits where it would wait for itself: on an event loop, or in a callback.
     */
    public static void requireMayWait(String call, Transport transport) {
        boolean onLoop = transport.eventLoops().stream().anyMatch(EventLoop::inEventLoop);
        if (onLoop || SerialExecutor.isInCall()) {
            throw new IllegalStateException(call
                    + "() waits, and must not be called on an event loop or in a callback; use " + call + "Async()");
        }
    }

    /** Starts one for a server or client of its own. */
    private static Transport start(@Nullable TransportProvider chosen, TransportOptions options) {
        TransportProvider provider = chosenOrBest(chosen);
        CHOSEN.log(provider.name(), found());
        try {
            return provider.create(options);
        } catch (IllegalStateException | UncheckedIOException | LinkageError e) {
            throw new HeartbeatException(
                    FailureCode.CANNOT_START,
                    "cannot start the transport " + provider.name() + ": " + e.getMessage(),
                    e);
        }
    }

    /**
     * Makes the user of a transport: of the one that is given, or of one of its own. That is closed
     * again where the user cannot be made, whatever the reason.
     *
     * @param user gets the transport, and whether it owns that
     */
    public static <T> T use(
            @Nullable Transport given,
            @Nullable TransportProvider chosen,
            TransportOptions options,
            BiFunction<Transport, Boolean, T> user) {
        if (given != null) {
            return user.apply(given, false);
        }
        Transport own = start(chosen, options);
        try {
            return user.apply(own, true);
        } catch (Throwable failure) {
            own.close();
            throw failure;
        }
    }

    private static String found() {
        return TransportProvider.present().stream()
                .map(provider -> provider.name()
                        + TransportProvider.objectionOf(provider)
                                .map(why -> " (unavailable: " + why + ")")
                                .orElse(""))
                .sorted()
                .collect(Collectors.joining(", "));
    }

    private static TransportProvider chosenOrBest(@Nullable TransportProvider chosen) {
        return chosen != null
                ? chosen
                : TransportProvider.best()
                        .orElseThrow(() -> new HeartbeatException(
                                FailureCode.CANNOT_START,
                                "no transport found: put heartbeat-nio on the class path or module path, or"
                                        + " give one to the builder"));
    }
}
