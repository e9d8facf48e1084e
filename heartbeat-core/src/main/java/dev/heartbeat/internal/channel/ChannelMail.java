package dev.heartbeat.internal.channel;

import dev.heartbeat.ChannelOptions;
import dev.heartbeat.QueueOverflow;
import dev.heartbeat.UndeliveredException.Reason;
import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.loop.Loop;
import dev.heartbeat.internal.mux.Sender;
import dev.heartbeat.internal.queue.CallbackThreads;
import dev.heartbeat.internal.queue.Mailbox;
import dev.heartbeat.internal.queue.MessageList;
import dev.heartbeat.internal.queue.Outbox;
import dev.heartbeat.internal.queue.OutgoingMessage;
import dev.heartbeat.internal.queue.SerialExecutor;
import dev.heartbeat.internal.queue.Traces;
import dev.heartbeat.internal.queue.Tracing;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a channel's end: its queue outwards, and its requests. The application's calls
 * come on any thread and reach the loop as a command; a {@link Sender} is called there.
 */
final class ChannelMail implements Mailbox.Owner, Sender, Runnable {
    private static final VarHandle JOINED;

    static {
        try {
            JOINED = MethodHandles.lookup().findVarHandle(ChannelMail.class, "joined", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final ChannelEnd end;
    private final ChannelOwner home;
    private final Loop loop;
    private final ChannelCallbacks callbacks;
    private final Mailbox mailbox;

    /**
     * Whether it has a turn coming, or the command for one is under way; set by any thread, cleared
     * by the loop.
     */
    @SuppressWarnings("unused") // Through JOINED.
    private volatile boolean joined;

    ChannelMail(
            ChannelEnd end,
            ChannelOwner home,
            Loop loop,
            ChannelOptions options,
            int maxMessageBytes,
            ChannelCallbacks callbacks) {
        this.end = end;
        this.home = home;
        this.loop = loop;
        this.callbacks = callbacks;
        mailbox = new Mailbox(
                this,
                loop,
                new Outbox(options.queueMessages(), options.queueBytes(), maxMessageBytes),
                options.overflow() == QueueOverflow.DROP_OLDEST ? home.counts()::dropped : null,
                options.queueMessages());
    }

    Mailbox mailbox() {
        return mailbox;
    }

    // ---- from any thread

    @Override
    public void wake() {
        if (join()) {
            loop.execute(this);
        }
    }

    @Override
    public void cancel(Envelope request) {
        loop.execute(() -> end.cancelRequest(request));
    }

    // ---- on the loop

    /** There are messages. */
    @Override
    public void run() {
        if (!end.offer(this)) {
            dequeued(); // They are seen to when it is open.
        }
    }

    /** The channel is open: what waits may go. */
    void opens() {
        mailbox.holdBy(this);
    }

    /** Says whether there is something to send that nobody sees to. */
    boolean wantsTurn() {
        return hasMore() && join();
    }

    @Override
    public int handle() {
        return 0;
    }

    @Override
    public boolean join() {
        return JOINED.compareAndSet(this, false, true);
    }

    @Override
    public void dequeued() {
        JOINED.setVolatile(this, false);
    }

    @Override
    public void poll(MessageList to, long room) {
        mailbox.poll(this, 0, room, to);
    }

    @Override
    public boolean hasMore() {
        return mailbox.hasMore();
    }

    @Override
    public void onSent(OutgoingMessage message) {
        mailbox.onSent(message);
    }

    @Override
    public void undelivered(OutgoingMessage message, Reason reason) {
        mailbox.undelivered(message, reason);
    }

    // ---- what its sender hears, in order

    @Override
    public void onUndelivered(OutgoingMessage message, Reason reason) {
        end.listener().onUndelivered(end, message.content(), reason);
    }

    @Override
    public void onWritable() {
        end.listener().onWritable(end);
    }

    @Override
    public void countUndelivered(Reason reason) {
        home.counts().undelivered(reason);
    }

    @Override
    public void countUnmatchedReply() {
        home.counts().unmatchedReply();
    }

    @Override
    public @Nullable Traces traces() {
        return Tracing.of(home.tracing(), home.nodeId(), end.name());
    }

    @Override
    public void call(Runnable callback) {
        callbacks.call(callback);
    }

    @Override
    public void complete(Runnable completion) {
        callbacks.complete(completion);
    }

    @Override
    public SerialExecutor.Owner executorOwner() {
        return callbacks;
    }

    @Override
    public CallbackThreads callbackThreads() {
        return callbacks.callbackThreads();
    }
}
