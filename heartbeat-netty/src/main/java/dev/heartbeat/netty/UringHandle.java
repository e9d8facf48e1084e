package dev.heartbeat.netty;

import static java.nio.channels.SelectionKey.OP_ACCEPT;
import static java.nio.channels.SelectionKey.OP_CONNECT;
import static java.nio.channels.SelectionKey.OP_READ;
import static java.nio.channels.SelectionKey.OP_WRITE;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoOps;
import org.jspecify.annotations.Nullable;

/**
 * A descriptor that io_uring is asked about: one question at a time for each direction, asked again
 * when it was answered and is still of interest. A question keeps the descriptor from being closed,
 * so it is called back first.
 */
final class UringHandle extends NettyHandle implements IoUringIoHandle {

    // Constants of linux/io_uring.h and poll.h, since those in Netty are for its channels.
    private static final byte POLL_ADD = 6;
    private static final byte ASYNC_CANCEL = 14;
    private static final int IN = 0x1;
    private static final int OUT = 0x4;
    private static final int FAILED = 0x8 | 0x10;

    private final FileDescriptor descriptor;

    /** Kept, since it is asked for each heartbeat. */
    private final IoUringIoOps in;

    private int asked;
    private long idOfIn;
    private long idOfOut;
    private @Nullable NettySocket closing;

    UringHandle(NettyEventLoop loop, FileDescriptor descriptor) {
        super(loop);
        this.descriptor = descriptor;
        this.in = question(IN);
    }

    @Override
    void submit(IoRegistration to, int operations) {
        if ((operations & (OP_READ | OP_ACCEPT)) != 0 && (asked & IN) == 0) {
            idOfIn = ask(to, IN);
        }
        if ((operations & (OP_WRITE | OP_CONNECT)) != 0 && (asked & OUT) == 0) {
            idOfOut = ask(to, OUT);
        }
    }

    private long ask(IoRegistration to, int what) {
        asked |= what;
        return to.submit(what == IN ? in : question(what));
    }

    private IoUringIoOps question(int what) {
        return operation(POLL_ADD, descriptor.intValue(), 0, what, what);
    }

    @Override
    public void handle(IoRegistration registration, IoEvent event) {
        IoUringIoEvent answer = (IoUringIoEvent) event;
        if (answer.opcode() == POLL_ADD) {
            asked &= ~(int) answer.userData();
            if (closing == null) {
                heard(answer.res());
            }
            if (closing == null) {
                submit(registration, awaited());
            } else {
                closeIfNothingIsAsked(registration);
            }
        }
    }

    private void heard(int events) {
        int ready = 0;
        if (events < 0 || (events & (IN | FAILED)) != 0) {
            ready |= OP_READ | OP_ACCEPT;
        }
        if (events < 0 || (events & (OUT | FAILED)) != 0) {
            ready |= OP_WRITE | OP_CONNECT;
        }
        ready(ready);
    }

    // Closing

    @Override
    void close(IoRegistration of, NettySocket socket) {
        closing = socket;
        if ((asked & IN) != 0) {
            callBack(of, idOfIn);
        }
        if ((asked & OUT) != 0) {
            callBack(of, idOfOut);
        }
        closeIfNothingIsAsked(of);
    }

    private static void callBack(IoRegistration registration, long question) {
        registration.submit(operation(ASYNC_CANCEL, -1, question, 0, 0));
    }

    private void closeIfNothingIsAsked(IoRegistration registration) {
        if (asked == 0) {
            closeDescriptor();
            registration.cancel();
        }
    }

    private void closeDescriptor() {
        NettySocket socket = closing;
        if (socket != null && descriptor.isOpen()) {
            socket.closeDescriptor();
        }
    }

    /** Called by Netty, when its loop is shut down: no answer may come any more. */
    @Override
    public void close() {
        super.close();
        closeDescriptor();
    }

    private static IoUringIoOps operation(byte code, int fd, long address, int flags, int data) {
        return new IoUringIoOps(code, (byte) 0, (short) 0, fd, 0, address, 0, flags, data, (short) 0, (short) 0, 0, 0);
    }
}
