package dev.heartbeat.internal.server;

import static java.util.concurrent.CompletableFuture.completedFuture;

import dev.heartbeat.BroadcastResult;
import dev.heartbeat.Channel;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.ConnectionRefusal;
import dev.heartbeat.FailureCode;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.MessageHandler;
import dev.heartbeat.MessageTracer;
import dev.heartbeat.Node;
import dev.heartbeat.NodeGroups;
import dev.heartbeat.NodeListener;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.RequestHandler;
import dev.heartbeat.RoutePolicy;
import dev.heartbeat.SendResult;
import dev.heartbeat.ServerOptions;
import dev.heartbeat.ServerState;
import dev.heartbeat.UndeliveredException;
import dev.heartbeat.auth.Authenticator;
import dev.heartbeat.internal.admission.Bans;
import dev.heartbeat.internal.admission.FailedRegistrations;
import dev.heartbeat.internal.admission.Gate;
import dev.heartbeat.internal.admission.Place;
import dev.heartbeat.internal.admission.Source;
import dev.heartbeat.internal.channel.Acceptors;
import dev.heartbeat.internal.channel.ChannelCounts;
import dev.heartbeat.internal.channel.ChannelEnd;
import dev.heartbeat.internal.frame.Registered;
import dev.heartbeat.internal.frame.SharedMessage;
import dev.heartbeat.internal.liveness.FailureDetector;
import dev.heartbeat.internal.log.LogEvent;
import dev.heartbeat.internal.loop.Durations;
import dev.heartbeat.internal.loop.LazyShard;
import dev.heartbeat.internal.loop.Loop;
import dev.heartbeat.internal.loop.Shard;
import dev.heartbeat.internal.mux.InboundBudget;
import dev.heartbeat.internal.node.Admission.Refusal;
import dev.heartbeat.internal.node.Capacity;
import dev.heartbeat.internal.node.NodeEvents;
import dev.heartbeat.internal.node.NodeTable;
import dev.heartbeat.internal.node.Quota;
import dev.heartbeat.internal.node.Registration;
import dev.heartbeat.internal.node.Tombstones;
import dev.heartbeat.internal.queue.Batch;
import dev.heartbeat.internal.queue.CallbackThreads;
import dev.heartbeat.internal.queue.Mailbox;
import dev.heartbeat.internal.queue.Outbox;
import dev.heartbeat.internal.queue.Tracing;
import dev.heartbeat.internal.session.Transports;
import dev.heartbeat.spi.Acceptor;
import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.ConnectionLayer;
import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.Listener;
import dev.heartbeat.spi.RecorderProvider;
import dev.heartbeat.spi.Transport;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The state that all loops of a server share: the node table, the limits, and how it starts and
 * ends. Any thread may call any method.
 */
public final class Server implements Acceptor {
    private static final LogEvent LISTENING =
            LogEvent.info(Server.class, "heartbeat.server.listening", "listening on {address} ({transport})");
    private static final LogEvent OPEN_TO_ALL = LogEvent.warn(
            Server.class,
            "heartbeat.server.open_to_all",
            "no authenticator is set: whoever reaches {address} may register any node id");
    private static final LogEvent TRANSPORT_ENDED = LogEvent.error(
            Server.class,
            "heartbeat.server.transport_ended",
            "{problem}; no node can reach it: close it and start another");

    /** Each connection may take one part of the memory for what comes in. */
    private static final int BUDGET_PARTS = 8;

    final ServerOptions options;
    final FailureDetector detector;
    final NodeTable table;
    final InboundBudget budget;
    private final Capacity capacity;
    final RecorderProvider recorders;
    final Acceptors acceptors;
    final CallbackThreads callbackThreads;
    final ChannelCounts channels = new ChannelCounts();

    private final Transport transport;
    private final boolean ownsTransport;
    private final @Nullable ConnectionLayer layer;
    private final NodeEvents events;
    final ServerGuard guard;
    final Overload overload;
    /** Null where everybody may register. */
    final @Nullable Authentications authentications;

