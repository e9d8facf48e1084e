package dev.heartbeat.nio;

import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import dev.heartbeat.spi.TransportProvider;

/**
 * Lets the bus find {@link NioTransport}, which every machine can run.
 *
 * @since 0.1
 */
public final class NioTransportProvider implements TransportProvider {

    static final String NAME = "nio";

    /** For {@link java.util.ServiceLoader}. */
    public NioTransportProvider() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int priority() {
        return 0;
    }

    @Override
    public boolean isAvailable() {
        return true;
    }

    @Override
    public Transport create(TransportOptions options) {
        return NioTransport.start(options);
    }
}
