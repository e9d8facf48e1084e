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
import dev.heartbeat.internal.frame.Register;
import dev.heartbeat.internal.queue.Batch;
import dev.heartbeat.internal.queue.CallbackOrder;
import dev.heartbeat.internal.queue.CallbackThreads;
import dev.heartbeat.internal.queue.Mailbox;
import dev.heartbeat.internal.queue.SerialExecutor;
import dev.heartbeat.internal.queue.Tracing;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A node that a {@link Client} speaks for. Its identity, its {@link AttachedMail} and its serial
 * executor live through all connections; its {@link Gateway} is that of the current one.
 *
 * <p>Any thread notes what the application asks for. One command at a time brings it to the loop,
 * which looks at all of it ({@link #run}). Everything else runs on the loop.
 */
final class Attached implements AttachedNode, ChannelOwner, CallbackOrder, SerialExecutor.Owner, Runnable {
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
    /** Null where its gateway's grant is to do. */
    private final @Nullable ClientCredentials credentials;

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
    private volatile @Nullable AttachedMail mail;

    private int queuedErrors;

    // ---- what the loop makes of it

    private volatile AttachedNodeState state = AttachedNodeState.WAITING;
    private volatile long epoch;
    private long attempts;
    private boolean forgetEpoch;
    private @Nullable Gateway gateway;
    private int handle;
    private @Nullable Renewal renewal;
    /** Not to be registered sooner. */
    private long notBeforeNs;

    private final WaitingChannels waitingChannels = new WaitingChannels();

    Attached(
            Client client,
            String id,
            Map<String, String> metadata,
            @Nullable ClientCredentials credentials,
            AttachedNodeListener listener,
            long incarnation) {
        this.credentials = credentials;
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
    public List<SendResult> sendAll(List<ByteBuffer> messages) {
        Objects.requireNonNull(messages, "messages");
        return mailbox().sendAll(null, Batch.of(messages));
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
    public List<SendResult> sendAll(String toNodeId, List<ByteBuffer> messages) {
        Objects.requireNonNull(toNodeId, "toNodeId");
        Objects.requireNonNull(messages, "messages");
        ClientIdentity.requireNodeId(toNodeId);
        return mailbox().sendAll(toNodeId, Batch.of(messages));
    }

    @Override
    public CompletableFuture<ByteBuffer> request(String toNodeId, ByteBuffer message, Duration timeout) {
        Objects.requireNonNull(toNodeId, "toNodeId");
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(timeout, "timeout");
        ClientIdentity.requireNodeId(toNodeId);
        return mailbox().request(toNodeId, message, timeout);
    }

    private Mailbox mailbox() {
        return ensureMail().mailbox();
    }

    synchronized AttachedMail ensureMail() {
        AttachedMail made = mail;
        if (made == null) {
            made = new AttachedMail(this, client, listener);
            mail = made;
            if (detaching || state == AttachedNodeState.ENDED || client.isClosing()) {
                made.mailbox().refuseMore(); // Between the look and now.
            }
        }
        return made;
    }

    /** Null before the first message. */
    @Nullable
    AttachedMail mail() {
        return mail;
    }

    boolean awaitsReplies() {
        AttachedMail made = mail;
        return made != null && made.mailbox().awaitsReplies();
    }

    /** Messages that were accepted may still be sent. */
    synchronized void refuseMore() {
        AttachedMail made = mail;
        if (made != null) {
            made.mailbox().refuseMore();
        }
    }

    /** A message was accepted. */
    void messagesWait() {
        if (!command()) {
            closeMail();
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
    public @Nullable Tracing tracing() {
        return client.events.tracing();
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

    /** Whether it waits there to be registered. */
    boolean isWaitingAt(Gateway place) {
        return gateway == place && handle == 0 && !isEnded();
    }

    /** Those of its own; null if it has none. */
    @Nullable
    ClientCredentials credentials() {
        return credentials;
    }

    /** Null unless it is registered by a credential that expires. */
    @Nullable
    Renewal renewal() {
        return renewal;
    }

    void renewBy(@Nullable Renewal newRenewal) {
        renewal = newRenewal;
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
                credentials == null ? null : credentials.current(),
                forgetEpoch ? 0 : epoch);
    }

    void registered(long newEpoch, int maxMessageBytes) {
        epoch = newEpoch;
        forgetEpoch = false;
        state = AttachedNodeState.REGISTERED;
        AttachedMail made = mail;
        if (made != null) {
            made.mailbox().limitMessages(maxMessageBytes);
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
        if (renewal != null) {
            renewal.stop();
            renewal = null;
        }
        AttachedMail made = mail;
        if (made != null) {
            made.losePlace();
        }
        if (state == AttachedNodeState.REGISTERED) {
            state = AttachedNodeState.WAITING;
        }
    }

    /** The connection is gone. */
    void lost(CloseReason reason) {
        losePlace();
        AttachedMail made = mail;
        if (made != null) {
            made.dequeued();
        }
        if (detaching) {
            end(reason);
        }
    }

    void end(CloseReason reason) {
        if (state == AttachedNodeState.ENDED) {
            return;
        }
        losePlace();
        closeMail();
        openWaiting(); // Which cannot be done any more.
        client.forget(this);
        call(() -> listener.onEnded(reason));
        call(() -> detached.complete(null));
    }

    private void closeMail() {
        AttachedMail made;
        synchronized (this) {
            state = AttachedNodeState.ENDED;
            made = mail;
        }
        if (made != null) {
            made.mailbox().close(Reason.CLOSED, "node " + id + " has ended", () -> {});
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

    /** Where it is registered; null while it is not. */
    @Nullable
    Gateway registeredAt() {
        return state == AttachedNodeState.REGISTERED ? gateway : null;
    }

    int handle() {
        return handle;
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
