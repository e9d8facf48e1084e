package dev.heartbeat.netty;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.nio.NioIoEvent;
import io.netty.channel.nio.NioIoHandle;
import io.netty.channel.nio.NioIoOps;
import java.nio.channels.SelectableChannel;

/** A channel of {@code java.nio} on a selector. */
final class NioHandle extends NettyHandle implements NioIoHandle {

    private final SelectableChannel channel;

    NioHandle(NettyEventLoop loop, SelectableChannel channel) {
        super(loop);
        this.channel = channel;
    }

    @Override
    public SelectableChannel selectableChannel() {
        return channel;
    }

    @Override
    void submit(IoRegistration to, int operations) {
        to.submit(operations == 0 ? NioIoOps.NONE : NioIoOps.valueOf(operations));
    }

    @Override
    void close(IoRegistration of, NettySocket socket) {
        of.cancel();
        socket.closeDescriptor();
    }

    @Override
    public void handle(IoRegistration registration, IoEvent event) {
        ready(((NioIoEvent) event).ops().value());
    }
}
