package dev.heartbeat.internal.channel;

import dev.heartbeat.Channel;
import dev.heartbeat.ChannelCloseReason;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.ChannelOptions.Delivery;
import dev.heartbeat.ChannelRefusedException;
import dev.heartbeat.ChannelState;
import dev.heartbeat.FailureCode;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.Node;
import dev.heartbeat.SendResult;
import dev.heartbeat.UndeliveredException.Reason;
import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.frame.ErrorCode;
import dev.heartbeat.internal.frame.ProtocolException;
import dev.heartbeat.internal.loop.Durations;
import dev.heartbeat.internal.loop.Loop;
import dev.heartbeat.internal.mux.Endpoint;
import dev.heartbeat.internal.mux.Multiplexer;
import dev.heartbeat.internal.mux.MuxChannel;
import dev.heartbeat.internal.mux.Sender;
import dev.heartbeat.internal.queue.Batch;
import dev.heartbeat.internal.queue.CallbackThreads;
import dev.heartbeat.internal.queue.IncomingMessage;
import dev.heartbeat.internal.queue.Mailbox;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The application's end of a channel: its {@link ChannelMail} and its {@link ChannelCallbacks}, from
 * its offer or opening to its end. The application calls on any thread, and each call reaches the
 * loop as a command. Events of the connection run on the loop, and reach the application through
 * the order.
 */
public final class ChannelEnd implements Channel, Endpoint {
    private static final ChannelListener NOBODY = new ChannelListener() {};

    private final ChannelOwner home;
    private final Loop loop;
    private final String name;
    private final ChannelOptions options;
    private final Acceptors.@Nullable Handler handler;
    private final Runnable onFinished;
    private final ChannelCallbacks callbacks;
    private final ChannelMail mail;
    /** Of {@link #mail}. */
    private final Mailbox mailbox;

    private volatile ChannelListener listener;

    private volatile ChannelState state = ChannelState.OPENING;
    private final CompletableFuture<Channel> opened;
    private final CompletableFuture<ChannelCloseReason> closed;

    private final @Nullable PullQueue pullQueue;

    /** On the loop; null as long as it has none. */
    private @Nullable MuxChannel channel;

    /** An end that was asked for before there was a channel. */
    private boolean ending;

    private ChannelEnd(
            ChannelOwner home,
            Loop loop,
            String name,
            ChannelOptions options,
            int maxMessageBytes,
            ChannelListener listener,
            Acceptors.@Nullable Handler handler,
            Runnable onFinished) {
        this.home = home;
        this.loop = loop;
        this.name = name;
        this.options = options;
        this.listener = listener;
        this.handler = handler;
        this.onFinished = onFinished;
        callbacks = new ChannelCallbacks(home, loop, name, options.delivery() == Delivery.INLINE, handler == null);
        opened = CallbackThreads.newFuture(callbacks);
        closed = CallbackThreads.newFuture(callbacks);
        mail = new ChannelMail(this, home, loop, options, maxMessageBytes, callbacks);
        mailbox = mail.mailbox();
        pullQueue = options.delivery() == Delivery.PULL ? new PullQueue(loop, callbacks) : null;
        home.counts().opened();
    }

    /** The end of a channel that this side opens. */
    public static ChannelEnd opening(
            ChannelOwner home,
            Loop loop,
            String name,
            ChannelOptions options,
            int maxMessageBytes,
            ChannelListener listener) {
        Acceptors.requireName(name);
        return new ChannelEnd(home, loop, name, options, maxMessageBytes, listener, null, () -> {});
    }

    /**
     * The end of a channel that the other side opens.
     *
     * @param onFinished runs when the application has heard of its end
     */
    public static ChannelEnd offered(
            ChannelOwner home,
            Loop loop,
            String name,
            Acceptors.Handler handler,
            int maxMessageBytes,
            Runnable onFinished) {
        return new ChannelEnd(home, loop, name, handler.options(), maxMessageBytes, NOBODY, handler, onFinished);
    }

    // ---- what it is

    @Override
    public String name() {
        return name;
    }

    @Override
    public String nodeId() {
        return home.nodeId();
    }

    @Override
    public @Nullable Node node() {
        return home.node();
    }

    @Override
    public ChannelState state() {
        return state;
    }

    @Override
    public CompletableFuture<Channel> opened() {
        return opened.copy();
    }

    @Override
    public CompletableFuture<ChannelCloseReason> closed() {
        return closed.copy();
    }

