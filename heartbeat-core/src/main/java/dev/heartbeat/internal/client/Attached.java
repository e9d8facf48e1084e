package dev.heartbeat.internal.client;

import dev.heartbeat.AttachedNode;
import dev.heartbeat.AttachedNodeListener;
import dev.heartbeat.AttachedNodeState;
import dev.heartbeat.Channel;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.ClientOptions;
import dev.heartbeat.CloseReason;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.Node;
import dev.heartbeat.SendResult;
import dev.heartbeat.UndeliveredException.Reason;
import dev.heartbeat.internal.channel.ChannelCounts;
import dev.heartbeat.internal.channel.ChannelEnd;
import dev.heartbeat.internal.channel.ChannelOwner;
import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.frame.Register;
import dev.heartbeat.internal.mux.Sender;
import dev.heartbeat.internal.queue.CallbackThreads;
import dev.heartbeat.internal.queue.IncomingMessage;
import dev.heartbeat.internal.queue.Mailbox;
import dev.heartbeat.internal.queue.MessageList;
import dev.heartbeat.internal.queue.OutgoingMessage;
import dev.heartbeat.internal.queue.SerialExecutor;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A node that a {@link Client} speaks for. Its identity, its outbox and its serial executor live
 * through all connections; its {@link Gateway} is that of the current one.
 *
 * <p>Any thread notes what the application asks for. One command at a time brings it to the loop,
 * which looks at all of it ({@link #run}). Everything else runs on the loop.
 */
final class Attached implements AttachedNode, ChannelOwner, Sender, Mailbox.Owner, SerialExecutor.Owner, Runnable {
    private static final int MAX_QUEUED_ERRORS = 16;
    private static final VarHandle COMMANDED;

    static {
        try {
            COMMANDED = MethodHandles.lookup().findVarHandle(Attached.class, "commanded", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Client client;
    private final String id;
    private final AttachedNodeListener listener;
    private final long incarnation;
    private final SerialExecutor executor = new SerialExecutor(this);
    private final CompletableFuture<Void> detached;

    // ---- what the application asks for, from any thread

    /** Whether a look at it is under way. */
    @SuppressWarnings("unused") // Through COMMANDED.
    private volatile boolean commanded;

    private volatile Map<String, String> metadata;
    private volatile boolean metadataChanged;
    private volatile boolean vouched = true;
    private volatile boolean detaching;
    /** Made with the first message. */
    private volatile @Nullable Mailbox mailbox;

    private int queuedErrors;

    // ---- what the loop makes of it

    private volatile AttachedNodeState state = AttachedNodeState.WAITING;
    private volatile long epoch;
    private long attempts;
    private boolean forgetEpoch;
    private @Nullable Gateway gateway;
    private int handle;
    private boolean held;
    private boolean joined;
    /** Not to be registered sooner. */
    private long notBeforeNs;

    private final WaitingChannels waitingChannels = new WaitingChannels();

    Attached(Client client, String id, Map<String, String> metadata, AttachedNodeListener listener, long incarnation) {
        this.client = client;
        this.id = id;
        this.metadata = metadata;
        this.listener = listener;
        this.incarnation = incarnation;
        this.detached = CallbackThreads.newFuture(this);
    }

    // ---- from any thread

    @Override
    public String id() {
        return id;
    }

    @Override
    public AttachedNodeState state() {
        return state;
    }

    @Override
    public long epoch() {
        return epoch;
    }

    @Override
    public SendResult trySend(ByteBuffer message) {
        Objects.requireNonNull(message, "message");
        return mailbox().trySend(message);
    }

    @Override
    public CompletableFuture<Void> send(ByteBuffer message) {
        Objects.requireNonNull(message, "message");
        return mailbox().send(message);
    }

    @Override
    public CompletableFuture<ByteBuffer> request(ByteBuffer message, Duration timeout) {
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(timeout, "timeout");
        return mailbox().request(null, message, timeout);
    }

    @Override
    public SendResult trySend(String toNodeId, ByteBuffer message) {
        Objects.requireNonNull(toNodeId, "toNodeId");
        Objects.requireNonNull(message, "message");
        ClientIdentity.requireNodeId(toNodeId);
        return mailbox().trySend(toNodeId, message);
    }

    @Override
    public CompletableFuture<ByteBuffer> request(String toNodeId, ByteBuffer message, Duration timeout) {
        Objects.requireNonNull(toNodeId, "toNodeId");
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(timeout, "timeout");
        ClientIdentity.requireNodeId(toNodeId);
        return mailbox().request(toNodeId, message, timeout);
    }

    private synchronized Mailbox mailbox() {
        Mailbox made = mailbox;
        if (made == null) {
            made = client.newMailbox(this);
            mailbox = made;
            if (detaching || state == AttachedNodeState.ENDED || client.isClosing()) {
                made.refuseMore(); // Between the look and now.
            }
        }
        return made;
    }

    boolean awaitsReplies() {
        Mailbox made = mailbox;
        return made != null && made.awaitsReplies();
    }

    /** Messages that were accepted may still be sent. */
    synchronized void refuseMore() {
        Mailbox waiting = mailbox;
        if (waiting != null) {
            waiting.refuseMore();
        }
    }

    @Override
    public void wake() {
        if (!command()) {
            closeMailbox();
        }
    }

    @Override
    public Channel openChannel(String name, ChannelOptions options, ChannelListener channelListener) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(channelListener, "listener");
        ChannelEnd end = client.channels.newEnd(this, name, options, channelListener);
        if (!client.onLoop(() -> open(end))) {
            end.cannotOpen("the client's transport is closed");
        }
        return end;
    }

    @Override
    public void updateMetadata(Map<String, String> newMetadata) {
        Objects.requireNonNull(newMetadata, "metadata");
        Map<String, String> copy = ClientIdentity.checked(newMetadata);
        metadata = copy;
        metadataChanged = true;
        boolean unused = command();
    }

    @Override
    public void reportAlive(boolean alive) {
        vouched = alive;
        boolean unused = command();
    }

    @Override
    public CompletableFuture<Void> detachAsync() {
        detaching = true;
        refuseMore();
        boolean unused = command();
        return detached.copy();
    }

    /** Has the loop look at what was asked for; false if that has ended. */
    private boolean command() {
        if (COMMANDED.compareAndSet(this, false, true) && !client.onLoop(this)) {
            detached.complete(null); // Nobody is left to notify.
            return false;
        }
        return true;
    }

    // ---- on the loop: channels

    private void open(ChannelEnd end) {
        boolean leaving = detaching || client.isLeaving();
        if (state == AttachedNodeState.REGISTERED && !leaving) {
            place().session().open(end, handle);
        } else if (leaving || state == AttachedNodeState.ENDED || !waitingChannels.add(end)) {
            end.cannotOpen("node " + id + " is not registered");
        }
    }

    private void openWaiting() {
        waitingChannels.removeAll().forEach(this::open);
    }

    @Override
    public String nodeId() {
        return id;
    }

    @Override
    public @Nullable Node node() {
        return null;
    }

    @Override
    public void requireMayWait(String call) {
        client.requireMayWait(call);
    }

    @Override
    public ChannelCounts counts() {
        return client.channels.counts();
    }

    @Override
    public void onMessageIn() {
        client.channels.onMessageIn();
    }

    @Override
    public void onFailure(String of, Throwable failure) {
        client.channels.onFailure(of, failure);
    }

    // ---- on the loop: registration

    /** Brings to the server what the application has asked for since the last look. */
    @Override
    public void run() {
        commanded = false;
        if (state == AttachedNodeState.ENDED) {
            return;
        }
        if (state == AttachedNodeState.REGISTERED) {
            place().changed(this);
        } else if (handle != 0) {
            return; // The answer to its registration is awaited, and this is looked at again then.
        } else if (detaching) {
            end(CloseReason.UNREGISTERED);
        } else if (vouched && gateway == null) {
            client.register(this);
        }
    }

    boolean isVouched() {
        return vouched;
    }

    boolean isDetaching() {
        return detaching;
    }

    boolean isEnded() {
        return state == AttachedNodeState.ENDED;
    }

    boolean isRegistered() {
        return state == AttachedNodeState.REGISTERED;
    }

    /** It waits for its turn to be registered. */
    void waitsAt(Gateway newPlace) {
        gateway = newPlace;
    }

    /** It is about to be registered by this handle. */
    Register registration(int newHandle) {
        handle = newHandle;
        attempts++;
        metadataChanged = false; // Before it is read: what comes later is an update.
        ClientOptions options = client.options;
        return new Register(
                incarnation,
                attempts,
                options.windowBytes(),
                options.windowBytes(),
                id,
                metadata,
                0,
                null,
                forgetEpoch ? 0 : epoch);
    }

    void registered(long newEpoch, int maxMessageBytes) {
        epoch = newEpoch;
        forgetEpoch = false;
        state = AttachedNodeState.REGISTERED;
        Mailbox waiting = mailbox;
        if (waiting != null) {
            waiting.limitMessages(maxMessageBytes);
        }
        call(() -> listener.onRegistered(newEpoch));
        openWaiting();
        run();
    }

    void refused(HeartbeatException error) {
        if (mayQueueError()) {
            call(() -> {
                errorDelivered();
                listener.onRefused(error);
            });
        }
    }

    private synchronized boolean mayQueueError() {
        return queuedErrors < MAX_QUEUED_ERRORS && queuedErrors++ >= 0;
    }

    private synchronized void errorDelivered() {
        queuedErrors--;
    }

    void forgetEpoch() {
        forgetEpoch = true;
    }

    /** It has no place on a connection any more. */
    void losePlace() {
        gateway = null;
        handle = 0;
        held = false;
        if (state == AttachedNodeState.REGISTERED) {
            state = AttachedNodeState.WAITING;
        }
    }

    /** The connection is gone. */
    void lost(CloseReason reason) {
        losePlace();
        joined = false;
        if (detaching) {
            end(reason);
        }
    }

    void end(CloseReason reason) {
        if (state == AttachedNodeState.ENDED) {
            return;
        }
        losePlace();
        closeMailbox();
        openWaiting(); // Which cannot be done any more.
        client.forget(this);
        call(() -> listener.onEnded(reason));
        call(() -> detached.complete(null));
    }

    private void closeMailbox() {
        Mailbox waiting;
        synchronized (this) {
            state = AttachedNodeState.ENDED;
            waiting = mailbox;
        }
        if (waiting != null) {
            waiting.close(Reason.CLOSED, "node " + id + " has ended", () -> {});
        }
    }

    /** Completes when its listener has heard of its end. */
    CompletableFuture<Void> ended() {
        return detached;
    }

    long notBeforeNs() {
        return notBeforeNs;
    }

    void notBefore(long nowNs) {
        notBeforeNs = nowNs;
    }

    /** The metadata, if they are to be sent. */
    @Nullable
    Map<String, String> takeUpdate() {
        if (!metadataChanged) {
            return null;
        }
        metadataChanged = false;
        return metadata;
    }

    boolean hasUpdate() {
        return metadataChanged;
    }

    private Gateway place() {
        return Objects.requireNonNull(gateway);
    }

    // ---- on the loop: messages

    void deliver(IncomingMessage message) {
        switch (message.envelope().kind()) {
            case MESSAGE -> mailbox().deliver(message, this::handOver);
            case REQUEST -> mailbox().ask(message, listener::onRequest);
            case REPLY, FAILURE -> mailbox().answered(message);
        }
    }

    void cancelled(Envelope request) {
        Mailbox asked = mailbox;
        if (asked != null) {
            asked.cancelled(request);
        }
    }

    private void handOver(IncomingMessage message) {
        String source = message.envelope().source();
        if (source == null) {
            listener.onMessage(message.content());
        } else {
            listener.onNodeMessage(source, message.content());
        }
    }

    /** From now on the outbox obeys this session, until it is sealed or held by the next. */
    void holdBy(ClientSession session) {
        Mailbox waiting = mailbox;
        if (!held && waiting != null) {
            held = true;
            waiting.holdBy(session);
        }
    }

    /** It takes what waits now; what comes from now on waits for the next connection. */
    void seal() {
        Mailbox waiting = mailbox;
        if (held && waiting != null) {
            waiting.seal();
        }
    }

    @Override
    public int handle() {
        return handle;
    }

    @Override
    public boolean join() {
        boolean first = !joined;
        joined = true;
        return first;
    }

    @Override
    public void dequeued() {
        joined = false;
    }

    @Override
    public void poll(MessageList to, long room) {
        Mailbox waiting = mailbox;
        Gateway at = gateway;
        if (at == null || state != AttachedNodeState.REGISTERED) {
            return; // Without a handle its messages would be taken for the gateway's own.
        }
        int polled = waiting == null ? 0 : waiting.poll(at.session(), handle, room, to);
        if (polled == 0 && detaching && state == AttachedNodeState.REGISTERED) {
            at.unregister(this); // Whatever was accepted for it has been written before.
        }
    }

    @Override
    public boolean hasMore() {
        return detaching || hasMessages();
    }

    boolean hasMessages() {
        Mailbox waiting = mailbox;
        return held && waiting != null && waiting.hasMore();
    }

    @Override
    public void onSent(OutgoingMessage message) {
        mailbox().onSent(message);
    }

    @Override
    public void undelivered(OutgoingMessage message, Reason reason) {
        mailbox().undelivered(message, reason);
    }

    @Override
    public void onUndelivered(OutgoingMessage message, Reason reason) {
        listener.onUndelivered(message.content(), reason);
    }

    @Override
    public void onWritable() {
        listener.onWritable();
    }

    @Override
    public void cancel(Envelope request) {
        boolean unused = client.onLoop(() -> {
            Gateway at = gateway;
            if (at != null && state == AttachedNodeState.REGISTERED) {
                at.session().cancelRequest(handle, request);
            }
        });
    }

    @Override
    public void countUndelivered(Reason reason) {
        client.counts.undelivered(reason);
    }

    @Override
    public void countUnmatchedReply() {
        counts().unmatchedReply();
    }

    // ---- the executor

    @Override
    public void call(Runnable callback) {
        executor.add(callback);
    }

    @Override
    public SerialExecutor.Owner executorOwner() {
        return this;
    }

    @Override
    public CallbackThreads callbackThreads() {
        return client.events.callbackThreads();
    }

    @Override
    public Executor workers() {
        return callbackThreads().workers();
    }

    @Override
    public void onFailure(Throwable failure) {
        client.counts.callbackFailed(id, failure);
    }

    @Override
    public void onIdle() {
        // It is kept by whoever attached it.
    }

    @Override
    public String toString() {
        return "node " + id;
    }
}
