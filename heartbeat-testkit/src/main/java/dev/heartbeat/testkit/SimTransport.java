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
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** The transport of one process on a {@link Host}. */
final class SimTransport implements Transport {
    private final Simulation simulation;
    private final Host host;
    private final TransportOptions options;
    private final List<SimLoop> loops;
    private final Environment environment;
    private final Set<SimConnection> connections = new LinkedHashSet<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private int nextLoop;
    private boolean closed;
    private boolean killed;

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

    boolean isClosed() {
        return closed;
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

    /** Whether its process was killed, and did not end by itself. */
    boolean isKilled() {
        return killed;
    }

    /** The process is gone; what happens to its sockets is said by the host. */
    void kill() {
        killed = true;
        die();
    }

    private void die() {
        closed = true;
        simulation.unbindAll(this);
        connections.clear();
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
        if (closed) {
            return CompletableFuture.failedFuture(new IOException("the transport is closed"));
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
        SimLoop from = (SimLoop) loop;
        if (closed || remote.isUnresolved()) {
            String why = closed ? "impossible, the transport is closed" : "impossible, the address is not resolved";
            simulation.at(
                    simulation.nowNs(),
                    () -> connector.onConnectFailed(new IOException("connection to " + remote + " " + why)));
            return;
        }
        host.countConnect();
        simulation.connect(this, from, remote, connector);
    }

    @Override
    public CompletableFuture<Void> closeAsync() {
        if (!closed) {
            simulation.unbindAll(this);
            connections().forEach(SimConnection::close);
            // The handlers are told in the next turns; after those the loops are gone.
            loop(0).execute(() -> loop(0).execute(() -> simulation.at(simulation.nowNs(), this::die)));
        }
        return ended.copy();
    }

    @Override
    public void close() {
        CompletableFuture<?> unused = closeAsync();
    }
}
