package dev.heartbeat.netty;

import static java.nio.channels.SelectionKey.OP_ACCEPT;
import static java.nio.channels.SelectionKey.OP_CONNECT;
import static java.nio.channels.SelectionKey.OP_READ;
import static java.nio.channels.SelectionKey.OP_WRITE;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;

/** A descriptor in an epoll set, level-triggered. */
final class EpollHandle extends NettyHandle implements EpollIoHandle {

    private static final int IN = EpollIoOps.EPOLLIN.value();
    private static final int OUT = EpollIoOps.EPOLLOUT.value();

    /** EPOLLHUP, for which Netty has no name. */
    private static final int HANG_UP = 0x10;

    private static final int FAILED = EpollIoOps.EPOLLERR.value() | HANG_UP;

    /** Failures are reported in any case: once, where nobody would take notice. */
    private static final EpollIoOps NOTHING = EpollIoOps.EPOLLERR.with(EpollIoOps.EPOLLET);

    private static final EpollIoOps BOTH = EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLOUT);

    private final FileDescriptor descriptor;

    EpollHandle(NettyEventLoop loop, FileDescriptor descriptor) {
        super(loop);
        this.descriptor = descriptor;
    }

    @Override
    public FileDescriptor fd() {
        return descriptor;
    }

    @Override
    void submit(IoRegistration to, int operations) {
        to.submit(ops(operations));
    }

    /** The descriptor first: the kernel then drops it from the set by itself. */
    @Override
    void close(IoRegistration of, NettySocket socket) {
        socket.closeDescriptor();
        of.cancel();
    }

    private static EpollIoOps ops(int operations) {
        boolean in = (operations & (OP_READ | OP_ACCEPT)) != 0;
        boolean out = (operations & (OP_WRITE | OP_CONNECT)) != 0;
        if (in) {
            return out ? BOTH : EpollIoOps.EPOLLIN;
        }
        return out ? EpollIoOps.EPOLLOUT : NOTHING;
    }

    @Override
    public void handle(IoRegistration registration, IoEvent event) {
        int reported = ((EpollIoEvent) event).ops().value();
        int ready = 0;
        if ((reported & (IN | FAILED)) != 0) {
            ready |= OP_READ | OP_ACCEPT;
        }
        if ((reported & (OUT | FAILED)) != 0) {
            ready |= OP_WRITE | OP_CONNECT;
        }
        ready(ready);
    }
}
