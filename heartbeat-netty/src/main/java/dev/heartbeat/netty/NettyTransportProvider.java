package dev.heartbeat.netty;

import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import dev.heartbeat.spi.TransportProvider;
import java.util.Locale;
import java.util.Optional;

/**
 * Lets the bus find {@link NettyTransport}: {@code netty} takes epoll where it can and
 * {@code java.nio} elsewhere, and comes before the transport that has no dependency. The others are
 * there to be named: each is what its name says, or fails to start.
 *
 * @since 0.1
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
        return objection().isEmpty();
    }

    @Override
    public Optional<String> objection() {
        return NettyOnPath.objection();
    }

    @Override
    public Transport create(TransportOptions options) {
        requireNetty(name());
        return NettyTransport.start(options);
    }

    private static void requireNetty(String name) {
        NettyOnPath.objection().ifPresent(why -> {
            throw new IllegalStateException(name + " cannot run here: " + why);
        });
    }

    /** {@code netty-epoll}. */
    public static final class Epoll extends Named {

        /** For {@link java.util.ServiceLoader}. */
        public Epoll() {
            super("EPOLL");
        }
    }

    /** {@code netty-nio}. */
    public static final class Nio extends Named {

        /** For {@link java.util.ServiceLoader}. */
        public Nio() {
            super("NIO");
        }
    }

    /** {@code netty-io_uring}. */
    public static final class IoUring extends Named {

        /** For {@link java.util.ServiceLoader}. */
        public IoUring() {
            super("IO_URING");
        }
    }

    /** One way and no other. */
    abstract static sealed class Named implements TransportProvider permits Epoll, Nio, IoUring {

        /** The class's name, since the class cannot be loaded with an older Netty. */
        private final String io;

        Named(String io) {
            this.io = io;
        }

        @Override
        public String name() {
            return "netty-" + io.toLowerCase(Locale.ROOT);
        }

        /** After every other: it is taken by its name alone. */
        @Override
        public int priority() {
            return Integer.MIN_VALUE;
        }

        @Override
        public boolean isAvailable() {
            return objection().isEmpty();
        }

        @Override
        public Optional<String> objection() {
            Optional<String> ofNetty = NettyOnPath.objection();
            return ofNetty.isPresent() ? ofNetty : NettyIo.valueOf(io).objection();
        }

        @Override
        public Transport create(TransportOptions options) {
            requireNetty(name());
            return NettyTransport.builder()
                    .io(NettyIo.valueOf(io))
                    .options(options)
                    .start();
        }
    }
}
