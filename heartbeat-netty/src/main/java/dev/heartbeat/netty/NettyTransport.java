package dev.heartbeat.netty;

import dev.heartbeat.internal.log.LogEvent;
import dev.heartbeat.sockets.SocketTransport;
import dev.heartbeat.spi.Acceptor;
import dev.heartbeat.spi.Connector;
import dev.heartbeat.spi.Environment;
import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.Listener;
import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * TCP on Netty's event loops: its own, or those of an application that runs Netty already. Netty
 * polls, and its native library makes the system calls; its channels and pipelines have no part in
 * it, since the bus needs nothing of them.
 *
 * <p>The threads of its own loops keep the process alive until the transport is closed; those of
 * its workers do not. Loops that it was given stay their owner's, who may run anything else on
 * them: closing the transport leaves them running. If their owner shuts them down first, all
 * connections and listeners close with them, which is said once in the log; what is left is to
 * close the transport.
 *
 * @since 0.1
 */
public final class NettyTransport implements Transport {

    private static final LogEvent NO_EPOLL = LogEvent.warn(
            NettyTransport.class, "heartbeat.transport.no_epoll", "epoll cannot run here, using java.nio: {problem}");
    private static final LogEvent ENDED_BY_OWNER = LogEvent.warn(
            NettyTransport.class,
            "heartbeat.transport.ended_by_owner",
            "the owner of the event loops of {transport} shut them down; its connections are closed");

    private final SocketTransport sockets;

    private NettyTransport(SocketTransport sockets) {
        this.sockets = sockets;
    }

    /**
     * Starts one on loops of its own, by epoll where this machine can and by {@code java.nio}
     * elsewhere; the caller closes it.
     *
     * @return the transport
     */
    public static NettyTransport start(TransportOptions options) {
        return builder().options(Objects.requireNonNull(options, "options")).start();
    }

    /** {@return a builder for a transport with more to set} */
    public static Builder builder() {
        return new Builder();
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

    /** The options of a transport. For one thread. */
    public static final class Builder {

        private TransportOptions options = TransportOptions.defaults();
        private @Nullable NettyIo io;
        private @Nullable IoEventLoopGroup group;

        private Builder() {}

        /**
         * Sets the options that every transport has.
         *
         * @return this builder
         */
        public Builder options(TransportOptions value) {
            options = Objects.requireNonNull(value, "options");
            return this;
        }

        /**
         * This way and no other; by default the best that this machine can, io_uring apart.
         *
         * @return this builder
         */
        public Builder io(NettyIo value) {
            io = Objects.requireNonNull(value, "io");
            return this;
        }

        /**
         * Runs on the loops of this group, which stays its owner's, instead of on loops of its own;
         * then {@link TransportOptions#eventLoops} has no effect.
         *
         * @param value of threads with an {@code IoHandler} for epoll, io_uring or
         *     {@code java.nio}, as {@link MultiThreadIoEventLoopGroup} makes them
         * @return this builder
         */
        public Builder eventLoopGroup(IoEventLoopGroup value) {
            group = Objects.requireNonNull(value, "eventLoopGroup");
            return this;
        }

        /**
         * Starts it; the caller closes it.
         *
         * @return the transport
         * @throws IllegalStateException if this machine cannot do what {@link #io} asks for, or the
         *     group is shut down; the message says which
         * @throws IllegalArgumentException if the group's loops are of no kind it knows, or not of
         *     the one asked for
         */
        public NettyTransport start() {
            return group == null ? startOnOwn() : startOn(group);
        }

        private NettyTransport startOnOwn() {
            NettyIo chosen = io == null ? best() : io;
            chosen.requireAvailable();
            IoEventLoopGroup own = new MultiThreadIoEventLoopGroup(options.eventLoops(), threads(), chosen.handlers());
            try {
                return start(chosen, own, NettyEventLoop.Owner.TRANSPORT);
            } catch (Throwable e) {
                Future<?> unused = own.shutdownGracefully(0, 0, TimeUnit.SECONDS);
                throw e;
            }
        }

        private NettyTransport startOn(IoEventLoopGroup given) {
            NettyIo found = NettyIo.of(given)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "eventLoopGroup uses neither epoll, java.nio nor io_uring: " + given));
            if (io != null && io != found) {
                throw new IllegalArgumentException(
                        "io is " + io + ", but the given eventLoopGroup has loops of " + found);
            }
            return start(found, given, NettyEventLoop.Owner.APPLICATION);
        }

        private NettyTransport start(NettyIo found, IoEventLoopGroup running, NettyEventLoop.Owner owner) {
            if (running.isShuttingDown()) {
                throw new IllegalStateException("eventLoopGroup is shut down");
            }
            SocketKind kind = found.sockets(options);
            List<NettyEventLoop> loops = new ArrayList<>();
            for (EventExecutor executor : running) {
                if (!(executor instanceof SingleThreadIoEventLoop netty)) {
                    throw new IllegalArgumentException(
                            "eventLoopGroup has a loop that is no SingleThreadIoEventLoop: " + executor);
                }
                loops.add(new NettyEventLoop(loops.size(), options, netty, kind, owner));
            }
            NettyTransport transport = new NettyTransport(new SocketTransport(found.transportName(), loops, options));
            transport.endWithLoops(loops);
            return transport;
        }

        private static NettyIo best() {
            Throwable cause = NettyIo.EPOLL.unavailabilityCause();
            if (cause == null) {
                return NettyIo.EPOLL;
            }
            if (isLinux()) {
                NO_EPOLL.log(NettyIo.reason(cause));
            }
            return NettyIo.NIO;
        }

        private static boolean isLinux() {
            return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux");
        }

        private static ThreadFactory threads() {
            AtomicInteger started = new AtomicInteger();
            return task -> {
                Thread thread = new Thread(task, "heartbeat-netty-" + started.getAndIncrement());
                // Whoever started a server expects it to serve although main has returned, until it
                // is closed.
                thread.setDaemon(false);
                return thread;
            };
        }
    }

    /** Each ends by itself; the workers are left, to report it, until the transport is closed. */
    private void endWithLoops(List<NettyEventLoop> loops) {
        AtomicBoolean told = new AtomicBoolean();
        for (NettyEventLoop loop : loops) {
            loop.onShutDownByOwner(() -> {
                if (told.compareAndSet(false, true)) {
                    ENDED_BY_OWNER.log(this);
                }
            });
        }
    }

    @Override
    public String toString() {
        return "transport " + name();
    }
}
