package dev.heartbeat.admin.internal.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heartbeat.internal.log.LogEvent;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the requests of one connection, one after the other: the next is read when the answer to
 * the last is written. A client that takes too long for either is disconnected.
 */
final class Exchange extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);
    private static final LogEvent FAILED = LogEvent.warn(
            Exchange.class,
            "heartbeat.admin.request_failed",
            "an HTTP request failed; the client gets status 500; {failures} failed so far");

    private final HttpPort port;

    /** Requests that came with the one being answered. At most one read of the socket holds them. */
    private final ArrayDeque<FullHttpRequest> waiting = new ArrayDeque<>();

    private boolean isBusy;
    private @Nullable Future<?> deadline;

    Exchange(HttpPort port) {
        this.port = port;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        next(ctx);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        cancelDeadline();
        waiting.forEach(FullHttpRequest::release);
        waiting.clear();
    }

    private void next(ChannelHandlerContext ctx) {
        isBusy = false;
        FullHttpRequest asked = waiting.poll();
        if (asked != null) {
            handle(ctx, asked);
        } else if (ctx.channel().isActive()) {
            setDeadline(ctx);
            ctx.read();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        FullHttpRequest asked = (FullHttpRequest) message;
        if (ctx.channel().config().isAutoRead()) {
            asked.release(); // Nothing can follow the last answer, or one that has no end.
        } else if (isBusy) {
            waiting.add(asked);
        } else {
            handle(ctx, asked);
        }
    }

    private void handle(ChannelHandlerContext ctx, FullHttpRequest asked) {
        try {
            isBusy = true;
            cancelDeadline();
            answer(ctx, asked);
        } finally {
            asked.release();
        }
    }

    /** Within it the client has sent a request, or taken an answer. */
    private void setDeadline(ChannelHandlerContext ctx) {
        cancelDeadline();
        deadline = ctx.executor()
                .schedule(() -> close(ctx), port.bounds().patience().toMillis(), TimeUnit.MILLISECONDS);
    }

    private void cancelDeadline() {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    private void answer(ChannelHandlerContext ctx, FullHttpRequest asked) {
        boolean keepsAlive =
                HttpUtil.isKeepAlive(asked) && asked.decoderResult().isSuccess();
        boolean isHead = asked.method().equals(HttpMethod.HEAD);
        Routes.Match match;
        try {
            requireDecoded(asked);
            boolean isTls = ctx.pipeline().get(SslHandler.class) != null;
            port.guard().requireOwnSite(asked.method(), asked.headers(), isTls);
            match = port.routes()
                    .find(
                            asked.method(),
                            asked.uri(),
                            asked.headers().get(HttpHeaderNames.ACCEPT, ""),
                            asked.content().toString(UTF_8));
            if (!match.route().isOpen()) {
                port.guard().requireToken(asked.headers());
            }
        } catch (Problem e) {
            write(ctx, Reply.problem(e.status(), e.text()), isHead, keepsAlive);
            return;
        } catch (RuntimeException e) { // Of the application, which gives the token.
            write(ctx, failed(e), isHead, false);
            return;
        }
        if (match.route().isQuick()) {
            write(ctx, answer(match), isHead, keepsAlive);
            return;
        }
        try {
            port.work().execute(() -> {
                Reply reply = answer(match);
                ctx.executor().execute(() -> write(ctx, reply, isHead, keepsAlive));
            });
        } catch (RejectedExecutionException e) {
            write(
                    ctx,
                    Reply.problem(HttpResponseStatus.SERVICE_UNAVAILABLE, "too many requests wait; try again later"),
                    isHead,
                    keepsAlive);
        }
    }

    private static void requireDecoded(FullHttpRequest asked) throws Problem {
        Throwable failure = asked.decoderResult().cause();
        if (failure instanceof TooLongHttpLineException) {
            throw new Problem(HttpResponseStatus.REQUEST_URI_TOO_LONG, "the request line is too long");
        }
        if (failure instanceof TooLongHttpHeaderException) {
            throw new Problem(HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "the headers are too long");
        }
        if (failure != null) {
            throw Problem.badRequest("this is not a request of HTTP 1.1");
        }
    }

    private Reply answer(Routes.Match match) {
        try {
            return match.route().answer().to(match.request());
        } catch (Problem e) {
            return Reply.problem(e.status(), e.text());
        } catch (Throwable e) { // Or the client waits for ever, and keeps its place.
            return failed(e);
        }
    }

    private Reply failed(Throwable e) {
        long failures = port.countFailure();
        if (Long.bitCount(failures) == 1) { // Whoever asks can have it fail at any rate.
            FAILED.logCause(e, failures);
        }
        return Reply.problem(HttpResponseStatus.INTERNAL_SERVER_ERROR, "the request failed; the log says why");
    }

    private void write(ChannelHandlerContext ctx, Reply reply, boolean isHead, boolean keepsAlive) {
        EventStreams streams = reply.streams();
        if (streams != null) {
            stream(ctx, reply, streams, isHead);
            return;
        }
        setDeadline(ctx);
        FullHttpResponse response = whole(reply, isHead);
        HttpUtil.setKeepAlive(response, keepsAlive);
        ctx.writeAndFlush(response).addListener(written -> {
            if (written.isSuccess() && keepsAlive) {
                // Not at once: many that came together would nest.
                ctx.executor().execute(() -> next(ctx));
            } else {
                finish(ctx.channel());
            }
        });
    }

    /** An answer with its length and the headers of all answers. */
    static FullHttpResponse whole(Reply reply, boolean isHead) {
        ByteBuf bytes = Unpooled.copiedBuffer(reply.body(), UTF_8);
        int length = bytes.readableBytes();
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, reply.status(), isHead ? Unpooled.EMPTY_BUFFER : bytes);
        addHeaders(response, reply);
        response.headers().set(HttpHeaderNames.CONTENT_LENGTH, length);
        return response;
    }

    private void stream(ChannelHandlerContext ctx, Reply reply, EventStreams streams, boolean isHead) {
        DefaultHttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, reply.status());
        addHeaders(response, reply);
        response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        ChannelFuture written = ctx.writeAndFlush(response);
        if (isHead) {
            streams.release();
            written.addListener(ChannelFutureListener.CLOSE);
            return;
        }
        written.addListener(head -> {
            if (head.isSuccess()) {
                streams.begin(ctx.channel());
                ctx.channel().config().setAutoRead(true); // Or nobody sees that the client is gone.
            } else {
                streams.release();
                close(ctx);
            }
        });
    }

    /**
     * Ends a connection behind its last answer. What the client still sends is read until it has
     * taken the answer or its time is over: with bytes unread, a close would be a reset, and the
     * answer lost.
     */
    static void finish(Channel channel) {
        ChannelFuture unused;
        if (channel instanceof DuplexChannel duplex && channel.pipeline().get(SslHandler.class) == null) {
            unused = duplex.shutdownOutput();
            channel.config().setAutoRead(true);
        } else {
            unused = channel.close();
        }
    }

    private static void close(ChannelHandlerContext ctx) {
        ChannelFuture unused = ctx.close();
    }

    private static void addHeaders(HttpResponse response, Reply reply) {
        HttpHeaders headers = response.headers();
        headers.set(HttpHeaderNames.CONTENT_TYPE, reply.type());
        headers.set(HttpHeaderNames.CACHE_CONTROL, "no-store");
        headers.set("x-content-type-options", "nosniff");
        headers.set("referrer-policy", "no-referrer");
        headers.set("cross-origin-resource-policy", "same-origin");
        headers.set(
                HttpHeaderNames.CONTENT_SECURITY_POLICY,
                "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self';"
                        + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        if (reply.status().equals(HttpResponseStatus.UNAUTHORIZED)) {
            headers.set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer");
        }
        if (reply.status().equals(HttpResponseStatus.SERVICE_UNAVAILABLE)) {
            headers.set(HttpHeaderNames.RETRY_AFTER, 1);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // A broken connection, or a client without TLS: nothing that this side can mend.
        LOG.debug("HTTP connection of {} failed", ctx.channel().remoteAddress(), cause);
        close(ctx);
    }
}
