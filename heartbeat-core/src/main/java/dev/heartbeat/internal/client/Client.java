package dev.heartbeat.internal.client;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.heartbeat.AttachedNode;
import dev.heartbeat.AttachedNodeListener;
import dev.heartbeat.Channel;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.ClientListener;
import dev.heartbeat.ClientOptions;
import dev.heartbeat.ClientState;
import dev.heartbeat.CloseReason;
import dev.heartbeat.FailureCode;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.MessageTracer;
import dev.heartbeat.Request;
import dev.heartbeat.ServerAddress;
import dev.heartbeat.ServerOrder;
import dev.heartbeat.UndeliveredException.Reason;
import dev.heartbeat.auth.CredentialProvider;
import dev.heartbeat.internal.channel.Acceptors;
import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.frame.GoAway;
import dev.heartbeat.internal.frame.Register;
import dev.heartbeat.internal.frame.Registered;
import dev.heartbeat.internal.loop.Backoff;
import dev.heartbeat.internal.loop.LazyShard;
import dev.heartbeat.internal.loop.Loop;
import dev.heartbeat.internal.loop.Shard;
import dev.heartbeat.internal.mux.InboundBudget;
import dev.heartbeat.internal.queue.CallbackThreads;
import dev.heartbeat.internal.queue.Mailbox;
import dev.heartbeat.internal.queue.Outbox;
import dev.heartbeat.internal.session.Transports;
import dev.heartbeat.spi.ClientLayer;
import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.Connector;
import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
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
 * <p>It lives on one event loop. Its public methods may be called from any thread; everything else
 * runs on the loop, unless it says otherwise.
 */
public final class Client implements Connector {
    private static final Logger LOG = LoggerFactory.getLogger(Client.class);
    private static final String CLOSED = "the client was closed: ";

    final ClientOptions options;
    final ClientIdentity identity;
    final ClientEvents events;
    final ClientChannels channels = new ClientChannels(this);
    private final AttachedNodes attached = new AttachedNodes(this);

    final ClientMail mail;
    /** Of {@link #mail}. */
    final Mailbox mailbox;

    final InboundBudget budget;

    private final Transport transport;
    private final boolean ownsTransport;
    private final EventLoop loop;
    private final LazyShard shard;
    final Acceptors acceptors;
    final ClientCounts counts;

    private final ServerList servers;
    /** While it is registered, and a better server may come back. */
    private @Nullable BetterServer better;
    /** Whether it leaves its server for a better one. */
    private boolean moving;

    private final Reconnector reconnector;
    private final ClientLog log;
    private @Nullable Throwable lastFailure;
    private final @Nullable ClientLayer layer;
    private final @Nullable ClientCredentials credentials;
    private @Nullable ConnectAttempt connecting;
    private @Nullable ClientSession session;
    private final ClientEnd ending;
    /** Whether the application has closed it; by any thread. */
    private volatile boolean closing;

    private final UnansweredRegistration unanswered = new UnansweredRegistration(this::onArrivesNoMore);

    private volatile ClientState state = ClientState.CONNECTING;
    /** The longest message, as both sides have it. */
    private volatile int messageLimit;

    private final CompletableFuture<ClientListener.Registered> registered;

    /** A weak reference to it holds while this client runs. */
    @SuppressWarnings("unused")
    private @Nullable Object owner;

    /**
     * @param options valid, by {@link #requireValid}
     * @param owned whether the transport is closed with the client
     */
    public Client(
            ClientOptions options,
            List<ClientListener> listeners,
            Handlers handlers,
            Transport transport,
            boolean owned,
            @Nullable ClientLayer layer,
            @Nullable CredentialProvider provider) {
        this.layer = layer;
        this.options = options;
        log = new ClientLog(options);
        this.acceptors = handlers.acceptors();
        this.transport = transport;
        this.ownsTransport = owned;
        List<EventLoop> loops = transport.eventLoops();
        RandomGenerator random = transport.environment().random();
        loop = loops.get(random.nextInt(loops.size()));
        shard = new LazyShard(loop);
        identity = new ClientIdentity(options, newIncarnation());
        messageLimit = options.maxMessageBytes();
        CallbackThreads callbackThreads =
                new CallbackThreads(transport.environment(), transport.eventLoops(), options.callbackExecutor());
        counts = new ClientCounts(channels.counts(), callbackThreads);
        events = new ClientEvents(options.nodeId(), listeners, handlers, callbackThreads, counts);
        registered = CallbackThreads.newFuture(events);
        ending = new ClientEnd(
                options.nodeId(), events, channels.counts(), registered, this::release, callbackThreads.newFuture());
        mail = new ClientMail(this, events);
        mailbox = mail.mailbox();
        budget = new InboundBudget(options.inboundBudgetBytes());
        credentials = credentialsOf(provider);
        servers = new ServerList(handlers.servers(), handlers.order(), random);
        reconnector = new Reconnector(
                new Backoff(
                        options.reconnectBase().toNanos(),
                        options.reconnectCap().toNanos(),
                        random),
                options.reconnectResetAfter().toNanos(),
                this::attempt);
        loop.execute(this::attempt);
    }

