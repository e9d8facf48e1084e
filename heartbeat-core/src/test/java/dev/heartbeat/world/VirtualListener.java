package dev.heartbeat.world;

import dev.heartbeat.spi.Acceptor;
import dev.heartbeat.spi.Listener;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;

/** A port of a host. */
record VirtualListener(VirtualTransport host, InetSocketAddress localAddress, Acceptor acceptor) implements Listener {
    @Override
    public CompletableFuture<Void> close() {
        host.world().listeners().remove(localAddress.getPort(), this);
        return CompletableFuture.completedFuture(null);
    }
}
