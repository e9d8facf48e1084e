package dev.heartbeat.internal.server;

import static java.util.concurrent.CompletableFuture.completedFuture;

import dev.heartbeat.BroadcastResult;
import dev.heartbeat.Channel;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.FailureCode;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.MassGuardStatus;
import dev.heartbeat.MessageHandler;
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
import dev.heartbeat.internal.channel.Acceptors;
import dev.heartbeat.internal.channel.ChannelCounts;
import dev.heartbeat.internal.channel.ChannelEnd;
import dev.heartbeat.internal.channel.ChannelOwner;
import dev.heartbeat.internal.frame.Registered;
import dev.heartbeat.internal.frame.SharedMessage;
import dev.heartbeat.internal.liveness.FailureDetector;
import dev.heartbeat.internal.liveness.MassGuard;
import dev.heartbeat.internal.loop.Deadline;
import dev.heartbeat.internal.loop.Durations;
import dev.heartbeat.internal.loop.LazyShard;
import dev.heartbeat.internal.loop.Loop;
import dev.heartbeat.internal.loop.Shard;
import dev.heartbeat.internal.loop.Timer;
import dev.heartbeat.internal.mux.InboundBudget;
import dev.heartbeat.internal.node.Capacity;
import dev.heartbeat.internal.node.NodeEvents;
import dev.heartbeat.internal.node.NodeTable;
import dev.heartbeat.internal.node.Registration;
import dev.heartbeat.internal.node.Tombstones;
import dev.heartbeat.internal.queue.CallbackThreads;
import dev.heartbeat.internal.queue.Mailbox;
import dev.heartbeat.internal.queue.Outbox;
import dev.heartbeat.internal.session.HostLookup;
import dev.heartbeat.internal.session.Transports;
import dev.heartbeat.spi.Acceptor;
import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.Listener;
import dev.heartbeat.spi.RecorderProvider;
import dev.heartbeat.spi.Transport;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state that all loops of a server share: the node table, the limits, and how it starts and
 * ends. Any thread may call any method.
 */
