package dev.heartbeat.netty;

import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import dev.heartbeat.spi.TransportProvider;

/** Lets the bus find {@link NettyTransport}. */
public final class NettyNioTransportProvider implements TransportProvider {

    static final String NAME = "netty-nio";

    /** For {@link java.util.ServiceLoader}. */
    public NettyNioTransportProvider() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int priority() {
        return -10;
    }

    @Override
    public boolean isAvailable() {
        return true;
    }

    @Override
    public Transport create(TransportOptions options) {
        return NettyTransport.startNio(options);
    }
}
