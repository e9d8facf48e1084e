package dev.heartbeat.nio;

import dev.heartbeat.sockets.SocketTransport;
import dev.heartbeat.sockets.TcpSettings;
import dev.heartbeat.spi.Acceptor;
import dev.heartbeat.spi.Connector;
import dev.heartbeat.spi.Environment;
import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.Listener;
import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * The default transport: TCP by plain {@code java.nio}, with one selector and one thread for each
 * event loop.
 *
 * <p>The threads of its loops keep the process alive until the transport is closed; those of its
 * workers do not.
 *
 * @since 0.1
 */
public final class NioTransport implements Transport {

    private final SocketTransport sockets;

    private NioTransport(List<NioEventLoop> loops, TransportOptions options) {
        sockets = new SocketTransport(NioTransportProvider.NAME, loops, options);
    }

    /**
     * Starts one with {@link TransportOptions#defaults()}.
     *
     * @return the transport
     */
    public static NioTransport start() {
        return start(TransportOptions.defaults());
    }

    /**
     * Starts one; the caller closes it.
     *
     * @return the transport
     * @throws UncheckedIOException if the system gives no selector, which takes a few file
     *     descriptors for each loop
     */
    public static NioTransport start(TransportOptions options) {
        TcpSettings tcp = new TcpSettings(Objects.requireNonNull(options, "options"));
        List<NioEventLoop> loops = new ArrayList<>();
        try {
            while (loops.size() < options.eventLoops()) {
                loops.add(NioEventLoop.start(loops.size(), options, tcp));
            }
        } catch (IOException e) {
            new NioTransport(loops, options).close();
            throw new UncheckedIOException("cannot open a selector for event loop " + loops.size(), e);
        } catch (Throwable e) { // Such as no thread.
            new NioTransport(loops, options).close();
            throw e;
        }
        return new NioTransport(loops, options);
    }

    @Override
    public String name() {
        return sockets.name();
    }

    @Override
    public Environment environment() {
        return sockets.environment();
    }

    @Override
    public List<EventLoop> eventLoops() {
        return sockets.eventLoops();
    }

    @Override
    public CompletableFuture<Listener> listen(InetSocketAddress address, Acceptor acceptor) {
        return sockets.listen(address, acceptor);
    }

    @Override
    public void connect(InetSocketAddress remote, EventLoop loop, Connector connector) {
        sockets.connect(remote, loop, connector);
    }

    @Override
    public CompletableFuture<Void> closeAsync() {
        return sockets.closeAsync();
    }

    @Override
    public void close() {
        sockets.close();
    }
}