    /** The application has it as this object. */
    public void belongsTo(Object newOwner) {
        owner = newOwner;
    }

    /** The application's handlers of what comes. */
    public record Handlers(
            Consumer<ByteBuffer> messages,
            BiConsumer<String, ByteBuffer> nodeMessages,
            Consumer<Request> requests,
            Acceptors acceptors,
            @Nullable MessageTracer tracer,
            List<ServerAddress> servers,
            ServerOrder order) {}

    /** Refuses what is no list of servers. */
    public static List<ServerAddress> requireServers(List<ServerAddress> servers) {
        return ServerList.checked(servers);
    }

    /** Tells a process of a node from all others. */
    long newIncarnation() {
        long secret = transport.environment().nextSecret();
        return secret == 0 ? 1 : secret;
    }

    /**
     * Judges what the options' own constructor cannot.
     *
     * @throws IllegalArgumentException if the protocol does not allow the node id or the metadata
     */
    public static void requireValid(ClientOptions options) {
        ClientIdentity.requireValid(options);
    }

    // ---- from any thread

    /** Refuses a call that would wait for itself. */
    public void requireMayWait(String call) {
        Transports.requireMayWait(call, transport);
    }

    public ClientState state() {
        return state;
    }

    public @Nullable Duration rtt() {
        return events.rtt();
    }

    public ClientCounts statCounts() {
        return counts;
    }

    public CompletableFuture<ClientListener.Registered> registered() {
        return registered.copy();
    }

    public ClientMail mail() {
        return mail;
    }

    /** Opens a channel now, or as soon as it is registered. */
    public Channel openChannel(String name, ChannelOptions channelOptions, ChannelListener channelListener) {
        return channels.open(name, channelOptions, channelListener);
    }

    /**
     * The transport was closed, and no loop is left: nothing that waits can leave any more, and it
     * comes back.
     */
    void closeWithTransport() {
        closing = true;
        attached.close();
        state = ClientState.CLOSED;
        mailbox.close(Reason.CLOSED, "the client's transport is closed", () -> {});
    }

    /** Replaces what the node reports of itself. */
    public void updateMetadata(Map<String, String> newMetadata) {
        if (identity.change(newMetadata)) {
            boolean unused = onLoop(() -> {
                if (session != null) {
                    session.update();
                }
            });
        }
    }

    /** Speaks for a node from now on. */
    public AttachedNode attach(
            String nodeId,
            Map<String, String> itsMetadata,
            @Nullable CredentialProvider itsCredentials,
            AttachedNodeListener itsListener) {
        return attached.attach(nodeId, itsMetadata, itsCredentials, itsListener);
    }

