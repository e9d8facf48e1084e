package dev.heartbeat.spi;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Carries bytes: listens, connects, and runs the event loops that connections live on. Many servers
 * and clients may share one transport and its loops.
 *
 * <p>All methods may be called from any thread, and none of them blocks, {@link #close()} apart.
 *
 * @since 0.1
 */
public interface Transport extends AutoCloseable {

    /** {@return the name of its provider, for logs} */
    String name();

    /** {@return threads, randomness and the wall clock, as this transport supplies them} */
    Environment environment();

    /**
     * {@return the loops, in the order of their {@link EventLoop#index()}; the list never changes}
     */
    List<EventLoop> eventLoops();

    /**
     * Begins to accept connections, and spreads them over the event loops.
     *
     * <p>Running out of file descriptors while accepting ends neither the listener nor any
     * connection: it is logged once, and accepting is tried again after a delay.
     *
     * @return completes with the listener, or exceptionally with the {@link java.io.IOException} of
     *     the bind, whose message names the address
     */
    CompletableFuture<Listener> listen(InetSocketAddress address, Acceptor acceptor);

    /**
     * Opens a connection whose events run on {@code loop}, which is one of {@link #eventLoops()}.
     * The address is resolved, since asking for a name blocks: one that is not cannot be connected
     * to. Exactly one of the connector's methods is called, on that loop, and never from within
     * this call; if the transport is closed before, it is {@link Connector#onConnectFailed}, on any
     * thread.
     */
    void connect(InetSocketAddress remote, EventLoop loop, Connector connector);

    /**
     * Closes listeners and connections ({@link ConnectionHandler#onClosed} reports each), then ends
     * the loops and the worker threads. Tasks given to the workers before are still run. Calling it
     * again returns the same future.
     *
     * @return a future that completes when everything has ended
     */
    CompletableFuture<Void> closeAsync();

    /**
     * {@link #closeAsync()}, and waits for it. On a thread of one of its loops or workers it does
     * not wait.
     */
    @Override
    void close();
}