    // ---- sending, from any thread

    @Override
    public SendResult trySend(ByteBuffer message) {
        Objects.requireNonNull(message, "message");
        return mailbox.trySend(message);
    }

    @Override
    public List<SendResult> sendAll(List<ByteBuffer> messages) {
        Objects.requireNonNull(messages, "messages");
        return mailbox.sendAll(null, Batch.of(messages));
    }

    @Override
    public CompletableFuture<Void> send(ByteBuffer message) {
        Objects.requireNonNull(message, "message");
        return mailbox.send(message);
    }

    @Override
    public CompletableFuture<ByteBuffer> request(ByteBuffer message, Duration timeout) {
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(timeout, "timeout");
        return mailbox.request(null, message, timeout);
    }

    @Override
    public void end() {
        mailbox.refuseMore();
        loop.execute(() -> {
            ending = true;
            if (channel != null) {
                channel.end();
                pumpSoon();
            }
        });
    }

    @Override
    public void drain() {
        mailbox.refuseMore();
        place().end();
    }

    @Override
    public boolean awaitsReplies() {
        return mailbox.awaitsReplies();
    }

    @Override
    public void reset(String why) {
        Objects.requireNonNull(why, "why");
        loop.execute(() -> {
            if (channel != null) {
                channel.reset(ErrorCode.CHANNEL_CANCELLED, why);
                pumpSoon();
            } else {
                onOver(Ending.RESET, why);
            }
        });
    }

    // ---- receiving by pull, from any thread

    @Override
    public CompletableFuture<ByteBuffer> receiveAsync() {
        return pullQueue().receive(null);
    }

    @Override
    public CompletableFuture<ByteBuffer> receiveAsync(Duration timeout) {
        Durations.requireNotNegative("timeout", timeout);
        return pullQueue().receive(timeout);
    }

    @Override
    public @Nullable ByteBuffer receive(Duration timeout) throws InterruptedException {
        Durations.requireNotNegative("timeout", timeout);
        home.requireMayWait("receive");
        return pullQueue().await(timeout);
    }

    private PullQueue pullQueue() {
        if (pullQueue == null) {
            throw new IllegalStateException(
                    "channel " + name + " delivers by " + options.delivery() + "; receive() is for PULL");
        }
        return pullQueue;
    }

    // ---- its life, on the loop

    /** Opens it on a connection. */
    public void openOn(Multiplexer multiplexer, int handle, int maxMessageBytes) {
        if (state == ChannelState.CLOSED) {
            return; // It was given up before there was a connection.
        }
        mailbox.limitMessages(maxMessageBytes);
        try {
            MuxChannel placed = multiplexer.open(name, options.weight(), handle, this);
            channel = placed;
            if (ending) {
                placed.end();
            }
        } catch (ProtocolException e) {
            onOver(Ending.FAILED, e.text());
        }
    }

    /** There is no connection to open it on, nor will there be. */
    public void cannotOpen(String why) {
        onOver(Ending.CONNECTION_LOST, why);
    }

    @Override
    public void onOffered(MuxChannel offered) {
        channel = offered;
        callbacks.complete(this::decide);
    }

    private void decide() {
        try {
            listener = Objects.requireNonNull(
                    Objects.requireNonNull(handler).acceptor().accept(this),
                    () -> "the acceptor of channel " + name + " returned null, allowed is a listener");
            loop.execute(this::accept);
        } catch (ChannelRefusedException e) {
            refuse(String.valueOf(e.getMessage()));
        } catch (Throwable failure) {
            callbacks.onFailure(failure);
            refuse("the application failed");
        }
    }

    private void accept() {
        callbacks.decided();
        if (state == ChannelState.OPENING) {
            place().accept();
            onOpen();
            pumpSoon();
        }
    }

    private void refuse(String why) {
        loop.execute(() -> {
            place().reset(ErrorCode.CHANNEL_REFUSED, why);
            pumpSoon();
        });
    }

    @Override
    public void onAccepted() {
        onOpen();
        callbacks.call(() -> listener.onOpened(this));
        pumpSoon();
    }

    private void onOpen() {
        state = ChannelState.OPEN;
        mail.opens();
        callbacks.complete(() -> opened.complete(this));
        if (mail.wantsTurn()) {
            place().offer(mail);
        }
    }

    @Override
    public void onEnd() {
        callbacks.call(() -> listener.onEnded(this));
    }