    /** Those of a provider; null if there is none. */
    @Nullable
    ClientCredentials credentialsOf(@Nullable CredentialProvider provider) {
        return provider == null
                ? null
                : new ClientCredentials(provider, options.handshakeTimeout(), loop(), events.callbackThreads());
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
            ending.isOver(); // The transport was closed before, and every connection with it.
        }
        return ending.closed();
    }

    /** The loop it lives on. Any thread. */
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
        if (isLeaving()) {
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

    void sendWaiting() {
        if (session != null) {
            session.wake();
        }
    }

    // ---- connecting

    private void attempt() {
        if (isLeaving()) {
            return;
        }
        state = ClientState.CONNECTING;
        counts.attempt();
        ServerAddress server = servers.current();
        log.to(server);
        ConnectAttempt attempt = new ConnectAttempt(transport, loop, options, server, layer, this);
        connecting = attempt;
        if (credentials == null) {
            attempt.begin();
        } else {
            credentials.ask(new CredentialAnswer(attempt));
        }
    }

    /** Goes on with an attempt, unless the client is leaving. */
    private final class CredentialAnswer implements ClientCredentials.Asker {
        private final ConnectAttempt attempt;

        CredentialAnswer(ConnectAttempt attempt) {
            this.attempt = attempt;
        }

        @Override
        public void onCredential() {
            if (!isLeaving()) {
                attempt.begin();
            }
        }

        @Override
        public void onNoCredential(IOException cause) {
            onConnectFailed(cause);
        }

        @Override
        public void onNoOther() {
            connecting = null;
            if (!isLeaving()) {
                comeBackOrEnd(
                        CloseReason.REFUSED,
                        0,
                        new HeartbeatException(
                                FailureCode.UNAUTHORIZED, "the server refused the credential, and there is no other"));
            }
        }
    }

    /** The server refuses the credential. Returns whether another may be tried. */
    boolean mayTryAnotherCredential() {
        return credentials != null && credentials.refuse();
    }

    /** Renews the credential of a connection; null where there is none. */
    @Nullable
    Renewal renewalOn(ClientSession connection, Shard shard) {
        return credentials == null ? null : new Renewal(credentials, 0, shard, newBackoff(), random(), connection);
    }

    /** The server has accepted the credential. */
    void credentialAccepted() {
        if (credentials != null) {
            credentials.accepted();
        }
    }

    /** Whether a credential would show on this connection to whoever listens. */
    boolean wouldExposeCredential(Connection connection) {
        return !options.plaintextCredentials()
                && connection.peerCertificates().isEmpty()
                && !connection.remoteAddress().getAddress().isLoopbackAddress();
    }

    @Override
    public ConnectionHandler onOpen(Connection connection) {
        connecting = null;
        if (isLeaving()) {
            connection.close(); // Before a word is said: the id may be another process's by now.
            return new UnwantedConnection();
        }
        if (credentials != null && wouldExposeCredential(connection)) {
            connection.close();
            comeBackOrEnd(
                    CloseReason.CONNECT_FAILED,
                    0,
                    new IOException("the credential would go to " + connection.remoteAddress()
                            + " in clear; add a TLS layer, or set plaintextCredentials(true)"));
            return new UnwantedConnection();
        }
        ClientSession opened = new ClientSession(this, shard.here(), connection);
        session = opened;
        mailbox.holdBy(opened);
        events.connected();
        return opened;
    }

    @Override
    public void onConnectFailed(IOException cause) {
        connecting = null;
        if (!isLeaving()) {
            comeBackOrEnd(CloseReason.CONNECT_FAILED, 0, cause);
        }
    }

    Register registration() {
        return identity.registration(counts, credentials == null ? null : credentials.current());
    }

    RandomGenerator random() {
        return transport.environment().random();
    }

    // ---- what the session reports

    void onRegistered(ClientSession from, Registered answer) {
        identity.registered(answer.epoch());
        unanswered.forget(Shard.of(loop)); // The server now knows every earlier attempt for what it is.
        counts.registered();
        credentialAccepted();
        lastFailure = null;
        log.registered(Shard.of(loop).nowNs(), answer.epoch());
        state = ClientState.ONLINE;
        servers.registered();
        watchForBetter(MILLISECONDS.toNanos(answer.graceMillis()));
        reconnector.registered(Shard.of(loop).nowNs(), MILLISECONDS.toNanos(answer.graceMillis()));
        messageLimit = (int) Math.min(answer.maxMessageBytes(), options.maxMessageBytes());
        mailbox.limitMessages(messageLimit);
        ClientListener.Registered notified = new ClientListener.Registered(
                answer.epoch(),
                Duration.ofMillis(answer.intervalMillis()),
                Duration.ofMillis(answer.suspectMillis()),
                Duration.ofMillis(answer.timeoutMillis()),
                Duration.ofMillis(answer.graceMillis()));
        events.registered(notified, () -> registered.complete(notified));
    }

    void onHeartbeat(long measuredNs) {
        counts.answered();
        events.heartbeat(measuredNs);
    }

    void onSuspect() {
        state = ClientState.SUSPECT;
        events.suspect();
    }

    void onRecovered() {
        state = ClientState.ONLINE;
        events.recovered();
    }

    void cancelRequest(Envelope request) {
        if (session != null) {
            session.cancelRequest(0, request);
        }
    }

    void notifyError(HeartbeatException error) {
        events.error(error);
    }

    void onEnded(ClientSession ended, CloseReason reason, @Nullable Throwable cause) {
        session = null;
        stopWatching();
        boolean moves = moving && reason == CloseReason.UNREGISTERED;
        moving = false;
        boolean saysNothing = reason == CloseReason.CONNECTION_LOST || reason == CloseReason.PEER_CLOSED;
        if (saysNothing && ended.isUnanswered()) {
            unanswered.mayArriveFor(Shard.of(loop), ended.untilGivenUpNs());
        }
        attached().forEach(node -> node.lost(reason));
        if (moves && !isLeaving()) {
            state = ClientState.WAITING;
            events.disconnected(new ClientListener.Disconnect(reason, Duration.ZERO, log.causeOf(reason, cause)));
            Shard.of(loop).execute(this::attempt);
            return;
        }
        boolean lost = ended.hasRegistered() && reason != CloseReason.GO_AWAY;
        comeBackOrEnd(reason, ended.retryAfterMillis(), cause, lost);
    }

    // ---- a better server

    private void watchForBetter(long graceNs) {
        stopWatching();
        List<ServerAddress> others = servers.better();
        if (!others.isEmpty() && graceNs > 0) {
            better = new BetterServer(Shard.of(loop), random(), others, graceNs, this::bareAttempt, this::moveTo);
            better.begin();
        }
    }

    private ConnectAttempt bareAttempt(ServerAddress server, Connector owner) {
        return new ConnectAttempt(transport, loop, options, server, null, owner);
    }

    private void moveTo(ServerAddress server) {
        ClientSession leaves = session;
        if (leaves != null && !isLeaving()) {
            log.moves(server);
            moving = true;
            servers.moveTo(server);
            leaves.move();
        }
    }

    private void stopWatching() {
        if (better != null) {
            better.stop();
            better = null;
        }
    }

    // ---- coming back

    private void comeBackOrEnd(CloseReason reason, long retryAfterMillis, @Nullable Throwable known) {
        comeBackOrEnd(reason, retryAfterMillis, known, false);
    }

    /**
     * @param lost whether the node was registered, and its server may have kept its place
     */
    private void comeBackOrEnd(CloseReason reason, long retryAfterMillis, @Nullable Throwable known, boolean lost) {
        Throwable cause = log.causeOf(reason, known);
        lastFailure = cause;
        boolean leaving = isLeaving();
        if (leaving || !options.autoReconnect() || retryAfterMillis == GoAway.NEVER || isForGood(reason)) {
            events.disconnected(new ClientListener.Disconnect(reason, null, cause));
            if (!leaving || !unanswered.mayArrive()) {
                end(reason);
            }
            return;
        }
        state = ClientState.WAITING;
        if (!lost) {
            servers.failed();
        }
        Shard shard = Shard.of(loop);
        Duration retryIn = Duration.ofNanos(reconnector.retry(shard, retryAfterMillis));
        log.disconnected(shard.nowNs(), reason, known, retryIn);
        events.disconnected(new ClientListener.Disconnect(reason, retryIn, cause));
    }

    private static boolean isForGood(CloseReason reason) {
        return switch (reason) {
            case REPLACED, DUPLICATE_IDENTITY, KICKED, REFUSED -> true;
            default -> false;
        };
    }

    private void leave() {
        if (isLeaving()) {
            return;
        }
        ending.begin(Shard.of(loop).nowNs());
        reconnector.stop(Shard.of(loop));
        stopWatching();
        if (connecting != null) {
            connecting.stop();
        }
        channels.refuseWaiting(CLOSED + CloseReason.LOCAL);
        if (session != null) {
            session.shutDown();
        } else if (!unanswered.mayArrive()) {
            end(CloseReason.LOCAL);
        }
    }

    /** Its connection; null while there is none. */
    @Nullable
    ClientSession session() {
        return session;
    }

    /** The longest message, as both sides have it. Any thread. */
    int messageLimit() {
        return messageLimit;
    }

    boolean isLeaving() {
        return ending.hasBegun();
    }

    /** Whether the application has closed it, and so can ask for nothing more. Any thread. */
    boolean isClosing() {
        return closing;
    }

    /** Whether a request on channel 0, of it or of a node attached to it, is not answered yet. */
    boolean awaitsReplies() {
        return mailbox.awaitsReplies() || attached().stream().anyMatch(Attached::awaitsReplies);
    }

    private void onArrivesNoMore() {
        if (isLeaving() && session == null) {
            end(CloseReason.LOCAL);
        }
    }

    /** Closed for good. Reports what waits, and then that it is closed. */
    private void end(CloseReason reason) {
        if (state == ClientState.CLOSED) {
            return;
        }
        Shard shard = Shard.of(loop);
        ending.begin(shard.nowNs());
        attached.close();
        state = ClientState.CLOSED;
        mailbox.close(Reason.CLOSED, "the client was closed", () -> {});
        channels.refuseWaiting(CLOSED + reason);
        List<Attached> last = attached();
        last.forEach(node -> node.end(reason));
        log.closed(reason, lastFailure);
        ending.end(shard, reason, lastFailure, last);
    }

    private CompletableFuture<Void> release() {
        return ownsTransport ? transport.closeAsync() : completedFuture(null);
    }

    @Override
    public String toString() {
        return "client " + options.nodeId();
    }
}