    final ServerLog log;
    private final NodeGroups groups = new ServerGroups(this);
    private final ServerCounts counts;

    /** Made by the loops, each its own, with their first connection. */
    private final AtomicReferenceArray<@Nullable ServerLoop> loops;

    final Gate gate;
    final Bans bans = new Bans();
    final FailedRegistrations failures = new FailedRegistrations();

    private final Lifecycle lifecycle;
    private final ServerPort port;
    private final ServerEnd end;

    /**
     * One that does not listen yet.
     *
     * @param given by what it measures itself; null for the best that is found
     * @param owned whether the transport is closed with the server
     * @param layer between connections and sessions; null for none
     */
    public Server(
            ServerOptions options,
            List<NodeListener> listeners,
            Handlers handlers,
            @Nullable RecorderProvider given,
            Transport transport,
            boolean owned,
            @Nullable ConnectionLayer layer,
            Lifecycle lifecycle) {
        this.options = options;
        this.layer = layer;
        this.lifecycle = lifecycle;
        recorders = given == null ? PlainRecorders.orBetter() : given;
        this.transport = transport;
        this.ownsTransport = owned;
        detector = new FailureDetector(
                options.suspectAfter().toNanos(), options.heartbeatTimeout().toNanos());
        acceptors = handlers.acceptors();
        callbackThreads =
                new CallbackThreads(transport.environment(), transport.eventLoops(), options.callbackExecutor());
        events = new NodeEvents(
                listeners,
                handlers.messages(),
                handlers.requests(),
                handlers.routes(),
                handlers.tracer(),
                callbackThreads);
        Authenticator authenticator = handlers.authenticator();
        authentications = authenticator == null ? null : new Authentications(authenticator, this);
        capacity = new Capacity(options.maxNodes(), options.registrationBudgetBytes(), quotas(options));
        table = new NodeTable(
                options.takeoverPolicy(),
                options.groupKey(),
                options.maxGroupsPerNode(),
                options.maxGroupPolicies(),
                events,
                transport.environment(),
                this::newOutbox,
                options.channelQueueMessages(),
                new Tombstones(
                        options.offlineRetention().toNanos(),
                        options.offlineMaximum(),
                        new FirstLoop(transport.eventLoops().get(0))),
                capacity,
                this::onForgotten);
        gate = new Gate(options, transport.environment());
        bans.last(options.banTime());
        budget = new InboundBudget(options.inboundBudgetBytes(), BUDGET_PARTS, options.maxMessageBytes());
        log = new ServerLog(options, table, capacity);
        EventLoop firstLoop = transport.eventLoops().get(0);
        guard = new ServerGuard(options, table, events, recorders, firstLoop.failures());
        counts = new ServerCounts(this, events);
        loops = new AtomicReferenceArray<>(transport.eventLoops().size());
        port = new ServerPort(options, transport, lifecycle);
        overload = new Overload(
                this, transport.environment().memory(), transport.environment().random(), budget, capacity, port);
        end = new ServerEnd(this, table, lifecycle, port, firstLoop);
    }

    private static List<Quota> quotas(ServerOptions options) {
        Quota perPrincipal = new Quota(
                new Quota.Limit(options.maxNodesPerPrincipal(), Refusal.NODES_OF_PRINCIPAL),
                new Quota.Limit(options.maxMetadataBytesPerPrincipal(), Refusal.METADATA_OF_PRINCIPAL),
                Registration.Owner::principal);
        Quota perAddress = new Quota(
                new Quota.Limit(options.maxNodesPerAddress(), Refusal.NODES_OF_ADDRESS),
                new Quota.Limit(options.maxMetadataBytesPerAddress(), Refusal.METADATA_OF_ADDRESS),
                owner -> Source.of(owner.remoteAddress()));
        return Stream.of(perPrincipal, perAddress).filter(Quota::isLimit).toList();
    }

