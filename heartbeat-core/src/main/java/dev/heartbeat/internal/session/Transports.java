package dev.heartbeat.internal.session;

import dev.heartbeat.HeartbeatException;
import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import dev.heartbeat.spi.TransportProvider;
import java.util.Comparator;
import java.util.ServiceLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the best transport that is there. */
public final class Transports {
    private static final Logger LOG = LoggerFactory.getLogger(Transports.class);

    private Transports() {}

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
