package dev.heartbeat.netty;

import dev.heartbeat.socket.SocketTransport;
import dev.heartbeat.spi.Acceptor;
import dev.heartbeat.spi.Connector;
import dev.heartbeat.spi.Environment;
import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.Listener;
import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** TCP on Netty's event loops. */
public final class NettyTransport implements Transport {

    private final SocketTransport sockets;

    private NettyTransport(SocketTransport sockets) {
        this.sockets = sockets;
    }

    /** Starts one on loops of its own, with epoll where the system has it; the caller closes it. */
    public static NettyTransport start(TransportOptions options) {
        return Epoll.isAvailable()
                ? start(NettyTransportProvider.NAME, new NativeSockets(), options)
                : startNio(options);
    }

    /** Starts one on loops of its own that poll by {@code java.nio}; the caller closes it. */
    static NettyTransport startNio(TransportOptions options) {
        return start(NettyNioTransportProvider.NAME, new ChannelSockets(), options);
    }

    private static NettyTransport start(String name, SocketKind kind, TransportOptions options) {
        MultiThreadIoEventLoopGroup group =
                new MultiThreadIoEventLoopGroup(options.eventLoops(), threads(), kind.ioHandlers());
        List<NettyEventLoop> loops = new ArrayList<>();
        for (EventExecutor netty : group) {
            loops.add(new NettyEventLoop(loops.size(), options, (SingleThreadIoEventLoop) netty, kind, true));
        }
        return new NettyTransport(new SocketTransport(name, loops, options));
    }

    private static ThreadFactory threads() {
        AtomicInteger started = new AtomicInteger();
        return task -> new Thread(task, "heartbeat-netty-" + started.getAndIncrement());
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