    /** The application's handlers of what comes. */
    public record Handlers(
            MessageHandler messages,
            RequestHandler requests,
            RoutePolicy routes,
            Acceptors acceptors,
            @Nullable Authenticator authenticator,
            @Nullable MessageTracer tracer) {}

    /** Begins to listen, once. The future fails when nothing is left of what was opened. */
    public CompletableFuture<Server> listen() {
        CompletableFuture<Server> listening = callbackThreads.newFutureOfLoops();
        CompletableFuture<?> unused = port.open(this, firstLoop())
                .thenApply(this::listens)
                .exceptionallyCompose(this::cannotListen)
                .whenComplete((server, failure) -> {
                    if (failure == null) {
                        listening.complete(server);
                    } else {
                        listening.completeExceptionally(failure);
                    }
                });
        return listening;
    }

    private Server listens(Listener bound) {
        lifecycle.move(ServerState.NEW, ServerState.RUNNING);
        if (end.hasStoppedAccepting()) {
            throw new IllegalStateException("the server was closed before it listened");
        }
        LISTENING.log(bound.localAddress(), transport.name());
        if (authentications == null && !bound.localAddress().getAddress().isLoopbackAddress()) {
            OPEN_TO_ALL.log(bound.localAddress());
        }
        CompletableFuture<?> unused = bound.closed().thenRun(() -> transportEnded(bound.localAddress()));
        return this;
    }

    /** Does nothing where the server itself has closed its port. */
    private void transportEnded(InetSocketAddress address) {
        end.hurry();
        HeartbeatException cause = new HeartbeatException(
                FailureCode.TRANSPORT_ENDED,
                "the transport " + transport.name() + " ended while the server on " + address + " was running");
        if (lifecycle.fail(ServerState.RUNNING, cause)) {
            TRANSPORT_ENDED.log(cause.getMessage());
        }
    }

    private CompletableFuture<Server> cannotListen(Throwable failure) {
        HeartbeatException cause = new HeartbeatException(
                FailureCode.CANNOT_LISTEN,
                "cannot listen on " + options.host() + ":" + options.port() + ": " + ServerPort.reason(failure),
                failure);
        return release().handle((released, unreleased) -> {
            lifecycle.fail(ServerState.NEW, cause);
            throw cause;
        });
    }

    /** Refuses a call that would wait for itself. */
    public void requireMayWait(String call) {
        Transports.requireMayWait(call, transport);
    }

    private Loop firstLoop() {
        return new LazyShard(transport.eventLoops().get(0));
    }

    /** The options in force. */
    public ServerOptions options() {
        return gate.options();
    }

    /** Takes what can be changed of these options. */
    public void replaceLimits(ServerOptions newOptions) {
        gate.replace(newOptions);
        bans.last(newOptions.banTime());
    }

    /**
     * The address it listens on, or listened on.
     *
     * @throws IllegalStateException if it does not listen yet, or never did
     */
    public InetSocketAddress localAddress() {
        return port.address();
    }

    public NodeTable nodes() {
        return table;
    }

    public SendResult trySend(String nodeId, ByteBuffer message) {
        Mailbox mailbox = mailbox(nodeId);
        return mailbox == null ? SendResult.CLOSED : mailbox.trySend(message);
    }

    public List<SendResult> sendAll(String nodeId, List<ByteBuffer> messages) {
        ByteBuffer[] all = Batch.of(messages);
        Mailbox mailbox = mailbox(nodeId);
        return mailbox == null ? Collections.nCopies(all.length, SendResult.CLOSED) : mailbox.sendAll(null, all);
    }

    public CompletableFuture<Void> send(String nodeId, ByteBuffer message) {
        Mailbox mailbox = mailbox(nodeId);
        return mailbox == null ? notRegistered() : mailbox.send(message);
    }

    public CompletableFuture<ByteBuffer> request(String nodeId, ByteBuffer message, Duration timeout) {
        Durations.requireNotNegative("timeout", timeout);
        Mailbox mailbox = mailbox(nodeId);
        return mailbox == null ? notRegistered() : mailbox.request(null, message, timeout);
    }

