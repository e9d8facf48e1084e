package dev.heartbeat.world;

import dev.heartbeat.spi.Acceptor;
import dev.heartbeat.spi.Connector;
import dev.heartbeat.spi.Environment;
import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.Listener;
import dev.heartbeat.spi.Transport;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/**
 * A host of the {@link World}: the third kind of transport beside those on sockets, so that the seam is not shaped by any of them. What can happen to a host is a
 * method: it stops and goes on, it vanishes, its network goes silent.
 */
public final class VirtualTransport implements Transport {
    private static final long CONNECT_TIMEOUT_NS = 5_000_000_000L;

    private final World world;
    private final List<VirtualLoop> loops;
    private final List<VirtualConnection> connections = new ArrayList<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private int nextLoop;
    private boolean stopped;
    private boolean silent;
    private long connects;

    VirtualTransport(World world, int loopCount) {
        this.world = world;
        loops = IntStream.range(0, loopCount)
                .mapToObj(index -> new VirtualLoop(world, this, index))
                .toList();
    }

    // ---- what can happen to a host

    /** As SIGSTOP does: nothing runs, but its kernel still takes what fits its buffers. */
    public void stop() {
        stopped = true;
        loops.forEach(VirtualLoop::stop);
    }

    /** As SIGCONT does. */
    public void goOn() {
        stopped = false;
        loops.forEach(VirtualLoop::goOn);
    }

    /** As SIGKILL does: it is gone, and its kernel closes its sockets. */
    public void kill() {
        stop();
        List.copyOf(connections).forEach(VirtualConnection::vanish);
        world.listeners().values().removeIf(listener -> listener.host() == this);
        closed.complete(null);
    }

    /** Nothing leaves it and nothing reaches it any more, without a word to either side; or everything that was held back arrives. */
    public void silence(boolean on) {
        silent = on;
        if (!on) {
            List.copyOf(connections).forEach(VirtualConnection::unsilence);
        }
    }

    /** How often a connection was tried from here. */
    public long connects() {
        return connects;
    }

    /** The connections that are open here. */
    public List<VirtualConnection> connections() {
        return List.copyOf(connections);
    }

    // ---- a transport

    @Override
    public String name() {
        return "virtual";
    }

    @Override
    public Environment environment() {
        return world.environment();
    }

    @Override
    public List<EventLoop> eventLoops() {
        return List.copyOf(loops);
    }

    @Override
    public CompletableFuture<Listener> listen(InetSocketAddress address, Acceptor acceptor) {
        InetSocketAddress bound = address.getPort() == 0 ? world.newAddress() : address;
        VirtualListener listener = new VirtualListener(this, bound, acceptor);
        if (world.listeners().putIfAbsent(bound.getPort(), listener) != null) {
            return CompletableFuture.failedFuture(new BindException("Address already in use: " + bound));
        }
        return CompletableFuture.completedFuture(listener);
    }

    @Override
    public void connect(InetSocketAddress remote, EventLoop loop, Connector connector) {
        connects++;
        VirtualLoop from = (VirtualLoop) loop;
        VirtualListener listener = world.listeners().get(remote.getPort());
        if (silent || (listener != null && listener.host().silent)) {
            world.after(CONNECT_TIMEOUT_NS, () -> from.onSocket(() -> fail(connector, remote, "timed out")));
        } else if (listener == null) {
            world.after(2 * world.latencyNs(), () -> from.onSocket(() -> fail(connector, remote, "refused")));
        } else {
            world.after(2 * world.latencyNs(), () -> establish(listener, from, connector));
        }
    }

    private static void fail(Connector connector, InetSocketAddress remote, String why) {
        connector.onConnectFailed(new IOException("connection to " + remote + " " + why));
    }

    /** The kernel accepts, even for a process that is stopped. */
    private void establish(VirtualListener listener, VirtualLoop from, Connector connector) {
        VirtualTransport server = listener.host();
        VirtualLoop to = server.loops.get(server.nextLoop++ % server.loops.size());
        InetSocketAddress here = world.newAddress();
        VirtualConnection ours = new VirtualConnection(world, this, from, listener.localAddress());
        VirtualConnection theirs = new VirtualConnection(world, server, to, here);
        ours.connectTo(theirs);
        theirs.connectTo(ours);
        to.onSocket(() -> {
            if (listener.acceptor().onAccept(here)) {
                theirs.open(listener.acceptor().onOpen(theirs));
            } else {
                theirs.abort();
            }
        });
        from.onSocket(() -> ours.open(connector.onOpen(ours)));
    }

    @Override
    public CompletableFuture<Void> closeAsync() {
        List.copyOf(connections).forEach(VirtualConnection::close);
        world.listeners().values().removeIf(listener -> listener.host() == this);
        closed.complete(null);
        return closed;
    }

    @Override
    public void close() {
        closeAsync().join();
    }

    boolean isClosed() {
        return closed.isDone();
    }

    boolean isSilent() {
        return silent;
    }

    boolean isStopped() {
        return stopped;
    }

    World world() {
        return world;
    }

    void add(VirtualConnection connection) {
        connections.add(connection);
    }

    void remove(VirtualConnection connection) {
        connections.remove(connection);
    }
}
