package dev.heartbeat.fuzz;

import static java.util.Objects.requireNonNull;

import dev.heartbeat.spi.Acceptor;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.Connector;
import dev.heartbeat.spi.Environment;
import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.Listener;
import dev.heartbeat.spi.LoopAgent;
import dev.heartbeat.spi.LoopFailures;
import dev.heartbeat.spi.Resolver;
import dev.heartbeat.spi.Transport;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One connection on {@link Paper}, one loop, and workers that may rest: all of it turned by hand,
 * in one thread, while time hardly moves. A hundred times as quick as the simulation, which has a
 * network.
 */
final class HandTransport implements Transport, EventLoop, Environment {
    private static final InetSocketAddress NOWHERE = new InetSocketAddress(0);

    private final LoopFailures failures = new LoopFailures();
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final Queue<Runnable> work = new ArrayDeque<>();
    private final Queue<Runnable> completions = new ArrayDeque<>();
    private final RandomGenerator random = new Random(1);
    private @Nullable LoopAgent agent;
    private @Nullable Acceptor acceptor;
    private @Nullable Connector connector;
    private boolean inLoop;
    private long nowNs;

    /** The handler of the one connection, which the server accepts or the client has asked for. */
    ConnectionHandler open(Paper connection) {
        return acceptor == null
                ? requireNonNull(connector).onOpen(connection)
                : requireNonNull(acceptor).onOpen(connection);
    }

    /** Something happens on the loop. */
    void onLoop(Runnable event) {
        inLoop = true;
        nowNs++;
        event.run();
        inLoop = false;
        turn();
    }

    /** Runs what waits for the loop. */
    private void turn() {
        do {
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                inLoop = true;
                nowNs++; // Each is a turn of its own.
                task.run();
                inLoop = false;
            }
            for (Runnable one = completions.poll(); one != null; one = completions.poll()) {
                one.run();
            }
        } while (!tasks.isEmpty());
    }

    /**
     * Runs what waits for the loop and, unless they rest, for the workers.
     *
     * @param rest whether the workers do
     */
    void run(boolean rest) {
        turn();
        while (!rest && !work.isEmpty()) {
            work.remove().run();
            turn();
        }
    }

    // ---- the transport

    @Override
    public String name() {
        return "by hand";
    }

    @Override
    public Environment environment() {
        return this;
    }

    @Override
    public List<EventLoop> eventLoops() {
        return List.of(this);
    }

    @Override
    public CompletableFuture<Listener> listen(InetSocketAddress address, Acceptor newAcceptor) {
        acceptor = newAcceptor;
        return CompletableFuture.completedFuture(new Listening());
    }

    private static final class Listening implements Listener {
        @Override
        public InetSocketAddress localAddress() {
            return NOWHERE;
        }

        @Override
        public CompletableFuture<Void> close() {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<Void> closed() {
            return new CompletableFuture<>();
        }
    }

    @Override
    public void connect(InetSocketAddress remote, EventLoop loop, Connector newConnector) {
        connector = newConnector;
    }

    @Override
    public CompletableFuture<Void> closeAsync() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {}

    // ---- the loop

    @Override
    public int index() {
        return 0;
    }

    @Override
    public boolean inEventLoop() {
        return inLoop;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public long nowNs() {
        return nowNs;
    }

    @Override
    public void wakeAt(long deadlineNs) {}

    @Override
    public LoopFailures failures() {
        return failures;
    }

    @Override
    public void cancelWake() {}

    @Override
    public LoopAgent agent(Function<EventLoop, LoopAgent> factory) {
        if (agent == null) {
            agent = factory.apply(this);
        }
        return agent;
    }

    // ---- the environment

    @Override
    public Executor workers() {
        return work::add;
    }

    @Override
    public Resolver resolver() {
        return host -> CompletableFuture.failedFuture(new UnknownHostException(host));
    }

    @Override
    public Executor completions() {
        return completions::add;
    }

    @Override
    public void beginWait() {
        throw new AssertionError("nobody waits here");
    }

    @Override
    public void endWait() {}

    @Override
    public RandomGenerator random() {
        return random;
    }

    @Override
    public long nextSecret() {
        return 1;
    }

    @Override
    public long wallClockMillis() {
        return 1_700_000_000_000L;
    }

    @Override
    public long monotonicNanos() {
        return nowNs;
    }
}
