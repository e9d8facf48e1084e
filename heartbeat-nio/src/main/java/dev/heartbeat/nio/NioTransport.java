package dev.heartbeat.nio;

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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The default transport: TCP by plain {@code java.nio}, with one selector and one thread for each event loop.
 *
 * <p>The threads of its loops keep the process alive until the transport is closed; those of its workers do not.
 */
public final class NioTransport implements Transport {

    private final List<NioEventLoop> loops;
    private final Workers workers;
    private final Environment environment;
    private final AtomicInteger turns = new AtomicInteger();
    private @Nullable CompletableFuture<Void> closed;

    private NioTransport(List<NioEventLoop> loops, TransportOptions options) {
        this.loops = List.copyOf(loops);
        this.workers = new Workers(options.workerThreads());
        this.environment = new NioEnvironment(workers);
    }

    /** Starts one with {@link TransportOptions#defaults()}. */
    public static NioTransport start() {
        return start(TransportOptions.defaults());
    }

    /**
     * Starts one; the caller closes it.
     *
     * @throws UncheckedIOException if the system gives no selector, which takes a few file descriptors for each loop
     */
    public static NioTransport start(TransportOptions options) {
        List<NioEventLoop> loops = new ArrayList<>();
        try {
            while (loops.size() < options.eventLoops()) {
                loops.add(NioEventLoop.start(loops.size(), options));
            }
        } catch (IOException e) {
            new NioTransport(loops, options).close();
            throw new UncheckedIOException("cannot open a selector for event loop " + loops.size(), e);
        }
        return new NioTransport(loops, options);
    }

    @Override
    public String name() {
        return NioTransportProvider.NAME;
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
        CompletableFuture<Listener> listening = new CompletableFuture<>();
        NioEventLoop loop = nextLoop();
        try {
            loop.execute(() -> {
                try {
                    listening.complete(NioListener.open(loop, address, acceptor, this::nextLoop));
                } catch (IOException e) {
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
        if (!(loop instanceof NioEventLoop home) || !loops.contains(home)) {
            throw new IllegalArgumentException(loop + " is none of this transport's");
        }
        try {
            home.execute(() -> PendingConnect.begin(home, remote, connector));
        } catch (RejectedExecutionException e) {
            // No loop is left to tell it on, and it must not be told from within this call.
            IOException cause = new IOException("the transport is closed", e);
            new Thread(() -> PendingConnect.tellFailure(connector, remote, cause), "heartbeat-nio-late").start();
        }
    }

    @Override
    public synchronized CompletableFuture<Void> closeAsync() {
        if (closed == null) {
            // All loops run until the last has told its handlers, since what they do then may concern another loop.
            closed = onEachLoop(NioEventLoop::closeSockets)
                    .thenCompose(told -> onEachLoop(NioEventLoop::endThread))
                    .thenCompose(ended -> workers.finish());
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

    private CompletableFuture<Void> onEachLoop(Function<NioEventLoop, CompletableFuture<Void>> step) {
        return CompletableFuture.allOf(loops.stream().map(step).toArray(CompletableFuture<?>[]::new));
    }

    private boolean isOwnThread() {
        return workers.isCurrentThread() || loops.stream().anyMatch(NioEventLoop::inEventLoop);
    }

    private NioEventLoop nextLoop() {
        return loops.get(Math.floorMod(turns.getAndIncrement(), loops.size()));
    }
}
