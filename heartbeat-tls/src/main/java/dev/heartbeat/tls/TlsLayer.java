package dev.heartbeat.tls;

import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.ConnectionLayer;
import dev.heartbeat.spi.Connector;
import dev.heartbeat.tls.spi.TlsEngines;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What all connections of one side share: engines, bounds, threads and counts. Any thread. */
final class TlsLayer implements ConnectionLayer {
    private static final long IDLE_THREAD_SECONDS = 10;
    private static final int PORTS = 1 << 16;
    private static final AtomicInteger THREADS = new AtomicInteger();

    private final Shared shared;
    private final @Nullable Server server;

    private TlsLayer(Shared shared, @Nullable Server server) {
        this.shared = shared;
        this.server = server;
    }

    /** The layer of a server. */
    static TlsLayer ofServer(TlsEngines engines, TlsOptions options) {
        return new TlsLayer(new Shared(engines, options, null), null);
    }

    /** The server that a client connects to. */
    private record Server(String host, int port) {}

    /** Made once for a server, or for all connections of clients. */
    static final class Shared {
        private final TlsEngines engines;
        private final @Nullable ReloadedKeys ofClients;
        private final HeldBudget heldBudget;
        private final HandshakePlaces places;
        private final Executor executor;
        private final TlsLoops loops;
        private final ThreadLocal<byte[]> scratch = ThreadLocal.withInitial(() -> new byte[0]);
        private final LongAdder completed = new LongAdder();
        private final LongAdder failed = new LongAdder();
        private final LongAdder notTls = new LongAdder();
        private final LongAdder broken = new LongAdder();

        /**
         * All of it.
         *
         * @param ofClients the keys of a client, if it has some
         */
        Shared(TlsEngines engines, TlsOptions options, @Nullable ReloadedKeys ofClients) {
            this.engines = engines;
            this.ofClients = ofClients;
            loops = new TlsLoops(engines.prefersDirectMemory());
            heldBudget = new HeldBudget(options.heldBytes());
            places = new HandshakePlaces(options.maxHandshakes());
            executor = options.handshakeThreads() == 0 ? Runnable::run : threads(options.handshakeThreads());
        }

        private static Executor threads(int count) {
            ThreadPoolExecutor threads = new ThreadPoolExecutor(
                    count, count, IDLE_THREAD_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                        Thread thread = new Thread(task, "heartbeat-tls-" + THREADS.incrementAndGet());
                        thread.setDaemon(true);
                        return thread;
                    });
            threads.allowCoreThreadTimeOut(true);
            return threads;
        }

        TlsEngines engines() {
            return engines;
        }

        /**
         * Engines resume sessions by host and port, and a session keeps the certificate of its first
         * handshake. A client with a new certificate gets a port that no session has.
         */
        SSLEngine newClient(Server server) throws SSLException {
            int generation = ofClients == null ? 0 : ofClients.generation();
            return engines.newClient(server.host, server.port + generation * PORTS);
        }

        /** The layer of connections to a server. */
        TlsLayer to(String host, int port) {
            return new TlsLayer(this, new Server(host, port));
        }

        TlsStats stats() {
            return new TlsStats(
                    completed.sum(),
                    failed.sum(),
                    notTls.sum(),
                    broken.sum(),
                    places.taken(),
                    places.waiting(),
                    heldBudget.held());
        }
    }

    @Override
    public ConnectionHandler onOpen(Connection below, Connector above) {
        return TlsConnection.begin(below, this, above);
    }

    TlsStats stats() {
        return shared.stats();
    }

    boolean isClient() {
        return server != null;
    }

    SSLEngine newEngine() throws SSLException {
        return server == null ? shared.engines.newServer() : shared.newClient(server);
    }

    TlsEngines engines() {
        return shared.engines;
    }

    HeldBudget heldBudget() {
        return shared.heldBudget;
    }

    HandshakePlaces places() {
        return shared.places;
    }

    Executor executor() {
        return shared.executor;
    }

    TlsLoops loops() {
        return shared.loops;
    }

    /** Memory of the calling thread, of so many bytes or more. */
    byte[] scratch(int bytes) {
        byte[] present = shared.scratch.get();
        if (present.length < bytes) {
            present = new byte[bytes];
            shared.scratch.set(present);
        }
        return present;
    }

    /** A handshake is complete. */
    void completed() {
        shared.completed.increment();
    }

    /** A handshake has failed. */
    void failed(Throwable cause) {
        (cause instanceof NotTlsException ? shared.notTls : shared.failed).increment();
    }

    /** An open connection has ended. */
    void ended(@Nullable Throwable cause) {
        if (cause instanceof SSLException) {
            shared.broken.increment();
        }
    }
}
