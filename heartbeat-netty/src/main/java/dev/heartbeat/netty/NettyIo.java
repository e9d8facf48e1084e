package dev.heartbeat.netty;

import dev.heartbeat.spi.TransportOptions;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandle;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoHandler;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Netty's ways for the event loops to learn which sockets are ready.
 *
 * @since 0.1
 */
public enum NettyIo {

    /** Linux's epoll and native system calls, by Netty's native library. */
    EPOLL {
        @Override
        @Nullable
        Throwable unavailabilityCause() {
            return Epoll.unavailabilityCause();
        }

        @Override
        IoHandlerFactory handlers() {
            return EpollIoHandler.newFactory();
        }

        @Override
        boolean isOf(IoEventLoopGroup group) {
            return group.isCompatible(EpollIoHandle.class);
        }

        @Override
        SocketKind sockets(TransportOptions options) {
            return new NativeSockets(options, EpollHandle::new);
        }
    },

    /** The selectors of {@code java.nio}, on every system. */
    NIO {
        @Override
        @Nullable
        Throwable unavailabilityCause() {
            return null;
        }

        @Override
        IoHandlerFactory handlers() {
            return NioIoHandler.newFactory();
        }

        @Override
        boolean isOf(IoEventLoopGroup group) {
            return group.isCompatible(NioIoHandle.class);
        }

        @Override
        SocketKind sockets(TransportOptions options) {
            return new ChannelSockets(options);
        }
    },

    /**
     * Linux's io_uring reports which sockets are ready; the system calls are those of epoll. Only
     * where it is asked for. It needs {@code netty-transport-classes-io_uring} and
     * {@code netty-transport-native-io_uring}, which this module does not bring along.
     */
    IO_URING {
        @Override
        @Nullable
        Throwable unavailabilityCause() {
            try {
                return IoUring.unavailabilityCause();
            } catch (NoClassDefFoundError e) {
                return new ClassNotFoundException("netty-transport-classes-io_uring is not on the class path");
            }
        }

        @Override
        IoHandlerFactory handlers() {
            return IoUringIoHandler.newFactory();
        }

        @Override
        boolean isOf(IoEventLoopGroup group) {
            return isAvailable() && group.isCompatible(IoUringIoHandle.class);
        }

        @Override
        SocketKind sockets(TransportOptions options) {
            return new NativeSockets(options, UringHandle::new);
        }
    };

    /** Why this machine cannot do it, or null if it can. */
    abstract @Nullable Throwable unavailabilityCause();

    abstract IoHandlerFactory handlers();

    /** Whether the loops of the group work this way. */
    abstract boolean isOf(IoEventLoopGroup group);

    abstract SocketKind sockets(TransportOptions options);

    /** The name of a transport in this way, such as {@code netty-epoll}. */
    String transportName() {
        return "netty-" + name().toLowerCase(Locale.ROOT);
    }

    boolean isAvailable() {
        return unavailabilityCause() == null;
    }

    /** Why this machine cannot do it; empty if it can. */
    Optional<String> objection() {
        return Optional.ofNullable(unavailabilityCause()).map(NettyIo::reason);
    }

    void requireAvailable() {
        Throwable cause = unavailabilityCause();
        if (cause != null) {
            throw new IllegalStateException(transportName() + " cannot run here: " + reason(cause), cause);
        }
    }

    /**
     * The innermost message, which says most: a library that is not there is wrapped in that it
     * could not be loaded.
     */
    static String reason(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }

    static Optional<NettyIo> of(IoEventLoopGroup group) {
        return Arrays.stream(values()).filter(io -> io.isOf(group)).findFirst();
    }
}
