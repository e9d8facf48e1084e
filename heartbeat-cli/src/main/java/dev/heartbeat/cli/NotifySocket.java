package dev.heartbeat.cli;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The datagram socket of sd_notify(3), which Java has not, and Netty's native epoll has. */
final class NotifySocket implements Consumer<String> {
    private static final Logger LOG = LoggerFactory.getLogger(NotifySocket.class);

    /** A JVM that ends waits so long for the kernel to take the last text. */
    private static final long PATIENCE_MILLIS = 1000;

    private final Channel channel;

    private NotifySocket(Channel channel) {
        this.channel = channel;
    }

    /** Takes texts and sends each; those that cannot be sent are warned of. */
    static Consumer<String> to(String path) {
        if (!Epoll.isAvailable()) {
            LOG.warn("systemd is not told of this server, because Netty's epoll cannot run here: let the unit have"
                    + " Type=exec and no WatchdogSec");
            return text -> {};
        }
        // A name in the abstract namespace begins with an @ in the variable, and with a zero in the kernel.
        String name = path.startsWith("@") ? "\0" + path.substring(1) : path;
        Channel channel = new Bootstrap()
                .group(new MultiThreadIoEventLoopGroup(
                        1, new DefaultThreadFactory("heartbeat-notify", true), EpollIoHandler.newFactory()))
                .channel(EpollDomainDatagramChannel.class)
                .handler(new ChannelInboundHandlerAdapter())
                .connect(new DomainSocketAddress(name))
                .awaitUninterruptibly()
                .channel();
        return new NotifySocket(channel);
    }

    @Override
    public void accept(String text) {
        var written = channel.writeAndFlush(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
        written.awaitUninterruptibly(PATIENCE_MILLIS);
        if (!written.isSuccess()) {
            LOG.warn(
                    "systemd cannot be told {}: {}",
                    text.lines().findFirst().orElse(""),
                    String.valueOf(written.cause()));
        }
    }
}
