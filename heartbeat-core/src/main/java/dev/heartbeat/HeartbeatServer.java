package dev.heartbeat;

import dev.heartbeat.auth.Authenticator;
import dev.heartbeat.internal.channel.Acceptors;
import dev.heartbeat.internal.log.Logging;
import dev.heartbeat.internal.server.Lifecycle;
import dev.heartbeat.internal.server.Server;
import dev.heartbeat.internal.session.Transports;
import dev.heartbeat.spi.ConnectionLayer;
import dev.heartbeat.spi.RecorderProvider;
import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import dev.heartbeat.spi.TransportProvider;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Knows which nodes are alive, notifies the application the moment that changes, and reaches any of
 * them.
 *
 * <pre>{@code
 * HeartbeatServer server = HeartbeatServer.builder()
 *         .port(9501)
 *         .listener(new NodeListener() {
 *             public void onOnline(Node node) { System.out.println(node.id() + " is online"); }
 *             public void onOffline(Node node, OfflineReason why) { System.out.println(node.id() + " is gone: " + why); }
 *         })
 *         .start();
 * }</pre>
 *
 * <p>Every method may be called from any thread. Those that wait ({@link #start},
 * {@link #shutdown}, {@link #close}) have a form that does not; on an event loop or in a callback
 * they refuse with an {@link IllegalStateException}, since they would wait for themselves.
 *
 * <p>A container builds a server, and starts and stops it later ({@link Builder#build},
 * {@link #start}, {@link #state}). A server starts once. Until then, and for ever if it is closed
 * before, {@link #options}, {@link #state}, {@link #failure} and the methods that end it may be
 * called; every other refuses with an {@link IllegalStateException}.
 *
 * @since 0.1
 */
public final class HeartbeatServer implements AutoCloseable {
    private final Plan plan;
    private final Lifecycle lifecycle = new Lifecycle(this);
    /** Made by a start, before the first callback. */
    private volatile @Nullable Server server;

    private HeartbeatServer(Plan plan) {
        this.plan = plan;
    }

    /** All that was set in the builder. */
    private record Plan(
            ServerOptions options,
            List<NodeListener> listeners,
            Server.Handlers handlers,
            @Nullable RecorderProvider recorders,
            @Nullable Transport transport,
            @Nullable TransportProvider provider,
            TransportOptions transportOptions,
            @Nullable ConnectionLayer layer) {}

    private Server started() {
        Server made = server;
        if (made == null) {
            throw new IllegalStateException("the server is " + state() + " and was never started; call start() first");
        }
        return made;
    }

    /** {@return a server with the default of every option} */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Binds the port and begins to serve, once. Callbacks may come before this returns, and may use
     * the server.
     *
     * @return completes when it is RUNNING, with this server; or fails with a
     *     {@link HeartbeatException} that names the address, if it cannot listen there or is closed
     *     meanwhile. Then it holds nothing
     * @throws HeartbeatException if there is no transport, or it cannot start
     * @throws IllegalStateException if it was started or closed before
     * @since 0.1
     */
    public synchronized CompletableFuture<HeartbeatServer> startAsync() {
        lifecycle.begin();
        try {
            Logging.require();
            return Transports.use(plan.transport(), plan.provider(), plan.transportOptions(), this::listen)
                    .thenApply(listening -> this);
        } catch (Throwable failure) {
            lifecycle.fail(ServerState.NEW, failure);
            throw failure;
        }
    }

    private CompletableFuture<Server> listen(Transport transport, boolean owned) {
        Server made = new Server(
                plan.options(),
                plan.listeners(),
                plan.handlers(),
                plan.recorders(),
                transport,
                owned,
                plan.layer(),
                lifecycle);
        server = made; // Before it listens: the first callback may use it.
        return made.listen();
    }

    /**
     * {@link #startAsync}, and waits for it; on a loop or in a callback of the transport that was
     * given it refuses with an {@link IllegalStateException}.
     *
     * @return this server
     * @since 0.1
     */
    public HeartbeatServer start() {
        if (plan.transport() != null) {
            Transports.requireMayWait("start", plan.transport());
        }
        try {
            return startAsync().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof HeartbeatException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /**
     * {@return its state as of now} A thread that sees a state sees all that led to it.
     *
     * @since 0.1
     */
    public ServerState state() {
        return lifecycle.state();
    }

    /**
     * {@return the cause where it has FAILED; empty in every other state}
     *
     * @since 0.1
     */
    public Optional<Throwable> failure() {
        return lifecycle.failure();
    }

    /**
     * {@return the options in force: those it was built with, or those of the last
     * {@link #reconfigure}}
     */
    public ServerOptions options() {
        Server made = server;
        return made == null ? plan.options() : made.options();
    }

    /**
     * Takes other options while it runs, all or nothing. They may differ in options that are
     * {@linkplain dev.heartbeat.option.Option#isChangeable changeable}: limits and lists of
     * networks. Those hold for what comes from now on; open connections stay. Begin with
     * {@link ServerOptions#toBuilder} of {@link #options}.
     *
     * @throws IllegalArgumentException if another option differs; the message names it, its value,
     *     and the value in force
     * @throws IllegalStateException if it was never started
     * @since 0.1
     */
    public synchronized void reconfigure(ServerOptions options) {
        Objects.requireNonNull(options, "options");
        Server running = started();
        running.options().requireChangeableTo(options);
        running.replaceLimits(options);
    }

    /**
     * {@return the address it listens on, or listened on before it ended; the port is the real one
     * where 0 was asked for}
     *
     * @throws IllegalStateException if it does not listen yet, or never did
     */
    public InetSocketAddress localAddress() {
        return started().localAddress();
    }

    /** {@return the nodes it knows} */
    public NodeRegistry nodes() {
        return started().nodes();
    }

    /**
     * Offers a message for a node, on channel 0. Never blocks and never drops in silence: what was
     * ACCEPTED leaves through the node's socket, or comes back through
     * {@link NodeListener#onUndelivered}. Messages to one node arrive in the order in which they
     * were accepted; while the node is SUSPECT after a lost connection they wait for it. A message
     * that a socket has taken when its connection is lost may have arrived or not, and nobody is
     * notified: have the node answer when that matters.
     *
     * @param message from its position to its limit; if it is ACCEPTED it belongs to the bus and
     *     must not be touched until it comes back. Its position and limit are not changed
     * @return whether the message was accepted, and if not, why
     */
    public SendResult trySend(String nodeId, ByteBuffer message) {
        Objects.requireNonNull(nodeId, "nodeId");
        Objects.requireNonNull(message, "message");
        return started().trySend(nodeId, message);
    }

    /**
     * Offers messages for a node in the order of the list, each as by {@link #trySend}. It costs
     * less than to offer them one by one, because the node is looked up, and the bus notified, once.
     * If one is FULL, so are those behind it; {@link NodeListener#onWritable} says when to offer
     * those. One that is TOO_LARGE affects no other.
     *
     * @param messages each as of {@link #trySend}; the list is the caller's again on return. None
     *     is taken if one of them is null
     * @return the result of each message, in the same order; unmodifiable
     */
    public List<SendResult> sendAll(String nodeId, List<ByteBuffer> messages) {
        Objects.requireNonNull(nodeId, "nodeId");
        Objects.requireNonNull(messages, "messages");
        return started().sendAll(nodeId, messages);
    }

    /** {@return the groups that its nodes are in, and what is sent to those} */
    public NodeGroups groups() {
        return started().groups();
    }

    /**
     * Offers a message to every registered node, ONLINE or SUSPECT, on channel 0; for each it is as
     * by {@link #trySend}. It is copied once, however many nodes there are, so the buffer stays the
     * caller's. Waits for nobody: a node whose queue is full does not get it, and is counted. A
     * message that a node accepted and does not get after all comes back through
     * {@link NodeListener#onUndelivered}, once for each such node, as a read-only view of its own
     * of the message. Nodes that come meanwhile may or may not be among the recipients; those that
     * a server sends away because it stops are not.
     *
     * @param message from its position to its limit, which are not changed
     * @return the outcome for each recipient
     * @throws IllegalArgumentException if it is longer than a message may be
     *     ({@link ServerSetters#maxMessageBytes}), since then it is for nobody
     */
    public BroadcastResult broadcast(ByteBuffer message) {
        Objects.requireNonNull(message, "message");
        return started().broadcast(message);
    }

    /**
     * Offers a message, as {@link #broadcast(ByteBuffer)}, to the registered nodes that are chosen.
     * Each node is looked at; for what is sent often to the same nodes see {@link #groups}.
     *
     * @param to asked once for each, as the node is then. An exception of it is thrown from here,
     *     after which those before it have been sent the message
     * @return the outcome for each recipient
     * @throws IllegalArgumentException if the message is longer than a message may be
     */
    public BroadcastResult broadcast(Predicate<? super Node> to, ByteBuffer message) {
        Objects.requireNonNull(to, "to");
        Objects.requireNonNull(message, "message");
        return started().broadcast(to, message);
    }

    /**
     * As {@link #trySend}, for who waits: the future completes when the socket has taken the
     * message, or fails once with an {@link UndeliveredException}, whether it was not accepted or
     * did not get away. It completes in line with the node's other events.
     *
     * @return a future that completes when the socket has taken the message
     */
    public CompletableFuture<Void> send(String nodeId, ByteBuffer message) {
        Objects.requireNonNull(nodeId, "nodeId");
        Objects.requireNonNull(message, "message");
        return started().send(nodeId, message);
    }

    /**
     * Sends a request to a node, on channel 0; the future completes with the reply, in line with
     * the node's other events. It fails with an {@link UndeliveredException} if the request did not
     * get away, a {@link HeartbeatException} if the node could not answer or went offline, or a
     * {@link java.util.concurrent.TimeoutException} after {@code timeout}. If it is cancelled, or
     * too late, the reply is dropped and counted ({@link MessageStats#unmatchedReplies}). As many
     * requests to a node as its queue has places may wait, for their replies or for their turn in
     * the line of callbacks.
     *
     * @param timeout with zero nothing is sent, and the future has failed when this returns; more
     *     than 36,500 days count as that
     * @return a future of the reply
     * @throws IllegalArgumentException if it is negative
     */
    public CompletableFuture<ByteBuffer> request(String nodeId, ByteBuffer message, Duration timeout) {
        Objects.requireNonNull(nodeId, "nodeId");
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(timeout, "timeout");
        return started().request(nodeId, message, timeout);
    }

    /**
     * Opens a channel to a node, which decides whether it accepts. It lives as long as the node's
     * connection. The channel is CLOSED at once and its listener notified if the node is not
     * connected, or has as many channels as it may.
     *
     * @param name what for: 1 to 128 characters of A-Z a-z 0-9 . _ : -
     * @return the channel, which is OPENING or CLOSED
     * @throws IllegalArgumentException if a channel cannot have this name
     */
    public Channel openChannel(String nodeId, String name, ChannelOptions options, ChannelListener listener) {
        Objects.requireNonNull(nodeId, "nodeId");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(listener, "listener");
        return started().openChannel(nodeId, name, options, listener);
    }

    /**
     * The channels between this server and a node, whichever side opened them, beside the one that
     * every node has. Those that are {@link ChannelState#CLOSED} are not among them.
     *
     * @return a future that completes on the node's event loop's next turn, with no channels if the
     *     node is not connected; it does not complete where the transport has ended
     * @since 0.1
     */
    public CompletableFuture<List<Channel>> channels(String nodeId) {
        return started().channels(Objects.requireNonNull(nodeId, "nodeId"));
    }

    /**
     * Disconnects a node. It is OFFLINE with {@link OfflineReason#KICKED} when this returns,
     * receives the reason, and does not come back by itself.
     *
     * @return false if it was not registered
     */
    public boolean kick(String nodeId, String reason) {
        Objects.requireNonNull(nodeId, "nodeId");
        Objects.requireNonNull(reason, "reason");
        return started().kick(nodeId, reason);
    }

    /** {@return the counts so far, which go on} */
    public ServerStats stats() {
        return new ServerStats(started().counts());
    }

    /**
     * Stops without losing anything. It is {@link ServerState#DRAINING} at once, and goes on as
     * before for {@link ServerSetters#drainDelay}. Then it accepts no more connections, and sends
     * its nodes away one after the other, spread evenly over the first four fifths of
     * {@code drain}, but no more than a second apart: each gets what was accepted for it, and is
     * asked to leave and to come back, to whichever server is there, a random time of up to a
     * second later. From then on nothing more is accepted for it. A node leaves when its
     * application has handled all of it; answers still go both ways until then. It ends with
     * {@link OfflineReason#SHUTDOWN}.
     *
     * <p>It closes when all have left or {@code drain} is over. Messages that are left then come
     * back by {@link NodeListener#onUndelivered} or a failed future, and are counted; connections
     * that remain are closed within about two seconds more. The log reports how far it is, and what
     * was left. A second call does not begin again: it only brings the end forward if its
     * {@code drain} is over sooner; {@link #closeAsync} ends at once what is left.
     *
     * @param drain with zero it is as {@link #closeAsync}; more than 30 days count as 30 days
     * @return a future that completes when the server is stopped
     * @throws IllegalArgumentException if it is negative
     */
    public CompletableFuture<Void> shutdownAsync(Duration drain) {
        Objects.requireNonNull(drain, "drain");
        Server.requireDrain(drain);
        return ending(running -> running.shutdown(drain));
    }

    /** {@link #shutdownAsync}, and waits for it. */
    public void shutdown(Duration drain) {
        requireMayWait("shutdown");
        shutdownAsync(drain).join();
    }

    /**
     * Stops now. Every node ends with {@link OfflineReason#SHUTDOWN} and is notified, and every
     * connection is closed. The future completes when the listeners, those of channels too, have
     * heard of all of it, after about ten seconds at the latest. It is STOPPED then. A transport
     * that was given to the builder lives on. A server that was never started is STOPPED at once.
     * Idempotent.
     *
     * @return a future that completes when the server is stopped
     */
    public CompletableFuture<Void> closeAsync() {
        return ending(Server::close);
    }

    /** {@link #closeAsync}, and waits for it. */
    @Override
    public void close() {
        requireMayWait("close");
        closeAsync().join();
    }

    /** A start that is under way makes its server first, and this ends it. */
    private CompletableFuture<Void> ending(Function<Server, CompletableFuture<Void>> end) {
        Server made;
        synchronized (this) {
            made = server;
            if (made == null) {
                lifecycle.move(ServerState.NEW, ServerState.STOPPED);
                return CompletableFuture.completedFuture(null);
            }
        }
        return end.apply(made);
    }

    private void requireMayWait(String call) {
        Server made = server;
        if (made != null) {
            made.requireMayWait(call);
        }
    }

    /**
     * Builds a server: the options of {@link ServerSetters}, the application's code, and the
     * transport. {@link #build} checks all options, and refuses with an
     * {@link IllegalArgumentException} that names the option, the value and the range.
     */
    public static final class Builder extends ServerSetters<Builder> {
        private final List<NodeListener> listeners = new ArrayList<>();
        private MessageHandler messages = (from, message) -> {};
        private RequestHandler requests = (from, request) -> request.fail("the server does not answer requests");
        private RoutePolicy routes = (from, toNodeId) -> false;
        private @Nullable Authenticator authenticator;
        private final Acceptors.Builder acceptors = new Acceptors.Builder();
        private TransportOptions.Builder transportOptions = TransportOptions.builder();
        private @Nullable RecorderProvider recorders;
        private @Nullable Transport transport;
        private @Nullable TransportProvider provider;
        private @Nullable ConnectionLayer layer;
        private @Nullable MessageTracer tracer;

        private Builder() {}

        /**
         * Takes these options, in place of all that were set before.
         *
         * @return this builder
         */
        public Builder options(ServerOptions value) {
            return as(Objects.requireNonNull(value, "options"));
        }

        /**
         * Adds a listener to what becomes of nodes. Of several, each hears of everything, in the
         * order in which they were added, one after the other on the same thread. One that is added
         * twice is called twice. An exception from one is logged and counted, and the next is
         * called all the same.
         *
         * @return this builder
         */
        public Builder listener(NodeListener value) {
            listeners.add(Objects.requireNonNull(value, "listener"));
            return this;
        }

        /**
         * Sets the receiver of the nodes' messages; without one they are dropped. There is one,
         * since a message belongs to whoever gets it: a later call sets another in its place.
         *
         * @return this builder
         */
        public Builder onMessage(MessageHandler value) {
            messages = Objects.requireNonNull(value, "onMessage");
            return this;
        }

        /**
         * Sets the handler that answers the nodes' requests; without one every request is failed.
         * There is one, since a request is answered once: a later call sets another in its place.
         *
         * @return this builder
         */
        public Builder onRequest(RequestHandler value) {
            requests = Objects.requireNonNull(value, "onRequest");
            return this;
        }

        /**
         * Sets who decides which nodes may register. Without one every id is everybody's who
         * reaches the port, and the server says so in its log unless it listens on a loopback
         * address.
         *
         * @return this builder
         * @since 0.1
         */
        public Builder authenticator(Authenticator value) {
            authenticator = Objects.requireNonNull(value, "authenticator");
            return this;
        }

        /**
         * Which nodes may send to which through the server; none to any by default.
         *
         * @return this builder
         */
        public Builder routes(RoutePolicy value) {
            routes = Objects.requireNonNull(value, "routes");
            return this;
        }

        /**
         * Sets the acceptor that decides on channels of this name that nodes open. Channels that
         * nobody accepts are refused.
         *
         * @return this builder
         * @throws IllegalArgumentException if a channel cannot have this name
         */
        public Builder channel(String name, ChannelOptions options, ChannelAcceptor acceptor) {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(options, "options");
            Objects.requireNonNull(acceptor, "acceptor");
            acceptors.add(name, options, acceptor);
            return this;
        }

        /**
         * As {@link #channel(String, ChannelOptions, ChannelAcceptor)}, with the default of every
         * option.
         *
         * @return this builder
         */
        public Builder channel(String name, ChannelAcceptor acceptor) {
            return channel(name, ChannelOptions.defaults(), acceptor);
        }

        /**
         * Sets the acceptor that decides on channels of all other names.
         *
         * @return this builder
         */
        public Builder otherChannels(ChannelOptions options, ChannelAcceptor acceptor) {
            Objects.requireNonNull(options, "options");
            Objects.requireNonNull(acceptor, "acceptor");
            acceptors.byDefault(options, acceptor);
            return this;
        }

        /**
         * Sets the recorders with which the server measures itself; the best that is found on the
         * class path by default, which {@code heartbeat-histograms} brings.
         *
         * @return this builder
         */
        public Builder recorders(RecorderProvider value) {
            recorders = Objects.requireNonNull(value, "recorders");
            return this;
        }

        /**
         * Takes these options for the server's own transport, in place of all that were set before.
         *
         * @return this builder
         */
        public Builder transportOptions(TransportOptions value) {
            transportOptions = Objects.requireNonNull(value, "transportOptions").toBuilder();
            return this;
        }

        /**
         * Changes options of the server's own transport, such as its socket buffers; the others
         * stay.
         *
         * @return this builder
         */
        public Builder transportOptions(Consumer<TransportOptions.Builder> change) {
            Objects.requireNonNull(change, "change").accept(transportOptions);
            return this;
        }

        /**
         * Uses this transport, which may be shared and is not closed with the server, instead of
         * the best one on the class path.
         *
         * @return this builder
         */
        public Builder transport(Transport value) {
            transport = Objects.requireNonNull(value, "transport");
            return this;
        }

        /**
         * Uses a transport of its own by the provider of this name, such as {@code nio}, instead of
         * the best one on the class path.
         *
         * @return this builder
         * @throws IllegalArgumentException if none of that name is there; the message names those
         *     that are
         */
        public Builder transport(String name) {
            provider = TransportProvider.named(name);
            return this;
        }

        /**
         * Sets who follows messages and requests from sender to handler, such as OpenTelemetry;
         * nobody by default, which costs nothing.
         *
         * @return this builder
         * @since 0.1
         */
        public Builder tracer(MessageTracer value) {
            tracer = Objects.requireNonNull(value, "tracer");
            return this;
        }

        /**
         * Adds a layer between the transport's connections and the bus, such as TLS. The first that
         * is added is next to the socket; each further one is above those before it. A connection
         * whose layers are not ready within {@link ServerSetters#handshakeTimeout} is closed; the
         * time to register begins then.
         *
         * @return this builder
         * @since 0.1
         */
        public Builder layer(ConnectionLayer value) {
            Objects.requireNonNull(value, "layer");
            layer = layer == null ? value : layer.then(value);
            return this;
        }

        /**
         * Makes a server that is not started. All arguments are judged now; nothing is opened, and
         * no thread begins, before {@link HeartbeatServer#start}. The builder may be used again:
         * each server has what was set by then.
         *
         * @return the server, which is NEW
         * @throws IllegalArgumentException if an option is out of its range
         * @since 0.1
         */
        public HeartbeatServer build() {
            return new HeartbeatServer(new Plan(
                    built(),
                    List.copyOf(listeners),
                    new Server.Handlers(messages, requests, routes, acceptors.build(), authenticator, tracer),
                    recorders,
                    transport,
                    provider,
                    transportOptions.build(),
                    layer));
        }

        /**
         * {@link #build}, and {@link HeartbeatServer#startAsync}.
         *
         * @return a future of the server, which completes when it is RUNNING
         */
        public CompletableFuture<HeartbeatServer> startAsync() {
            return build().startAsync();
        }

        /**
         * {@link #build}, and {@link HeartbeatServer#start}.
         *
         * @return the server, which is RUNNING
         */
        public HeartbeatServer start() {
            return build().start();
        }
    }
}