public final class Server implements Acceptor {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);

    /** Each connection may take one part of the memory for what comes in. */
    private static final int BUDGET_PARTS = 8;

    /**
     * The longest that closing may take: the linger of the last connections, and listeners that are
     * still busy.
     */
    private static final long CLOSE_DEADLINE_NS = TimeUnit.SECONDS.toNanos(10);

    private static final long DRAIN_LOG_NS = TimeUnit.SECONDS.toNanos(5);

    /** Nodes receive the time to come back in 32 bits of milliseconds, which are 49 days. */
    private static final Duration LONGEST_DRAIN = Duration.ofDays(30);

    private static final BroadcastResult NOBODY = new BroadcastResult(0, 0, 0, 0, 0, 0, 0);

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
    private final NodeEvents events;
    private final NodeGroups groups = new ServerGroups(this);
    private final MassGuard guard;
    /** Written under the guard's lock. */
    private final Measures guardMeasures;

    private final ServerCounts counts;

    /** Made by the loops, each its own, with their first connection. */
    private final AtomicReferenceArray<@Nullable ServerLoop> loops;

    private final AtomicInteger openConnections = new AtomicInteger();
    private final LongAdder refusedConnections = new LongAdder();

    private final LogThrottle noCapacityLog = new LogThrottle();
    private final LogThrottle duplicatesLog = new LogThrottle();

    private final Lifecycle lifecycle;
    private final CompletableFuture<Listener> listening = new CompletableFuture<>();
    private volatile boolean draining;
    /** Completes when the last connection is closed, while draining. */
    private final CompletableFuture<Void> disconnected = new CompletableFuture<>();
    /** Completes when it listens no more, or never did. */
    private final CompletableFuture<Void> portFreed = new CompletableFuture<>();
    /** Completes when every node's end has been reported, once it is closing. */
    private final CompletableFuture<Void> listenersNotified = new CompletableFuture<>();

    private volatile boolean closing;
    private @Nullable CompletableFuture<Void> closed;

    /**
     * One that does not listen yet.
     *
     * @param given by what it measures itself; null for the best that is found
     * @param owned whether the transport is closed with the server
     */
    public Server(
            ServerOptions options,
            List<NodeListener> listeners,
            Handlers handlers,
            @Nullable RecorderProvider given,
            Transport transport,
            boolean owned,
            Lifecycle lifecycle) {
        this.options = options;
        this.lifecycle = lifecycle;
        recorders = given == null ? PlainRecorders.orBetter() : given;
        guardMeasures = new Measures(recorders, transport.eventLoops().get(0).failures());
        this.transport = transport;
        this.ownsTransport = owned;
        detector = new FailureDetector(
                options.suspectAfter().toNanos(), options.heartbeatTimeout().toNanos());
        acceptors = handlers.acceptors();
        callbackThreads =
                new CallbackThreads(transport.environment(), transport.eventLoops(), options.callbackExecutor());
        events =
                new NodeEvents(listeners, handlers.messages(), handlers.requests(), handlers.routes(), callbackThreads);
        capacity = new Capacity(options.maxNodes(), options.registrationBudgetBytes());
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
        budget = new InboundBudget(options.inboundBudgetBytes(), BUDGET_PARTS);
        guard = new MassGuard(
                options.massGuardShare(),
                options.massGuardMinimum(),
                options.massGuardMaxHold().toNanos(),
                options.massGuardReleaseRate(),
                options.suspectAfter().toNanos(),
                this::onGuard);
        counts = new ServerCounts(this, events, guard, guardMeasures);
        loops = new AtomicReferenceArray<>(transport.eventLoops().size());
    }

    /** The application's handlers of what comes. */
    public record Handlers(MessageHandler messages, RequestHandler requests, RoutePolicy routes, Acceptors acceptors) {}

    /** Begins to listen, once. The future fails when nothing is left of what was opened. */
    public CompletableFuture<Server> listen() {
        // A literal is looked up at once, so that a server on one listens as soon as its transport
        // does.
        return HostLookup.lookUp(
                        options.host(), transport.environment().resolver(), firstLoop(), options.handshakeTimeout())
                .thenCompose(found -> transport.listen(new InetSocketAddress(found.get(0), options.port()), this))
                .whenComplete(this::onBound)
                .thenApply(this::listens)
                .exceptionallyCompose(this::cannotListen);
    }

    private void onBound(@Nullable Listener bound, @Nullable Throwable failure) {
        if (bound == null) {
            listening.completeExceptionally(Objects.requireNonNullElseGet(failure, NullPointerException::new));
        } else {
            listening.complete(bound);
        }
    }

    private Server listens(Listener bound) {
        lifecycle.move(ServerState.NEW, ServerState.RUNNING);
        if (draining) {
            throw new IllegalStateException("the server was closed before it listened");
        }
        LOG.info("listening on {} ({})", bound.localAddress(), transport.name());
        CompletableFuture<?> unused = bound.closed().thenRun(() -> transportEnded(bound.localAddress()));
        return this;
    }

    /** Does nothing where the server itself has closed its port. */
    private void transportEnded(InetSocketAddress address) {
        HeartbeatException cause = new HeartbeatException(
                FailureCode.TRANSPORT_ENDED,
                "the transport " + transport.name() + " ended while the server on " + address + " was running");
        if (lifecycle.fail(ServerState.RUNNING, cause)) {
            LOG.error("{}; no node can reach it: close it and start another", cause.getMessage());
        }
    }

    private CompletableFuture<Server> cannotListen(Throwable failure) {
        HeartbeatException cause = new HeartbeatException(
                FailureCode.CANNOT_LISTEN,
                "cannot listen on " + options.host() + ":" + options.port() + ": " + reason(failure),
                failure);
        return release().handle((released, unreleased) -> {
            lifecycle.fail(ServerState.NEW, cause);
            throw cause;
        });
    }

    private static String reason(Throwable failure) {
        Throwable outer =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        Throwable cause = outer.getCause();
        return Objects.requireNonNullElse((cause == null ? outer : cause).getMessage(), outer.toString());
    }

    /** Refuses a call that would wait for itself. */
    public void requireMayWait(String call) {
        Transports.requireMayWait(call, transport);
    }

    private Loop firstLoop() {
        return new LazyShard(transport.eventLoops().get(0));
    }

    public ServerOptions options() {
        return options;
    }

    /**
     * The address it listens on, or listened on.
     *
     * @throws IllegalStateException if it does not listen yet, or never did
     */
    public InetSocketAddress localAddress() {
        ServerState state = lifecycle.state();
        // A server that runs listens: what is left is for the thread that binds to say so.
        if (state == ServerState.NEW || (state != ServerState.RUNNING && !listening.isDone())) {
            throw new IllegalStateException("the server does not listen yet");
        }
        try {
            return listening.join().localAddress();
        } catch (CompletionException e) {
            throw new IllegalStateException("the server never listened: " + reason(e), e);
        }
    }

    public NodeTable nodes() {
        return table;
    }

    public SendResult trySend(String nodeId, ByteBuffer message) {
        Mailbox mailbox = mailbox(nodeId);
        return mailbox == null ? SendResult.CLOSED : mailbox.trySend(message);
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
        return draining ? null : table.mailbox(nodeId);
    }

    private static <T> CompletableFuture<T> notRegistered() {
        return CompletableFuture.failedFuture(new UndeliveredException(UndeliveredException.Reason.CLOSED));
    }

    /** Opens a channel to a node. */
    public Channel openChannel(
            String nodeId, String name, ChannelOptions channelOptions, ChannelListener channelListener) {
        if (!draining && table.ownerOf(nodeId) instanceof NodeBinding binding) {
            return binding.open(name, channelOptions, channelListener);
        }
        ChannelEnd end = ChannelEnd.opening(
                new Absent(nodeId), firstLoop(), name, channelOptions, options.maxMessageBytes(), channelListener);
        end.cannotOpen("node " + nodeId + " is not registered");
        return end;
    }

    /** The home of a channel to a node that is not there. */
    private final class Absent implements ChannelOwner {
        private final String nodeId;

        Absent(String nodeId) {
            this.nodeId = nodeId;
        }

        @Override
        public String nodeId() {
            return nodeId;
        }

        @Override
        public @Nullable Node node() {
            return null;
        }

        @Override
        public CallbackThreads callbackThreads() {
            return callbackThreads;
        }

        @Override
        public void requireMayWait(String call) {
            Server.this.requireMayWait(call);
        }

        @Override
        public ChannelCounts counts() {
            return channels;
        }

        @Override
        public void onMessageIn() {
            throw new IllegalStateException("a message of an unknown node");
        }

        @Override
        public void onFailure(String of, Throwable failure) {
            callbackFailed(of, failure);
        }
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

    /** Copies the message once, for all. A server that stops has nobody to send it to. */
    BroadcastResult broadcast(ByteBuffer message, Function<SharedMessage, BroadcastResult> send) {
        if (message.remaining() > options.maxMessageBytes()) {
            throw new IllegalArgumentException("message is " + message.remaining() + " bytes, allowed is 0 to "
                    + options.maxMessageBytes() + " (maxMessageBytes)");
        }
        return draining ? NOBODY : send.apply(SharedMessage.copyOf(message));
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

    boolean guardHolds(long nowNs) {
        return guard.holds(table.votes(), table.size(), nowNs);
    }

    int guardReleases(int wanted, long nowNs) {
        return guard.release(wanted, table.votes(), table.size(), nowNs);
    }

    /** A verdict has been held for as long as one may be. */
    void guardExpires() {
        guard.expire();
    }

    void guardWithdraws() {
        guard.withdraw();
    }

    private void onGuard(MassGuardStatus status) {
        if (!status.isEngaged()) {
            guardMeasures.record(Measures.Kind.GUARD_HOLD, status.engagedFor().toNanos());
        }
        events.massGuard(status);
    }

    boolean guardIsAtRest() {
        return guard.isAtRest();
    }

    // ---- connections

    @Override
    public boolean onAccept(InetSocketAddress remote) {
        if (openConnections.incrementAndGet() <= options.maxConnections() && !draining) {
            return true;
        }
        refusedConnections.increment();
        connectionEnded();
        return false;
    }

    @Override
    public ConnectionHandler onOpen(Connection connection) {
        ServerSession session;
        try {
            session = new ServerSession(loopOf(connection.eventLoop()), connection);
        } catch (Throwable e) {
            connectionEnded(); // Nothing else will report its end.
            throw e;
        }
        if (draining) {
            session.closeUnregistered();
        }
        return session;
    }

    @Override
    public void onAbandoned(InetSocketAddress remote) {
        connectionEnded();
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

    void connectionEnded() {
        if (openConnections.decrementAndGet() == 0 && draining) {
            disconnected.complete(null);
        }
    }

    /** A registration, or metadata, found no room. Any loop. */
    void onNoCapacity(long nowNs) {
        long times = noCapacityLog.countIfDue(nowNs);
        if (times > 0) {
            LOG.warn(
                    "refused {} registrations or metadata for lack of room: {} of {} nodes are known (maxNodes), {} of {}"
                            + " bytes are used (registrationBudgetBytes); known nodes may still come back",
                    times,
                    table.size(),
                    options.maxNodes(),
                    capacity.bytes(),
                    options.registrationBudgetBytes());
        }
    }

    /** One of two processes of one identity is sent away. Any loop. */
    void onDuplicateIdentity(Registration sentAway, long nowNs) {
        long times = duplicatesLog.countIfDue(nowNs);
        if (times > 0) {
            LOG.warn(
                    "node {}: DUPLICATE_IDENTITY: two processes restored from one snapshot took the node from each other;"
                            + " the one at {} is sent away for good{}",
                    sentAway.entry().id(),
                    sentAway.owner().remoteAddress(),
                    times == 1 ? "" : " (" + (times - 1) + " more since the last report)");
        }
    }

    private void onForgotten() {
        if (closing && table.isEmpty()) {
            listenersNotified.complete(null);
        }
    }

    // ---- the end

    boolean isDraining() {
        return draining;
    }

    /** Refuses what {@link #shutdown} cannot take. */
    public static void requireDrain(Duration drain) {
        Durations.requireNotNegative("drain", drain);
    }

    /**
     * Accepts no more, lets every node have what was accepted for it, sends it away, and closes
     * when all are gone or the time is over.
     */
    public CompletableFuture<Void> shutdown(Duration drain) {
        if (drain.isZero()) {
            return close();
        }
        Duration bounded = drain.compareTo(LONGEST_DRAIN) < 0 ? drain : LONGEST_DRAIN;
        stopAccepting();
        LOG.info("shutting down: sending accepted messages to {} connections, for up to {}", openConnections, bounded);
        table.drainAll(bounded.toMillis());
        DrainLog log = new DrainLog();
        onFirstLoop(shard -> shard.arm(log, DRAIN_LOG_NS));
        return within(bounded.toNanos(), disconnected).thenCompose(done -> {
            log.end();
            return close();
        });
    }

    /** Logs the progress of a shutdown from time to time. */
    private final class DrainLog extends Timer {
        @Override
        protected void onDue(long nowNs) {
            LOG.info("shutting down: {} connections are still open", openConnections);
            onFirstLoop(shard -> shard.arm(this, DRAIN_LOG_NS));
        }

        void end() {
            onFirstLoop(shard -> shard.cancel(this));
            int remaining = openConnections.get();
            if (remaining == 0) {
                LOG.info("shutting down: all connections are closed");
            } else {
                LOG.info(
                        "shutting down: {} connections are still open at the deadline; their unsent messages come back",
                        remaining);
            }
        }
    }

    private void stopAccepting() {
        draining = true;
        if (!lifecycle.move(ServerState.NEW, ServerState.DRAINING)) {
            lifecycle.move(ServerState.RUNNING, ServerState.DRAINING);
        }
        CompletableFuture<?> unused =
                listening.thenCompose(Listener::close).whenComplete((done, failure) -> portFreed.complete(null));
        onEveryLoop(ServerLoop::closeWithoutNode);
        if (openConnections.get() == 0) {
            disconnected.complete(null);
        }
    }

    /**
     * Ends every stay, closes every connection, and completes when the listeners have been
     * notified.
     */
    public synchronized CompletableFuture<Void> close() {
        if (closed == null) {
            stopAccepting();
            closing = true;
            LOG.info("closing: reporting {} nodes OFFLINE, closing {} connections", table.size(), openConnections);
            table.endAll(OfflineReason.SHUTDOWN, "");
            if (table.isEmpty()) {
                listenersNotified.complete(null);
            }
            closed = within(CLOSE_DEADLINE_NS, CompletableFuture.allOf(disconnected, listenersNotified, portFreed))
                    .thenCompose(done -> {
                        onEveryLoop(ServerLoop::end);
                        return release();
                    })
                    .whenComplete(this::onReleased);
        }
        return closed.copy();
    }

    private void onReleased(@Nullable Void released, @Nullable Throwable failure) {
        if (failure == null) {
            lifecycle.move(ServerState.DRAINING, ServerState.STOPPED);
        } else {
            lifecycle.fail(ServerState.DRAINING, failure);
        }
    }

    private CompletableFuture<Void> release() {
        return ownsTransport ? transport.closeAsync() : completedFuture(null);
    }

    /** Completes with {@code future}, or when the time is over; on the first loop's clock. */
    private CompletableFuture<Void> within(long timeoutNs, CompletableFuture<Void> future) {
        CompletableFuture<Void> either = new CompletableFuture<>();
        CompletableFuture<?> unusedFirst = future.thenRun(() -> either.complete(null));
        if (!either.isDone()) {
            completeAfter(timeoutNs, either);
        }
        return either;
    }

    private void completeAfter(long timeoutNs, CompletableFuture<Void> future) {
        onFirstLoop(shard -> {
            Deadline deadline = new Deadline(() -> future.complete(null));
            shard.arm(deadline, timeoutNs);
            CompletableFuture<?> unused = future.thenRun(() -> shard.execute(() -> shard.cancel(deadline)));
        });
    }

    private void onFirstLoop(Consumer<Shard> action) {
        EventLoop loop = transport.eventLoops().get(0);
        try {
            loop.execute(() -> action.accept(Shard.of(loop)));
        } catch (RejectedExecutionException e) {
            LOG.debug("event loop {} and its clock have ended; waiting for the workers only", loop.index());
        }
    }

    private void onEveryLoop(Consumer<ServerLoop> action) {
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

    long openConnections() {
        return openConnections.get();
    }

    long refusedConnections() {
        return refusedConnections.sum();
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
