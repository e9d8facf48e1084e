package dev.heartbeat.sockets;

import dev.heartbeat.spi.Acceptor;
import dev.heartbeat.spi.Connector;
import dev.heartbeat.spi.Environment;
import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.Listener;
import dev.heartbeat.spi.Resolver;
import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A transport on the loops it is given: what those of this module and of others have in common. */
public final class SocketTransport implements Transport {

    private final String name;
    private final List<SocketLoop> loops;
    private final Workers workers;
    private final Workers completions;
    private final JvmResolver lookups;
    private final Environment environment;
    private final AtomicInteger turns = new AtomicInteger();
    private @Nullable CompletableFuture<Void> closed;

    /** On loops that run. */
    public SocketTransport(String name, List<? extends SocketLoop> loops, TransportOptions options) {
        this.name = name;
        this.loops = List.copyOf(loops);
        this.workers = new Workers("worker", options.workerThreads());
        this.completions = new Workers("completion", options.workerThreads());
        this.lookups = new JvmResolver(options.lookupThreads(), options.waitingLookups());
        Resolver given = options.resolver();
        this.environment = new SystemEnvironment(workers, completions, given == null ? lookups : given);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Environment environment() {
        return environment;
    }

    @Override
    public List<EventLoop> eventLoops() {
        return List.copyOf(loops);
    }

    @Override
    public CompletableFuture<Listener> listen(InetSocketAddress address, Acceptor acceptor) {
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(acceptor, "acceptor");
        CompletableFuture<Listener> listening = new CompletableFuture<>();
        SocketLoop loop = nextLoop();
        try {
            loop.execute(() -> {
                try {
                    listening.complete(SocketListener.open(loop, address, acceptor, this::nextLoop));
                } catch (Throwable e) { // Whoever waits for it would wait for ever.
                    listening.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            listening.completeExceptionally(
                    new IOException("cannot listen on " + address + ": the transport is closed", e));
        }
        return listening;
    }

    @Override
    public void connect(InetSocketAddress remote, EventLoop loop, Connector connector) {
        Objects.requireNonNull(remote, "remote");
        Objects.requireNonNull(loop, "loop");
        Objects.requireNonNull(connector, "connector");
        if (!(loop instanceof SocketLoop home) || !loops.contains(home)) {
            throw new IllegalArgumentException(loop + " is not a loop of this transport");
        }
        try {
            home.execute(() -> PendingConnect.begin(home, remote, connector));
        } catch (RejectedExecutionException e) {
            // No loop is left to notify it on, and it must not be notified from within this call.
            IOException cause = new IOException("the transport is closed", e);
            new Thread(() -> PendingConnect.tellFailure(connector, remote, cause), "heartbeat-late").start();
        }
    }

    @Override
    public synchronized CompletableFuture<Void> closeAsync() {
        if (closed == null) {
            // All loops run until the last has notified its handlers, since what they do then may
            // concern another loop.
            closed = onEachLoop(SocketLoop::closeSockets)
                    .thenCompose(told -> onEachLoop(SocketLoop::end))
                    .thenCompose(ended -> {
                        lookups.end();
                        return CompletableFuture.allOf(workers.finish(), completions.finish());
                    });
        }
        return closed;
    }

    @Override
    public void close() {
        CompletableFuture<Void> done = closeAsync();
        if (!isOwnThread()) {
            done.join();
        }
    }

    private CompletableFuture<Void> onEachLoop(Function<SocketLoop, CompletableFuture<Void>> step) {
        return CompletableFuture.allOf(loops.stream().map(step).toArray(CompletableFuture<?>[]::new));
    }

    private boolean isOwnThread() {
        return workers.isCurrentThread()
                || completions.isCurrentThread()
                || loops.stream().anyMatch(SocketLoop::inEventLoop);
    }

    private SocketLoop nextLoop() {
        return loops.get(Math.floorMod(turns.getAndIncrement(), loops.size()));
    }
}
