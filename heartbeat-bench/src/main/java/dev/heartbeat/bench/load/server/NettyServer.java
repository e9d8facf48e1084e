package dev.heartbeat.bench.load.server;

import dev.heartbeat.bench.wire.Frames;
import dev.heartbeat.tls.BenchmarkKeys;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The server that somebody writes today who needs no more than to know who is alive: Netty, a
 * decoder by length, an {@link IdleStateHandler}, and a map of nodes with the time each was last
 * heard. The frames are those of Heartbeat. With TLS, an {@link SslHandler} is before all of it.
 */
final class NettyServer implements LoadedServer {
    private static final int BACKLOG = 4096;
    private static final int REGISTERED_BYTES = Long.BYTES + 7 * Integer.BYTES + 2 * Long.BYTES;
    private static final int MAX_MESSAGE_BYTES = 10 << 20;
    private static final long CREDIT = 64 * 1024;

    private final Map<String, Entry> nodes = new ConcurrentHashMap<>();
    private final LongAdder suspect = new LongAdder();
    private final LongAdder offline = new LongAdder();
    private final Terms terms;
    private final Channel listener;

    NettyServer(Terms terms, Endpoint endpoint) throws IOException {
        this.terms = terms;
        SslContext tls = endpoint.isTls() ? tls(endpoint.engine()) : null;
        boolean epoll = Epoll.isAvailable();
        IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        Class<? extends ServerChannel> kind = epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, io);
        listener = new ServerBootstrap()
                .group(loops)
                .channel(kind)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (tls != null) {
                            channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                        }
                        channel.pipeline()
                                .addLast(new LengthFieldBasedFrameDecoder(
                                        Frames.HEADER_BYTES + Frames.MAX_PAYLOAD_BYTES,
                                        Frames.LENGTH_AT,
                                        Integer.BYTES))
                                .addLast(new IdleStateHandler(terms.timeout().toMillis(), 0, 0, TimeUnit.MILLISECONDS))
                                .addLast(new Node());
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .syncUninterruptibly()
                .channel();
    }

    private static SslContext tls(String engine) throws IOException {
        SslProvider provider = engine.equals("openssl") ? SslProvider.OPENSSL : SslProvider.JDK;
        SslContext tls = SslContextBuilder.forServer(BenchmarkKeys.factory())
                .sslProvider(provider)
                .protocols("TLSv1.3", "TLSv1.2")
                .build();
        if (tls.sessionContext() instanceof OpenSslSessionContext sessions) {
            // Without keys OpenSSL gives no tickets.
            byte[] key = new byte[OpenSslSessionTicketKey.TICKET_KEY_SIZE];
            new SecureRandom().nextBytes(key);
            sessions.setTicketKeys(new OpenSslSessionTicketKey(
                    Arrays.copyOfRange(key, 0, 16), Arrays.copyOfRange(key, 16, 32), Arrays.copyOfRange(key, 32, 48)));
        }
        return tls;
    }

    @Override
    public int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /** It makes no difference between who is suspected and who is gone. */
    @Override
    public long suspect() {
        return suspect.sum();
    }

    @Override
    public long offline() {
        return offline.sum();
    }

    /** The state that is known of a node. */
    private static final class Entry {
        final Channel channel;
        volatile long heardAt;

        Entry(Channel channel) {
            this.channel = channel;
            heardAt = System.nanoTime();
        }

        boolean isSilentFor(Duration time) {
            return System.nanoTime() - heardAt >= time.toNanos();
        }
    }

    /** One connection. The end of a write says what became of it. */
    @SuppressWarnings("FutureReturnValueIgnored")
    private final class Node extends ChannelInboundHandlerAdapter {
        private @Nullable String id;
        private @Nullable Entry entry;
        private int heartbeatsToAnswer = terms.answerEvery();

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf frame = (ByteBuf) message;
            try {
                take(context, frame);
            } finally {
                frame.release();
            }
        }

        private void take(ChannelHandlerContext context, ByteBuf frame) {
            int type = frame.getUnsignedByte(frame.readerIndex() + 2);
            if (type == Frames.HEARTBEAT_REQ && entry != null) {
                entry.heardAt = System.nanoTime();
                if (--heartbeatsToAnswer == 0) {
                    heartbeatsToAnswer = terms.answerEvery();
                    context.write(answer(context, frame), context.voidPromise());
                }
            } else if (type == Frames.REGISTER) {
                register(context, frame);
            } else {
                context.close();
            }
        }

        private ByteBuf answer(ChannelHandlerContext context, ByteBuf request) {
            long timestamp = request.getLong(request.readerIndex() + Frames.HEADER_BYTES);
            return context.alloc()
                    .ioBuffer(Frames.BEAT_BYTES)
                    .writeLong(Frames.head(Frames.HEARTBEAT_RES))
                    .writeInt(Frames.BEAT_BYTES - Frames.HEADER_BYTES)
                    .writeLong(timestamp)
                    .writeLong(0);
        }

        private void register(ChannelHandlerContext context, ByteBuf frame) {
            frame.skipBytes(Frames.HEADER_BYTES + Frames.ID_LENGTH_AT);
            id = frame.readCharSequence(frame.readUnsignedByte(), StandardCharsets.US_ASCII)
                    .toString();
            entry = new Entry(context.channel());
            Entry before = nodes.put(id, entry);
            if (before != null) {
                before.channel.close();
            }
            context.write(registered(context), context.voidPromise());
        }

        private ByteBuf registered(ChannelHandlerContext context) {
            return context.alloc()
                    .ioBuffer(Frames.HEADER_BYTES + REGISTERED_BYTES)
                    .writeLong(Frames.head(Frames.REGISTERED))
                    .writeInt(REGISTERED_BYTES)
                    .writeLong(1)
                    .writeInt((int) terms.interval().toMillis())
                    .writeInt((int) terms.suspectAfter().toMillis())
                    .writeInt((int) terms.timeout().toMillis())
                    .writeInt((int) terms.grace().toMillis())
                    .writeInt(MAX_MESSAGE_BYTES)
                    .writeLong(0)
                    .writeLong(CREDIT)
                    .writeLong(CREDIT);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            // Bytes that are no whole frame are no sign of life.
            if (event instanceof IdleStateEvent && (entry == null || entry.isSilentFor(terms.timeout()))) {
                suspect.increment();
                offline.increment();
                context.close();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (id != null && entry != null) {
                nodes.remove(id, entry);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close(); // The load resets its connections.
        }
    }
}