    @Override
    public void onOver(Ending ending, String text) {
        if (state == ChannelState.CLOSED) {
            return;
        }
        state = ChannelState.CLOSED;
        home.counts().closed();
        if (pullQueue != null) {
            pullQueue.close("channel " + name + " is closed: " + reasonOf(ending));
        }
        mailbox.close(Reason.LOST, "the channel is closed", () -> onClosed(reasonOf(ending), text));
    }

    /** Behind everything that was sent, asked and received. */
    private void onClosed(ChannelCloseReason reason, String text) {
        if (pullQueue != null) {
            pullQueue.match();
        }
        opened.completeExceptionally(new HeartbeatException(
                codeOf(reason),
                "channel " + name + " was not opened: " + reason + (text.isEmpty() ? "" : ", " + text)));
        closed.complete(reason);
        callbacks.callLast(() -> listener.onClosed(this, reason, text));
        callbacks.callLast(onFinished);
        // The last calls of an INLINE channel are on their way to its loop by then, which may have
        // ended.
        callbacks.complete(home.counts()::heard);
    }

    private static FailureCode codeOf(ChannelCloseReason reason) {
        return switch (reason) {
            case REFUSED -> FailureCode.CHANNEL_REFUSED;
            case FORBIDDEN -> FailureCode.FORBIDDEN;
            case CONNECTION_LOST -> FailureCode.NOT_CONNECTED;
            case FAILED -> FailureCode.CHANNEL_FAILED;
            case COMPLETED, RESET, RESET_BY_PEER -> FailureCode.CHANNEL_CLOSED;
        };
    }

    private static ChannelCloseReason reasonOf(Ending ending) {
        return ChannelCloseReason.valueOf(ending.name());
    }

    private MuxChannel place() {
        return Objects.requireNonNull(channel);
    }

    private void pumpSoon() {
        if (channel != null) {
            channel.pumpSoon();
        }
    }

    // ---- sending, on the loop

    @Override
    public Sender sender() {
        return mail;
    }

    /** It has messages; returns false where they have to wait until it is open. */
    boolean offer(ChannelMail waiting) {
        if (state != ChannelState.OPEN) {
            return false;
        }
        place().offer(waiting);
        pumpSoon();
        return true;
    }

    /** Nobody waits for the answer to this request any more. */
    void cancelRequest(Envelope request) {
        if (channel != null) {
            channel.cancel(request);
        }
    }

    ChannelListener listener() {
        return listener;
    }

    // ---- receiving, on the loop

    @Override
    public int window() {
        return options.windowBytes();
    }

    @Override
    public int maxWindow() {
        return options.maxWindowBytes();
    }

    @Override
    public boolean isInline() {
        return callbacks.areInline();
    }

    @Override
    public void onView(Envelope envelope, ByteBuffer message) {
        home.onMessageIn();
        switch (envelope.kind()) {
            case MESSAGE -> {
                try {
                    mailbox.deliverNow(envelope, message, view -> listener.onMessage(this, view));
                } catch (Throwable failure) {
                    callbacks.onFailure(failure);
                }
            }
            case REQUEST ->
                callbacks.callNow(
                        () -> mailbox.askNow(envelope, message, request -> listener.onRequest(this, request)));
            case REPLY, FAILURE -> {
                ByteBuffer kept =
                        ByteBuffer.allocate(message.remaining()).put(message).flip();
                mailbox.answered(new Kept(kept, envelope));
            }
        }
    }

    /** A copy that holds nothing of the connection. */
    private static final class Kept extends IncomingMessage {
        Kept(ByteBuffer content, Envelope envelope) {
            super(content, envelope);
        }

        @Override
        public void consumed() {
            // There is nothing to give back.
        }
    }

    @Override
    public void onMessage(int handle, IncomingMessage message) {
        home.onMessageIn();
        switch (message.envelope().kind()) {
            case MESSAGE -> {
                if (pullQueue != null) {
                    pullQueue.add(message);
                } else {
                    mailbox.deliver(message, whole -> listener.onMessage(this, whole.content()));
                }
            }
            case REQUEST -> mailbox.ask(message, request -> listener.onRequest(this, request));
            case REPLY, FAILURE -> mailbox.answered(message);
        }
    }

    @Override
    public void onRequestCancelled(int handle, Envelope request) {
        boolean unused = mailbox.cancelled(request);
    }

    @Override
    public String toString() {
        return callbacks.toString();
    }
}
