package dev.heartbeat.testkit.contract;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.spi.Acceptor;
import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.Connector;
import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.Listener;
import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * The common part of the contract's topics: each test has a transport of its own, which it closes
 * in the end, and ends of connections that keep what they hear.
 */
abstract class TransportContract implements TransportUnderTest {

    static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final Queue<End> ends = new ConcurrentLinkedQueue<>();
    private @Nullable Transport transport;

    @BeforeEach
    void startTransport() throws Exception {
        transport = start(options());
    }

    /**
     * All connections must have ended, and notified their ends of it in order, whatever a test was
     * about.
     */
    @AfterEach
    void closeTransport() throws Exception {
        await(transport().closeAsync());
        assertThat(ends).allSatisfy(end -> {
            assertThat(end.breaches()).isEmpty();
            assertThat(end.closed()).as("onClosed called").isDone();
        });
    }

    /** The options that the transport is started with; a topic may ask for others. */
    TransportOptions options() {
        return TransportOptions.builder().eventLoops(2).build();
    }

    final Transport transport() {
        return requireNonNull(transport);
    }

    final EventLoop loop(int index) {
        return transport().eventLoops().get(index);
    }

    final Listener listen(Acceptor acceptor) throws Exception {
        return await(transport().listen(ANY_PORT, acceptor));
    }

    /** A listener that keeps every connection and gives each an end of its own. */
    final Service serve(Supplier<? extends End> made) throws Exception {
        Service service = new Service(() -> remember(made.get()));
        service.listener = listen(service);
        return service;
    }

    /** Connects from the first loop; the connection is open on this side when it returns. */
    final <E extends End> E connect(InetSocketAddress address, E end) throws Exception {
        transport().connect(address, loop(0), end);
        await(end.opened());
        return remember(end);
    }

    private <E extends End> E remember(E end) {
        ends.add(end);
        return end;
    }

    /**
     * Connects to one that will not have it; completes with the reset, which may come before it is
     * connected.
     */
    final CompletableFuture<IOException> refusal(Listener listener) {
        CompletableFuture<IOException> reset = new CompletableFuture<>();
        transport().connect(listener.localAddress(), loop(0), new End() {
            @Override
            public void onConnectFailed(IOException cause) {
                reset.complete(cause);
            }

            @Override
            public void onClosed(@Nullable Throwable cause) {
                reset.complete(cause instanceof IOException error ? error : new IOException("not a reset", cause));
            }
        });
        return reset;
    }

    /** Both ends of a new connection. */
    final <C extends End, S extends End> Pair<C, S> pair(C client, S server) throws Exception {
        Service service = serve(() -> server);
        connect(service.address(), client);
        await(server.opened());
        return new Pair<>(client, server);
    }

    /** Runs it on the loop and waits until it has run; what it throws fails the test. */
    final void on(EventLoop loop, Action action) throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                action.run();
                done.complete(null);
            } catch (Throwable e) {
                done.completeExceptionally(e);
            }
        });
        await(done);
    }

    /** Acts on the end's connection, on its loop. */
    final void on(End end, ConnectionAction action) throws Exception {
        Connection connection = end.connection();
        on(connection.eventLoop(), () -> action.run(connection));
    }

    /** Lets so many turns of the loop go by: whatever was under way on it has happened then. */
    final void turns(EventLoop loop, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            on(loop, () -> {});
        }
    }

    /** Whether the connection still carries bytes both ways. */
    final void exchange(Pair<?, ?> pair) throws Exception {
        send(pair.client(), pair.server());
        send(pair.server(), pair.client());
    }

    private void send(End from, End to) throws Exception {
        int before = to.received().length;
        on(from, connection -> {
            connection.reserve(Long.BYTES).putLong(before);
            connection.flush();
        });
        await(to.received(before + Long.BYTES));
    }

    record Pair<C extends End, S extends End>(C client, S server) {}

    interface Action {
        void run() throws Exception;
    }

    interface ConnectionAction {
        void run(Connection connection) throws Exception;
    }

    /** Accepts everything, and keeps what it made of it. */
    static final class Service implements Acceptor {

        private final Supplier<? extends End> ends;
        private final List<CompletableFuture<End>> opened = new ArrayList<>();
        private int opens;
        private int asked;
        private @Nullable Listener listener;

        private Service(Supplier<? extends End> ends) {
            this.ends = ends;
        }

        @Override
        public boolean onAccept(InetSocketAddress remote) {
            return true;
        }

        @Override
        public ConnectionHandler onOpen(Connection connection) {
            End end = ends.get();
            ConnectionHandler handler = end.onOpen(connection);
            nextOpened().complete(end);
            return handler;
        }

        /**
         * The end of the next connection in the order they opened, however early or late this is
         * asked.
         */
        synchronized CompletableFuture<End> next() {
            return opened(asked++);
        }

        private synchronized CompletableFuture<End> nextOpened() {
            return opened(opens++);
        }

        private CompletableFuture<End> opened(int index) {
            while (opened.size() <= index) {
                opened.add(new CompletableFuture<>());
            }
            return opened.get(index);
        }

        Listener listener() {
            return requireNonNull(listener);
        }

        InetSocketAddress address() {
            return listener().localAddress();
        }
    }

    /** A connector that must fail, and with what it did. */
    static final class Refused implements Connector {

        private final EventLoop loop;
        private volatile boolean heardOnLoop;
        private final CompletableFuture<IOException> failure = new CompletableFuture<>();

        Refused(EventLoop loop) {
            this.loop = loop;
        }

        @Override
        public ConnectionHandler onOpen(Connection connection) {
            failure.completeExceptionally(new AssertionError("connected to " + connection.remoteAddress()));
            return new End();
        }

        @Override
        public void onConnectFailed(IOException cause) {
            heardOnLoop = loop.inEventLoop();
            failure.complete(cause);
        }

        boolean heardOnLoop() {
            return heardOnLoop;
        }

        CompletableFuture<IOException> failure() {
            return failure;
        }
    }
}
