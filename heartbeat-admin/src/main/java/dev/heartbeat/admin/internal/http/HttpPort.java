package dev.heartbeat.admin.internal.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A port that answers HTTP requests, with a thread for sockets and one for work. */
public final class HttpPort implements AutoCloseable {
    private static final int MAX_LINE = 4096;
    private static final int MAX_HEADERS = 8192;
    private static final int MAX_BODY = 64 * 1024;
    private static final WriteBufferWaterMark MARKS = new WriteBufferWaterMark(32 * 1024, 256 * 1024);

    private final Routes routes;
    private final Guard guard;
    private final Bounds bounds;
    private final @Nullable SslContext tls;
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicLong failures = new AtomicLong();
    private final EventLoopGroup sockets;
    private final ExecutorService work;
    private @Nullable Channel listening;

    /**
     * @param connections at a time; more are closed at once
     * @param waiting the requests that may wait for their turn
     * @param patience the time for a request to arrive, and for an answer to be taken
     */
    public record Bounds(int connections, int waiting, Duration patience) {}

    /** @param name of its threads */
    public HttpPort(String name, Routes routes, Guard guard, Bounds bounds, @Nullable SslContext tls) {
        this.routes = routes;
        this.guard = guard;
        this.bounds = bounds;
        this.tls = tls;
        sockets = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory(name, true), NioIoHandler.newFactory());
        work = new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(bounds.waiting()),
                new DefaultThreadFactory(name + "-work", true));
    }

    /**
     * Opens the port.
     *
     * @throws IOException if it cannot be opened
     */
    public void open(InetSocketAddress address) throws IOException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(sockets)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, MARKS)
                .childHandler(new Arrivals());
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot listen on " + address + ": " + bound.cause().getMessage(), bound.cause());
        }
        listening = bound.channel();
    }

    public InetSocketAddress address() {
        if (listening == null) {
            throw new IllegalStateException("the port is not open");
        }
        return (InetSocketAddress) listening.localAddress();
    }

    /** Counts a request that failed, and returns how many did. */
    long countFailure() {
        return failures.incrementAndGet();
    }

    /** The connections now. */
    int connections() {
        return connections.get();
    }

    Routes routes() {
        return routes;
    }

    Guard guard() {
        return guard;
    }

    Bounds bounds() {
        return bounds;
    }

    ExecutorService work() {
        return work;
    }

    @Override
    public void close() {
        work.shutdown();
        sockets.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private final class Arrivals extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel channel) {
            if (connections.incrementAndGet() > bounds.connections()) {
                connections.decrementAndGet();
                ChannelFuture unused = channel.close();
                return;
            }
            channel.closeFuture().addListener(closed -> connections.decrementAndGet());
            ChannelPipeline pipeline = channel.pipeline();
            if (tls != null) {
                pipeline.addLast(tls.newHandler(channel.alloc()));
            }
            pipeline.addLast(
                    new HttpServerCodec(MAX_LINE, MAX_HEADERS, MAX_HEADERS),
                    new WholeRequests(),
                    new Exchange(HttpPort.this));
        }
    }

    /** Refuses a body that is too large, in the words of all other refusals. */
    private static final class WholeRequests extends HttpObjectAggregator {
        private WholeRequests() {
            super(MAX_BODY, true);
        }

        @Override
        protected void handleOversizedMessage(ChannelHandlerContext ctx, HttpMessage oversized) {
            Reply reply = Reply.problem(
                    HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "the body is larger than " + MAX_BODY + " bytes");
            ctx.writeAndFlush(Exchange.whole(reply, false)).addListener(written -> Exchange.finish(ctx.channel()));
        }
    }
}