    private @Nullable Mailbox mailbox(String nodeId) {
        return table.mailbox(nodeId);
    }

    private static <T> CompletableFuture<T> notRegistered() {
        return CompletableFuture.failedFuture(new UndeliveredException(UndeliveredException.Reason.CLOSED));
    }

    /** Opens a channel to a node. */
    public Channel openChannel(
            String nodeId, String name, ChannelOptions channelOptions, ChannelListener channelListener) {
        if (table.ownerOf(nodeId) instanceof NodeBinding binding) {
            return binding.open(name, channelOptions, channelListener);
        }
        ChannelEnd unopened = ChannelEnd.opening(
                new AbsentNode(this, nodeId),
                firstLoop(),
                name,
                channelOptions,
                options.maxMessageBytes(),
                channelListener);
        unopened.cannotOpen("node " + nodeId + " is not registered");
        return unopened;
    }

    public CompletableFuture<List<Channel>> channels(String nodeId) {
        return table.ownerOf(nodeId) instanceof NodeBinding binding
                ? binding.channels()
                : CompletableFuture.completedFuture(List.of());
    }

    @Nullable
    Tracing tracing() {
        return events.tracing();
    }

    void callbackFailed(String of, Throwable failure) {
        events.failed(of, failure);
    }

    public NodeGroups groups() {
        return groups;
    }

    public BroadcastResult broadcast(ByteBuffer message) {
        return broadcast(message, table::broadcast);
    }

    public BroadcastResult broadcast(Predicate<? super Node> chosen, ByteBuffer message) {
        return broadcast(message, shared -> table.broadcast(chosen, shared));
    }

    /** Copies the message once, for all. */
    BroadcastResult broadcast(ByteBuffer message, Function<SharedMessage, BroadcastResult> send) {
        requireFits("message", message);
        return send.apply(SharedMessage.copyOf(message));
    }

    private void requireFits(String name, ByteBuffer message) {
        if (message.remaining() > options.maxMessageBytes()) {
            throw new IllegalArgumentException(name + " is " + message.remaining() + " bytes, allowed is 0 to "
                    + options.maxMessageBytes() + " (maxMessageBytes)");
        }
    }

    /** As {@link #broadcast(ByteBuffer, Function)}, of many to a group. */
    List<BroadcastResult> broadcastAll(String group, List<ByteBuffer> messages) {
        ByteBuffer[] all = Batch.of(messages);
        for (int i = 0; i < all.length; i++) {
            requireFits("messages[" + i + "]", all[i]);
        }
        return table.sendAll(
                group, Arrays.stream(all).map(SharedMessage::copyOf).toList());
    }

    public boolean kick(String nodeId, String reason) {
        return table.end(nodeId, OfflineReason.KICKED, reason);
    }

    private Outbox newOutbox() {
        return new Outbox(options.channelQueueMessages(), options.channelQueueBytes(), options.maxMessageBytes());
    }

    Registered registeredAnswer(long epoch) {
        return new Registered(
                epoch,
                options.heartbeatInterval().toMillis(),
                options.suspectAfter().toMillis(),
                options.heartbeatTimeout().toMillis(),
                options.grace().toMillis(),
                options.maxMessageBytes(),
                options.maxNodesPerConnection(),
                options.maxChannels(),
                options.windowBytes(),
                options.windowBytes(),
                options.ackEvery());
    }

    // ---- connections

    @Override
    public boolean onAccept(InetSocketAddress remote) {
        ConnectionRefusal refusal = gate.enter(remote);
        if (end.hasStoppedAccepting()) {
            connectionEnded(refusal == null ? gate.placeOf(remote) : null, false);
            refusal = ConnectionRefusal.STOPPING;
        } else if (refusal == null) {
            return true;
        } else {
            connectionEnded(null, false);
        }
        refused(remote, refusal);
        return false;
    }

    /** The clock of the loops. Any thread. */
    long monotonicNanos() {
        return transport.environment().monotonicNanos();
    }

