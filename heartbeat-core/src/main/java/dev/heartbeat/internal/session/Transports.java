package dev.heartbeat.internal.session;

import dev.heartbeat.HeartbeatException;
import dev.heartbeat.internal.queue.Lane;
import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import dev.heartbeat.spi.TransportProvider;
import java.util.Comparator;
import java.util.ServiceLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the best transport that is there, and knows where one must not wait for it. */
public final class Transports {
    private static final Logger LOG = LoggerFactory.getLogger(Transports.class);

    private Transports() {}

    /** Refuses a call that waits where it would wait for itself: on an event loop, or in a callback. */
    public static void requireMayWait(String call, Transport transport) {
        boolean onLoop = transport.eventLoops().stream().anyMatch(EventLoop::inEventLoop);
        if (onLoop || Lane.isInCall()) {
            throw new IllegalStateException(call
                    + "() waits, and must not be called on an event loop or in a callback; use " + call + "Async()");
        }
    }

    /** Starts the available transport of the highest priority. */
    public static Transport startBest(TransportOptions options) {
        TransportProvider best = ServiceLoader.load(TransportProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(TransportProvider::isAvailable)
                .max(Comparator.comparingInt(TransportProvider::priority))
                .orElseThrow(
                        () -> new HeartbeatException(
                                "no transport found: put heartbeat-nio on the class path or module path, or give one to the builder"));
        LOG.debug("transport {} with {} event loops", best.name(), options.eventLoops());
        return best.create(options);
    }
}
