package dev.heartbeat.internal.client;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import dev.heartbeat.AttachedNode;
import dev.heartbeat.AttachedNodeListener;
import dev.heartbeat.Channel;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.ClientListener;
import dev.heartbeat.ClientOptions;
import dev.heartbeat.ClientState;
import dev.heartbeat.CloseReason;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.Node;
import dev.heartbeat.Request;
import dev.heartbeat.SendResult;
import dev.heartbeat.UndeliveredException.Reason;
import dev.heartbeat.internal.channel.Acceptors;
import dev.heartbeat.internal.channel.ChannelCounts;
import dev.heartbeat.internal.channel.ChannelEnd;
import dev.heartbeat.internal.channel.ChannelOwner;
import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.frame.GoAway;
import dev.heartbeat.internal.frame.Metadata;
import dev.heartbeat.internal.frame.NodeId;
import dev.heartbeat.internal.frame.Register;
import dev.heartbeat.internal.frame.Registered;
import dev.heartbeat.internal.loop.Backoff;
import dev.heartbeat.internal.loop.Deadline;
import dev.heartbeat.internal.loop.LazyShard;
import dev.heartbeat.internal.loop.Loop;
import dev.heartbeat.internal.loop.Shard;
import dev.heartbeat.internal.mux.InboundBudget;
import dev.heartbeat.internal.queue.CallbackThreads;
import dev.heartbeat.internal.queue.IncomingMessage;
import dev.heartbeat.internal.queue.Mailbox;
import dev.heartbeat.internal.queue.Outbox;
import dev.heartbeat.internal.queue.OutgoingMessage;
import dev.heartbeat.internal.queue.SerialExecutor;
import dev.heartbeat.internal.session.Transports;
import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.Connector;
import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node: opens connections one after the other, each a {@link ClientSession}, until it is
 * closed. Its identity, its outbox and its serial executor live through all of them.
 *
 * <p>It lives on one event loop. {@link #trySend}, {@link #close} and the getters may be called
 * from any thread; everything else runs on the loop.
 */
public final class Client implements Connector, ChannelOwner, Mailbox.Owner, SerialExecutor.Owner {
    private static final Logger LOG = LoggerFactory.getLogger(Client.class);
    private static final long UNKNOWN = -1;
    private static final int MAX_QUEUED_ERRORS = 16;
    /**
     * The longest that closing may wait for callbacks, and the least that they get of it, however
     * long the connection took to end.
     */
    private static final long CLOSE_DEADLINE_NS = SECONDS.toNanos(10);

    private static final long LEAST_FOR_CALLBACKS_NS = SECONDS.toNanos(2);

    final ClientOptions options;
    private volatile Map<String, String> metadata;
    private final AtomicBoolean metadataChanged = new AtomicBoolean();
    private final AttachedNodes attached = new AttachedNodes();

    final Mailbox mailbox;
    final InboundBudget budget;

    private final Transport transport;
    private final boolean ownsTransport;
    private final EventLoop loop;
    private final LazyShard shard;
    private final ClientListener listener;
    private final boolean hearsHeartbeats;
    private final Handlers handlers;
    final Acceptors acceptors;
    private final ChannelCounts channelCounts = new ChannelCounts();
    final ClientCounts counts;
    private final WaitingChannels waitingChannels = new WaitingChannels();

    private final SerialExecutor executor = new SerialExecutor(this);

    private final long incarnation;
    private final Reconnector reconnector;
    private final ClientLog log;
    private @Nullable Throwable lastFailure;
    private long lastEpoch;
    private @Nullable ConnectAttempt connecting;
    private @Nullable ClientSession session;
    private boolean leaving;
    /** Since when. */
    private long leavingSinceNs;
    /** Whether the application has closed it; by any thread. */
    private volatile boolean closing;

    private final UnansweredRegistration unanswered = new UnansweredRegistration(this::onArrivesNoMore);

    private final AtomicBoolean woken = new AtomicBoolean();
    /**
     * An event that a server can cause at any rate must not fill the memory while the listener is
     * slow.
     */
    private final AtomicBoolean heartbeatQueued = new AtomicBoolean();

    private final AtomicInteger queuedErrors = new AtomicInteger();
    private volatile ClientState state = ClientState.CONNECTING;
    private volatile long rttNs = UNKNOWN;
    /** The longest message, as both sides have it. */
    private volatile int messageLimit;

    private final CallbackThreads callbackThreads;
    private final CompletableFuture<ClientListener.Registered> registered;
    private final CompletableFuture<Void> closed;

    /**
     * @param options valid, by {@link #requireValid}
     * @param owned whether the transport is closed with the client
     */
    public Client(
            ClientOptions options,
            List<ClientListener> listeners,
            Handlers handlers,
            Transport transport,
            boolean owned) {
        this.metadata = options.metadata();
        this.options = options;
        log = new ClientLog(options);
        listener = ClientListeners.of(listeners, options.nodeId(), this::callbackFailed);
        hearsHeartbeats = ClientListeners.hearHeartbeats(listeners);
        this.handlers = handlers;
        this.acceptors = handlers.acceptors();
        this.transport = transport;
        this.ownsTransport = owned;
        List<EventLoop> loops = transport.eventLoops();
        RandomGenerator random = transport.environment().random();
        loop = loops.get(random.nextInt(loops.size()));
        shard = new LazyShard(loop);
        long secret = transport.environment().nextSecret();
        incarnation = secret == 0 ? 1 : secret;
        messageLimit = options.maxMessageBytes();
        callbackThreads =
                new CallbackThreads(transport.environment(), transport.eventLoops(), options.callbackExecutor());
        counts = new ClientCounts(channelCounts, callbackThreads);
        registered = CallbackThreads.newFuture(this);
        closed = callbackThreads.newFuture();
        mailbox = newMailbox(this);
        budget = new InboundBudget(options.inboundBudgetBytes());
        reconnector = new Reconnector(
                new Backoff(
                        options.reconnectBase().toNanos(),
                        options.reconnectCap().toNanos(),
                        random),
                options.reconnectResetAfter().toNanos(),
                this::attempt);
        loop.execute(this::attempt);
    }

    /** The application's handlers of what comes. */
    public record Handlers(
            Consumer<ByteBuffer> messages,
            BiConsumer<String, ByteBuffer> nodeMessages,
            Consumer<Request> requests,
            Acceptors acceptors) {}

    /**
     * Judges what the options' own constructor cannot.
     *
     * @throws IllegalArgumentException if the protocol does not allow the node id or the metadata
     */
    public static void requireValid(ClientOptions options) {
        refuse(NodeId.objection(options.nodeId()));
        refuse(Metadata.objection(options.metadata()));
    }

    /** A copy that nobody changes. */
    static Map<String, String> checked(Map<String, String> metadata) {
        // The map that is judged is one that nobody changes any more.
        Map<String, String> copy = new LinkedHashMap<>(metadata);
        refuse(Metadata.objection(copy));
        return Map.copyOf(copy);
    }

    private static void refuse(String objection) {
        if (!objection.isEmpty()) {
            throw new IllegalArgumentException(objection);
        }
    }

    // ---- from any thread

    /** Refuses a call that would wait for itself. */
    @Override
    public void requireMayWait(String call) {
        Transports.requireMayWait(call, transport);
    }

    public ClientState state() {
        return state;
    }

    public @Nullable Duration rtt() {
        long last = rttNs;
        return last == UNKNOWN ? null : Duration.ofNanos(last);
    }

    public ClientCounts statCounts() {
        return counts;
    }

    public CompletableFuture<ClientListener.Registered> registered() {
        return registered.copy();
    }

    public SendResult trySend(ByteBuffer message) {
        return mailbox.trySend(message);
    }

    public CompletableFuture<Void> send(ByteBuffer message) {
        return mailbox.send(message);
    }

    /**
     * @param destination the node that is asked through the server; null for the server itself
     */
    public CompletableFuture<ByteBuffer> request(@Nullable String destination, ByteBuffer message, Duration timeout) {
        checkDestination(destination);
        return mailbox.request(destination, message, timeout);
    }

    /** Offers a message for another node, which the server passes on if it allows that. */
    public SendResult trySend(String destination, ByteBuffer message) {
        checkDestination(destination);
        return mailbox.trySend(destination, message);
    }

    static void checkDestination(@Nullable String nodeId) {
        if (nodeId != null) {
            refuse(NodeId.objection(nodeId));
        }
    }

    /** Opens a channel now, or as soon as it is registered. */
    public Channel openChannel(String name, ChannelOptions channelOptions, ChannelListener channelListener) {
        ChannelEnd end = newEnd(this, name, channelOptions, channelListener);
        if (!onLoop(() -> open(end))) {
            end.cannotOpen("the client's transport is closed");
        }
        return end;
    }

    ChannelEnd newEnd(ChannelOwner home, String name, ChannelOptions channelOptions, ChannelListener channelListener) {
        return ChannelEnd.opening(home, loop(), name, channelOptions, messageLimit, channelListener);
    }

    private void open(ChannelEnd end) {
        if (!leaving && session != null && session.opensChannels()) {
            session.open(end, 0);
        } else if (leaving || !waitingChannels.add(end)) {
            end.cannotOpen("the client is not registered");
        }
    }

    void openWaiting(ClientSession registeredSession) {
        waitingChannels.removeAll().forEach(end -> registeredSession.open(end, 0));
    }

    @Override
    public void wake() {
        if (woken.compareAndSet(false, true) && !onLoop(this::sendWaiting)) {
            closeWithTransport();
        }
    }

    /**
     * The transport was closed, and no loop is left: nothing that waits can leave any more, and it
     * comes back.
     */
    private void closeWithTransport() {
        closing = true;
        attached.close();
        state = ClientState.CLOSED;
        mailbox.close(Reason.CLOSED, "the client's transport is closed", () -> {});
    }

    /** Replaces what the node reports of itself. */
    public void updateMetadata(Map<String, String> newMetadata) {
        metadata = checked(newMetadata);
        if (!metadataChanged.getAndSet(true)) {
            boolean unused = onLoop(() -> {
                if (session != null) {
                    session.update();
                }
            });
        }
    }

    /** Speaks for a node from now on. */
    public AttachedNode attach(String nodeId, Map<String, String> itsMetadata, AttachedNodeListener itsListener) {
        refuse(NodeId.objection(nodeId));
        long secret = transport.environment().nextSecret();
        Attached node = new Attached(this, nodeId, checked(itsMetadata), itsListener, secret == 0 ? 1 : secret);
        if (nodeId.equals(options.nodeId())) {
            throw new IllegalArgumentException("node " + nodeId + " is the client itself");
        }
        attached.add(node);
        if (!onLoop(node)) {
            forget(node);
            throw new IllegalStateException("the client's transport is closed");
        }
        return node;
    }

    /**
     * Runs a command on the loop; false if that has ended, and with it all that the command could
     * concern.
     */
    boolean onLoop(Runnable command) {
        try {
            loop.execute(command);
            return true;
        } catch (RejectedExecutionException e) {
            LOG.debug("{}: the transport was closed meanwhile", options.nodeId());
            return false;
        }
    }

    public CompletableFuture<Void> close() {
        closing = true;
        attached.close();
        mailbox.refuseMore();
        attached().forEach(Attached::refuseMore);
        try {
            loop.execute(this::leave);
        } catch (RejectedExecutionException e) {
            closed.complete(null); // The transport was closed before, and every connection with it.
        }
        return closed.copy();
    }

    // ---- the home of its channels

    @Override
    public String nodeId() {
        return options.nodeId();
    }

    @Override
    public @Nullable Node node() {
        return null;
    }

    @Override
    public ChannelCounts counts() {
        return channelCounts;
    }

    @Override
    public void onMessageIn() {
        counts.messageIn();
    }

    @Override
    public void onFailure(String of, Throwable failure) {
        callbackFailed(of, failure);
    }

    Loop loop() {
        return shard;
    }

    // ---- the nodes it speaks for

    List<Attached> attached() {
        return attached.all();
    }

    boolean isAttached(Attached node) {
        return attached.contains(node);
    }

    /** Registers a node now, if this is registered; else it is when this is. */
    void register(Attached node) {
        if (leaving) {
            node.end(CloseReason.LOCAL);
        } else if (session != null) {
            session.register(node);
        }
    }

    void forget(Attached node) {
        attached.remove(node);
    }

    Mailbox newMailbox(Mailbox.Owner owner) {
        Outbox outbox = new Outbox(options.queueMessages(), options.queueBytes(), messageLimit);
        return new Mailbox(owner, loop(), outbox, null, options.queueMessages());
    }

    Backoff newBackoff() {
        return new Backoff(
                options.reconnectBase().toNanos(), options.reconnectCap().toNanos(), random());
    }

    Register registrationOf(String id, long itsIncarnation, long attempt, Map<String, String> its, long itsEpoch) {
        return new Register(
                itsIncarnation, attempt, options.windowBytes(), options.windowBytes(), id, its, 0, null, itsEpoch);
    }

    Map<String, String> metadata() {
        return metadata;
    }

    /** Whether the metadata has changed since it was sent. */
    boolean takeUpdate() {
        return metadataChanged.getAndSet(false);
    }

    void callbackFailed(String nodeId, Throwable failure) {
        counts.callbackFailed(nodeId, failure);
    }

    private void sendWaiting() {
        woken.set(false);
        if (session != null) {
            session.wake();
        }
    }

    // ---- connecting

    private void attempt() {
        if (leaving) {
            return;
        }
        state = ClientState.CONNECTING;
        counts.attempt();
        connecting = new ConnectAttempt(transport, loop, options.host(), options.port(), this);
        connecting.begin(options.handshakeTimeout());
    }

    @Override
    public ConnectionHandler onOpen(Connection connection) {
        connecting = null;
        if (leaving) {
            connection.close(); // Before a word is said: the id may be another process's by now.
            return new UnwantedConnection();
        }
        ClientSession opened = new ClientSession(this, shard.here(), connection);
        session = opened;
        mailbox.holdBy(opened);
        executor.add(listener::onConnected);
        return opened;
    }

    @Override
    public void onConnectFailed(IOException cause) {
        connecting = null;
        if (!leaving) {
            comeBackOrEnd(CloseReason.CONNECT_FAILED, 0, cause);
        }
    }

    Register registration() {
        metadataChanged.set(false); // Before it is read: what comes later is an update.
        return new Register(
                incarnation,
                counts.attempts(),
                options.windowBytes(),
                options.windowBytes(),
                options.nodeId(),
                metadata,
                options.heartbeatInterval() == null
                        ? 0
                        : options.heartbeatInterval().toMillis(),
                null,
                lastEpoch,
                new Register.Limits(options.maxMessageBytes(), options.maxChannels()));
    }

    RandomGenerator random() {
        return transport.environment().random();
    }

    void forgetEpoch() {
        lastEpoch = 0;
    }

    // ---- what the session reports

    void onRegistered(ClientSession from, Registered answer) {
        lastEpoch = answer.epoch();
        unanswered.forget(Shard.of(loop)); // The server now knows every earlier attempt for what it is.
        counts.registered();
        lastFailure = null;
        log.registered(Shard.of(loop).nowNs(), answer.epoch());
        state = ClientState.ONLINE;
        reconnector.registered(Shard.of(loop).nowNs(), MILLISECONDS.toNanos(answer.graceMillis()));
        messageLimit = (int) Math.min(answer.maxMessageBytes(), options.maxMessageBytes());
        mailbox.limitMessages(messageLimit);
        ClientListener.Registered notified = new ClientListener.Registered(
                answer.epoch(),
                Duration.ofMillis(answer.intervalMillis()),
                Duration.ofMillis(answer.suspectMillis()),
                Duration.ofMillis(answer.timeoutMillis()),
                Duration.ofMillis(answer.graceMillis()));
        executor.add(() -> {
            registered.complete(notified);
            listener.onRegistered(notified);
        });
    }

    /** The hot path: where nobody hears of it, a field write. */
    void onHeartbeat(long measuredNs) {
        counts.answered();
        rttNs = measuredNs;
        if (hearsHeartbeats && heartbeatQueued.compareAndSet(false, true)) {
            executor.add(this::notifyHeartbeat);
        }
    }

    private void notifyHeartbeat() {
        heartbeatQueued.set(false);
        listener.onHeartbeat(Duration.ofNanos(rttNs));
    }

    void onSuspect() {
        state = ClientState.SUSPECT;
        executor.add(listener::onSuspect);
    }

    void onRecovered() {
        state = ClientState.ONLINE;
        executor.add(listener::onRecovered);
    }

    @Override
    public void cancel(Envelope request) {
        boolean unused = onLoop(() -> {
            ClientSession current = session;
            if (current != null) {
                current.cancelRequest(0, request);
            }
        });
    }

    void deliver(IncomingMessage message) {
        switch (message.envelope().kind()) {
            case MESSAGE -> mailbox.deliver(message, this::handOver);
            case REQUEST -> mailbox.ask(message, handlers.requests());
            case REPLY, FAILURE -> mailbox.answered(message);
        }
    }

    private void handOver(IncomingMessage message) {
        String source = message.envelope().source();
        if (source == null) {
            handlers.messages().accept(message.content());
        } else {
            handlers.nodeMessages().accept(source, message.content());
        }
    }

    void notifyError(HeartbeatException error) {
        if (queuedErrors.get() == MAX_QUEUED_ERRORS) {
            return;
        }
        queuedErrors.incrementAndGet();
        executor.add(() -> {
            queuedErrors.decrementAndGet();
            listener.onError(error);
        });
    }

    void onEnded(ClientSession ended, CloseReason reason, @Nullable Throwable cause) {
        session = null;
        boolean saysNothing = reason == CloseReason.CONNECTION_LOST || reason == CloseReason.PEER_CLOSED;
        if (saysNothing && ended.isUnanswered()) {
            unanswered.mayArriveFor(Shard.of(loop), ended.untilGivenUpNs());
        }
        attached().forEach(node -> node.lost(reason));
        comeBackOrEnd(reason, ended.retryAfterMillis(), cause);
    }

    // ---- coming back

    private void comeBackOrEnd(CloseReason reason, long retryAfterMillis, @Nullable Throwable known) {
        Throwable cause = log.causeOf(reason, known);
        lastFailure = cause;
        if (leaving || !options.autoReconnect() || retryAfterMillis == GoAway.NEVER || isForGood(reason)) {
            notifyDisconnected(new ClientListener.Disconnect(reason, null, cause));
            if (!leaving || !unanswered.mayArrive()) {
                end(reason);
            }
            return;
        }
        state = ClientState.WAITING;
        Shard shard = Shard.of(loop);
        Duration retryIn = Duration.ofNanos(reconnector.retry(shard, retryAfterMillis));
        log.disconnected(shard.nowNs(), reason, known, retryIn);
        notifyDisconnected(new ClientListener.Disconnect(reason, retryIn, cause));
    }

    private void notifyDisconnected(ClientListener.Disconnect disconnect) {
        executor.add(() -> listener.onDisconnected(disconnect));
    }

    private static boolean isForGood(CloseReason reason) {
        return switch (reason) {
            case REPLACED, DUPLICATE_IDENTITY, KICKED, REFUSED -> true;
            default -> false;
        };
    }

    private void leave() {
        if (leaving) {
            return;
        }
        beginLeaving();
        reconnector.stop(Shard.of(loop));
        if (connecting != null) {
            connecting.stop();
        }
        refuseWaitingChannels(CloseReason.LOCAL);
        if (session != null) {
            session.shutDown();
        } else if (!unanswered.mayArrive()) {
            end(CloseReason.LOCAL);
        }
    }

    private void beginLeaving() {
        if (!leaving) {
            leaving = true;
            leavingSinceNs = Shard.of(loop).nowNs();
        }
    }

    boolean isLeaving() {
        return leaving;
    }

    /** Whether the application has closed it, and so can ask for nothing more. Any thread. */
    boolean isClosing() {
        return closing;
    }

    /** Whether a request on channel 0, of it or of a node attached to it, is not answered yet. */
    boolean awaitsReplies() {
        return mailbox.awaitsReplies() || attached().stream().anyMatch(Attached::awaitsReplies);
    }

    private void refuseWaitingChannels(CloseReason reason) {
        waitingChannels.removeAll().forEach(end -> end.cannotOpen("the client was closed: " + reason));
    }

    private void onArrivesNoMore() {
        if (leaving && session == null) {
            end(CloseReason.LOCAL);
        }
    }

    /** Closed for good. Reports what waits, and then that it is closed. */
    private void end(CloseReason reason) {
        if (state == ClientState.CLOSED) {
            return;
        }
        beginLeaving();
        attached.close();
        state = ClientState.CLOSED;
        mailbox.close(Reason.CLOSED, "the client was closed", () -> {});
        refuseWaitingChannels(reason);
        List<Attached> last = attached();
        last.forEach(node -> node.end(reason));
        log.closed(reason, lastFailure);
        HeartbeatException over = notRegistered(reason);
        executor.add(() -> {
            registered.completeExceptionally(over);
            listener.onClosed(reason);
        });
        CompletableFuture<Void> notified = new CompletableFuture<>();
        executor.add(() -> notified.complete(null));
        List<CompletableFuture<Void>> all = new ArrayList<>(List.of(notified));
        last.forEach(node -> all.add(node.ended()));
        Deadline limit = new Deadline(() -> {
            LOG.warn(
                    "{}: callbacks still run {} s after the end; closing without waiting for them",
                    options.nodeId(),
                    SECONDS.convert(CLOSE_DEADLINE_NS, NANOSECONDS));
            registered.completeExceptionally(over);
            all.forEach(each -> each.complete(null));
        });
        Shard shard = Shard.of(loop);
        shard.arm(limit, Math.max(LEAST_FOR_CALLBACKS_NS, CLOSE_DEADLINE_NS - (shard.nowNs() - leavingSinceNs)));
        CompletableFuture<?> unused = CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
                .whenComplete((done, failure) -> shard.execute(() -> shard.cancel(limit)))
                .thenCompose(done -> release())
                .whenComplete((done, failure) -> closed.complete(null));
    }

    /** Why it was never registered, as far as it is known, and what can be done about it. */
    private HeartbeatException notRegistered(CloseReason reason) {
        String text = "the client was closed: " + reason + ClientLog.advice(reason);
        Throwable cause = lastFailure;
        return cause == null
                ? new HeartbeatException(Failures.of(reason), text)
                : new HeartbeatException(
                        Failures.of(reason, cause), text + "; the last failure: " + ClientLog.text(cause), cause);
    }

    private CompletableFuture<Void> release() {
        return ownsTransport ? transport.closeAsync() : completedFuture(null);
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
        return callbackThreads;
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
    public void countUndelivered(Reason reason) {
        counts.undelivered(reason);
    }

    @Override
    public void countUnmatchedReply() {
        channelCounts.unmatchedReply();
    }

    @Override
    public Executor workers() {
        return callbackThreads.workers();
    }

    @Override
    public void onFailure(Throwable failure) {
        callbackFailed(options.nodeId(), failure);
    }

    @Override
    public void onIdle() {
        // A client is not forgotten.
    }

    @Override
    public String toString() {
        return "client " + options.nodeId();
    }
}