    RandomGenerator random() {
        return transport.environment().random();
    }

    /** Counts and reports a connection that is closed at once. */
    void refused(InetSocketAddress remote, ConnectionRefusal why) {
        gate.refused(why);
        log.refused(remote, why, monotonicNanos());
    }

    @Override
    public ConnectionHandler onOpen(Connection connection) {
        Place place = gate.placeOf(connection.remoteAddress());
        boolean proxied = gate.isProxy(connection.remoteAddress());
        if (layer == null && !proxied) {
            return openSession(connection, place);
        }
        Arrival arrival = new Arrival(loopOf(connection.eventLoop()), connection, place);
        return layer == null || proxied ? arrival.beginProxied(layer) : arrival.begin(layer);
    }

    /** A session on the connection, whose layer is ready. */
    ConnectionHandler openSession(Connection connection, @Nullable Place place) {
        ServerSession session;
        try {
            session = new ServerSession(loopOf(connection.eventLoop()), connection, place);
        } catch (Throwable e) {
            connectionEnded(place, false); // Nothing else will report its end.
            throw e;
        }
        if (end.hasStoppedAccepting()) {
            session.closeUnregistered();
        }
        return session;
    }

    @Override
    public void onAbandoned(InetSocketAddress remote) {
        connectionEnded(gate.placeOf(remote), false);
    }

    private ServerLoop loopOf(EventLoop eventLoop) {
        ServerLoop loop = loops.get(eventLoop.index());
        if (loop == null) {
            // The first connection may be there before the thread that binds has said so.
            lifecycle.move(ServerState.NEW, ServerState.RUNNING);
            loop = new ServerLoop(this, Shard.of(eventLoop));
            loops.set(eventLoop.index(), loop);
        }
        return loop;
    }

    /** Gives back what was counted for a connection. */
    void connectionEnded(@Nullable Place place, boolean hadNode) {
        if (gate.left(place, hadNode)) {
            end.onLastConnectionEnded();
        }
    }

    // ---- the end

    boolean hasStoppedAccepting() {
        return end.hasStoppedAccepting();
    }

    private void onForgotten() {
        end.onForgotten();
    }

    /** Refuses what {@link #shutdown} cannot take. */
    public static void requireDrain(Duration drain) {
        ServerEnd.requireDrain(drain);
    }

    /**
     * Accepts for a while, then no more; lets one node after the other have what was accepted for
     * it and sends it away; and closes when all are gone or the time is over.
     */
    public CompletableFuture<Void> shutdown(Duration drain) {
        return end.shutdown(drain);
    }

    /**
     * Ends every stay, closes every connection, and completes when the listeners have been
     * notified.
     */
    public CompletableFuture<Void> close() {
        return end.close();
    }

    CompletableFuture<Void> release() {
        return ownsTransport ? transport.closeAsync() : completedFuture(null);
    }

    void onEveryLoop(Consumer<ServerLoop> action) {
        startedLoops().forEach(loop -> loop.shard.execute(() -> action.accept(loop)));
    }

    List<ServerLoop> startedLoops() {
        return IntStream.range(0, loops.length())
                .mapToObj(loops::get)
                .filter(Objects::nonNull)
                .toList();
    }

    // ---- numbers

    /** The counts so far. */
    public ServerCounts counts() {
        return counts;
    }

    /** Bytes of messages that the application has not handled. */
    long heldBytes() {
        return startedLoops().stream()
                .mapToLong(loop -> loop.counters.get(Counter.BYTES_HELD))
                .sum();
    }

    /** The time by which everything that is due is late on the busiest loop. */
    long loopLagNs() {
        return startedLoops().stream().mapToLong(ServerLoop::lagNs).max().orElse(0);
    }

    long registrationBytes() {
        return capacity.bytes();
    }

    long loopFailures() {
        return transport.eventLoops().stream()
                .mapToLong(loop -> loop.failures().count())
                .sum();
    }
}
