package dev.heartbeat.netty;

import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import dev.heartbeat.spi.TransportProvider;

/**
 * Lets the bus find {@link NettyTransport}: {@code netty} takes epoll where it can and {@code java.nio} elsewhere, and comes before
 * the transport that has no dependency. The others are there to be named: each is what its name says, or fails to start.
 */
public final class NettyTransportProvider implements TransportProvider {

    /** For {@link java.util.ServiceLoader}. */
    public NettyTransportProvider() {}

    @Override
    public String name() {
        return "netty";
    }

    @Override
    public int priority() {
        return 10;
    }

    @Override
    public boolean isAvailable() {
        return true;
    }

    @Override
    public Transport create(TransportOptions options) {
        return NettyTransport.start(options);
    }

    /** {@code netty-epoll}. */
    public static final class Epoll extends Named {

        /** For {@link java.util.ServiceLoader}. */
        public Epoll() {
            super(NettyIo.EPOLL);
        }
    }

    /** {@code netty-nio}. */
    public static final class Nio extends Named {

        /** For {@link java.util.ServiceLoader}. */
        public Nio() {
            super(NettyIo.NIO);
        }
    }

    /** {@code netty-io_uring}. */
    public static final class IoUring extends Named {

        /** For {@link java.util.ServiceLoader}. */
        public IoUring() {
            super(NettyIo.IO_URING);
        }
    }

    /** One way and no other. */
    abstract static sealed class Named implements TransportProvider permits Epoll, Nio, IoUring {

        private final NettyIo io;

        Named(NettyIo io) {
            this.io = io;
        }

        @Override
        public String name() {
            return io.transportName();
        }

        /** After every other: it is taken by its name alone. */
        @Override
        public int priority() {
            return Integer.MIN_VALUE;
        }

        @Override
        public boolean isAvailable() {
            return io.isAvailable();
        }

        @Override
        public Transport create(TransportOptions options) {
            return NettyTransport.builder().io(io).options(options).start();
        }
    }
}
