package dev.heartbeat.tls;

import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import dev.heartbeat.spi.TransportProvider;

/**
 * A transport all of whose connections speak TLS, named {@code tls}: the bus's tests on real sockets
 * run on it as on any other. Nobody gets it who does not name it.
 */
public final class TlsTransportProvider implements TransportProvider {
    @Override
    public String name() {
        return "tls";
    }

    @Override
    public int priority() {
        return Integer.MIN_VALUE;
    }

    @Override
    public boolean isAvailable() {
        return true;
    }

    @Override
    public Transport create(TransportOptions options) {
        return Layers.over(Below.first().start(options), 2);
    }
}
