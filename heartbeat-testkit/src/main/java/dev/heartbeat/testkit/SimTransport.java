package dev.heartbeat.testkit;

import dev.heartbeat.spi.Acceptor;
import dev.heartbeat.spi.Connector;
import dev.heartbeat.spi.Environment;
import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.Listener;
import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** The transport of one process on a {@link Host}. */
final class SimTransport implements Transport {
    private static final String CLOSED = "the transport is closed";
    private static final String UNRESOLVED = "the address is not resolved";

    private final Simulation simulation;
    private final Host host;
    private final TransportOptions options;
    private final List<SimLoop> loops;
    private final Environment environment;
    private final Set<SimConnection> connections = new LinkedHashSet<>();
    private final Set<SimConnect> connects = new LinkedHashSet<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private int nextLoop;
    private int tasks;
    private boolean closing;
    private boolean closed;
    private boolean dead;

    SimTransport(Simulation simulation, Host host, TransportOptions options) {
        this.simulation = simulation;
        this.host = host;
        this.options = options;
        loops = IntStream.range(0, options.eventLoops())
                .mapToObj(index -> new SimLoop(simulation, this, index))
                .toList();
        environment = new SimEnvironment(simulation, host, this);
    }

    Simulation simulation() {
        return simulation;
    }

    Host host() {
        return host;
    }

    TransportOptions options() {
        return options;
    }

    /** Whether its loops have ended, by {@link #closeAsync} or with its process. */
    boolean isClosed() {
        return closed;
    }

    /** Whether its process is gone, in which nobody is left to be notified of anything. */
    boolean isDead() {
        return dead;
    }

    SimLoop loop(int index) {
        return loops.get(index);
    }

    List<SimLoop> loops() {
        return loops;
    }

    SimLoop nextLoop() {
        SimLoop loop = loops.get(nextLoop);
        nextLoop = (nextLoop + 1) % loops.size();
        return loop;
    }

    void add(SimConnection connection) {
        connections.add(connection);
    }

    void remove(SimConnection connection) {
        connections.remove(connection);
    }

    List<SimConnection> connections() {
        return List.copyOf(connections);
    }

    void answered(SimConnect connect) {
        connects.remove(connect);
    }

    void work(Runnable task) {
        tasks++;
        host.work(this, task);
    }

    void complete(Runnable task) {
        tasks++;
        host.complete(this, task);
    }

    void run(Runnable task) {
        if (dead) {
            return; // The task died with its process.
        }
        try {
            task.run();
        } finally {
            tasks--;
            endIfDone();
        }
    }

    /** The process is gone; what happens to its sockets is said by the host. */
    void die() {
        dead = true;
        closed = true;
        simulation.unbindAll(this);
        connections.clear();
        connects.clear();
        ended.complete(null);
    }

    // ---- a transport

    @Override
    public String name() {
        return "simulated";
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
        boolean over = closing || closed;
        if (over || address.isUnresolved()) {
            String why = over ? CLOSED : UNRESOLVED;
            return CompletableFuture.failedFuture(new IOException("cannot listen on " + address + ": " + why));
        }
        // A host has one address, so listening on all of them is listening on that one.
        InetSocketAddress bound = address.getPort() == 0
                ? simulation.newAddress(host)
                : new InetSocketAddress(host.inetAddress(), address.getPort());
        SimListener listener = new SimListener(this, bound, acceptor);
        if (!simulation.bind(listener)) {
            return CompletableFuture.failedFuture(new BindException("Address already in use: " + bound));
        }
        return CompletableFuture.completedFuture(listener);
    }

    @Override
    public void connect(InetSocketAddress remote, EventLoop loop, Connector connector) {
        Objects.requireNonNull(remote, "remote");
        Objects.requireNonNull(loop, "loop");
        Objects.requireNonNull(connector, "connector");
        if (!(loop instanceof SimLoop home) || !loops.contains(home)) {
            throw new IllegalArgumentException(loop + " is not a loop of this transport");
        }
        SimConnect connect = new SimConnect(this, home, remote, connector);
        if (closed) {
            // No loop is left to notify it on, and it must not be notified from within this call.
            simulation.at(simulation.nowNs(), () -> connect.tellFailure(CLOSED));
        } else if (closing) {
            connect.fail(CLOSED);
        } else if (remote.isUnresolved()) {
            connect.fail(UNRESOLVED);
        } else {
            host.countConnect();
            connects.add(connect);
            simulation.connect(connect);
        }
    }

    @Override
    public CompletableFuture<Void> closeAsync() {
        if (!closing && !closed) {
            closing = true;
            simulation.unbindAll(this);
            List.copyOf(connects).forEach(connect -> connect.fail(CLOSED));
            connections().forEach(SimConnection::close);
            CompletableFuture<?> unused =
                    afterTwoTurnsOfEachLoop().thenRun(() -> simulation.at(simulation.nowNs(), this::endLoops));
        }
        return ended;
    }

    /**
     * The first turn notifies the handlers; by the end of the second what they did then is done, on
     * whichever loop.
     */
    private CompletableFuture<Void> afterTwoTurnsOfEachLoop() {
        return CompletableFuture.allOf(loops.stream()
                .map(loop -> {
                    CompletableFuture<Void> turned = new CompletableFuture<>();
                    loop.execute(() -> loop.execute(() -> turned.complete(null)));
                    return turned;
                })
                .toArray(CompletableFuture<?>[]::new));
    }

    private void endLoops() {
        closed = true;
        endIfDone();
    }

    private void endIfDone() {
        if (closed && tasks == 0) {
            ended.complete(null);
        }
    }

    @Override
    public void close() {
        CompletableFuture<?> unused = closeAsync();
    }
}
