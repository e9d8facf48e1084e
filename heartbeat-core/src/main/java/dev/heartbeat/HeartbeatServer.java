package dev.heartbeat;

import dev.heartbeat.internal.channel.Acceptors;
import dev.heartbeat.internal.server.Server;
import dev.heartbeat.internal.session.Transports;
import dev.heartbeat.spi.RecorderProvider;
import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import dev.heartbeat.spi.TransportProvider;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Knows which nodes are alive, tells the application the moment that changes, and reaches any of them.
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
 * <p>Every method may be called from any thread. Those that wait ({@link Builder#start}, {@link #shutdown}, {@link #close}) have a form that does not; on an
 * event loop or in a callback they refuse with an {@link IllegalStateException}, since they would wait for themselves.
 */
public final class HeartbeatServer implements AutoCloseable {
    private final Server server;

    private HeartbeatServer(Server server) {
        this.server = server;
    }

    /** A server with the default of every option. */
    public static Builder builder() {
        return new Builder();
    }

    /** What it was built with. */
    public ServerOptions options() {
        return server.options();
    }

    /** Where it listens; the port is the real one where 0 was asked for. */
    public InetSocketAddress localAddress() {
        return server.localAddress();
    }

    /** The nodes it knows. */
    public NodeRegistry nodes() {
        return server.nodes();
    }

    /**
     * Offers a message for a node, on channel 0. Never blocks and never drops in silence: what was ACCEPTED leaves through the node's socket, or comes back through
     * {@link NodeListener#onUndelivered}. Messages to one node arrive in the order in which they were accepted; while the node is SUSPECT after a lost connection they
     * wait for it. What a socket has taken when its connection is lost may have arrived or not, and nobody is told: where that matters, have the node answer.
     *
     * @param message from its position to its limit; if it is ACCEPTED it belongs to the bus and must not be touched until it comes back. Its position and limit are not changed
     */
    public SendResult trySend(String nodeId, ByteBuffer message) {
        Objects.requireNonNull(nodeId, "nodeId");
        Objects.requireNonNull(message, "message");
        return server.trySend(nodeId, message);
    }

    /** The groups that its nodes are in, and what is sent to those. */
    public NodeGroups groups() {
        return server.groups();
    }

    /**
     * Offers a message to every registered node, ONLINE or SUSPECT, on channel 0; for each it is as by {@link #trySend}. It is copied once, however many nodes there are, so the buffer stays the
     * caller's. Waits for nobody: a node whose queue is full does not get it, and is counted. What a node accepted and does not get after all comes back through
     * {@link NodeListener#onUndelivered}, once for each such node, as a read-only view of its own of the message. Nodes that come meanwhile may or may not be among the recipients; a server that
     * stops has none.
     *
     * @param message from its position to its limit, which are not changed
     * @throws IllegalArgumentException if it is longer than a message may be ({@link Builder#maxMessageBytes}), since then it is for nobody
     */
    public BroadcastResult broadcast(ByteBuffer message) {
        Objects.requireNonNull(message, "message");
        return server.broadcast(message);
    }

    /**
     * Offers a message, as {@link #broadcast(ByteBuffer)}, to the registered nodes that are chosen. Each node is looked at; for what is sent often to the same nodes see {@link #groups}.
     *
     * @param to asked once for each, as the node is then. What it throws is thrown from here, after which those before it have been sent the message
     * @throws IllegalArgumentException if the message is longer than a message may be
     */
    public BroadcastResult broadcast(Predicate<? super Node> to, ByteBuffer message) {
        Objects.requireNonNull(to, "to");
        Objects.requireNonNull(message, "message");
        return server.broadcast(to, message);
    }

    /**
     * As {@link #trySend}, for who waits: the future completes when the socket has taken the message, or fails once with an {@link UndeliveredException}, whether it was not accepted or did not get away. It is told in
     * line with the node's other events.
     */
    public CompletableFuture<Void> send(String nodeId, ByteBuffer message) {
        Objects.requireNonNull(nodeId, "nodeId");
        Objects.requireNonNull(message, "message");
        return server.send(nodeId, message);
    }

    /**
     * Sends a request to a node, on channel 0; the future completes with the reply, in line with the node's other events. It fails with an {@link UndeliveredException} if the request did not get away, a
     * {@link HeartbeatException} if the node could not answer or went offline, or a {@link java.util.concurrent.TimeoutException} after {@code timeout}. If it is cancelled, or too late, the reply is dropped and
     * counted ({@link BusStats#unmatchedReplies}). As many requests to a node as its queue has places may wait, for their
     * replies or for their turn in the line of callbacks.
     *
     * @param timeout with zero nothing is sent, and the future has failed when this returns; more than 36,500 days count as that
     * @throws IllegalArgumentException if it is negative
     */
    public CompletableFuture<ByteBuffer> request(String nodeId, ByteBuffer message, Duration timeout) {
        Objects.requireNonNull(nodeId, "nodeId");
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(timeout, "timeout");
        return server.request(nodeId, message, timeout);
    }

    /**
     * Opens a channel to a node, which decides whether it accepts. It lives as long as the node's connection. Where the node is not connected, or has as many channels as it may, the channel is CLOSED at once and its
     * listener told.
     *
     * @param name what for: 1 to 128 characters of A-Z a-z 0-9 . _ : -
     * @throws IllegalArgumentException if a channel cannot have this name
     */
    public Channel openChannel(String nodeId, String name, ChannelOptions options, ChannelListener listener) {
        Objects.requireNonNull(nodeId, "nodeId");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(listener, "listener");
        return server.openChannel(nodeId, name, options, listener);
    }

    /**
     * Disconnects a node. It is OFFLINE with {@link OfflineReason#KICKED} when this returns, is told the reason, and does not come back by itself.
     *
     * @return false if it was not registered
     */
    public boolean kick(String nodeId, String reason) {
        Objects.requireNonNull(nodeId, "nodeId");
        Objects.requireNonNull(reason, "reason");
        return server.kick(nodeId, reason);
    }

    /** What it has counted so far. */
    public BusStats stats() {
        return server.stats();
    }

    /**
     * Stops without losing anything: accepts no more connections and messages, sends each node what was accepted for it, asks it to leave and come back at a time of
     * its own within {@code drain}, and closes when all have left or {@code drain} is over. A node leaves when its application has handled all of it; answers still go both ways until then. What is left when
     * {@code drain} is over comes back by {@link NodeListener#onUndelivered} or a failed future, and is counted; connections that remain are closed within about two seconds more. Nodes end with
     * {@link OfflineReason#SHUTDOWN}. The log tells how far it is.
     *
     * @param drain with zero it is as {@link #closeAsync}; more than 30 days count as 30 days
     * @throws IllegalArgumentException if it is negative
     */
    public CompletableFuture<Void> shutdownAsync(Duration drain) {
        Objects.requireNonNull(drain, "drain");
        return server.shutdown(drain);
    }

    /** {@link #shutdownAsync}, and waits for it. */
    public void shutdown(Duration drain) {
        server.requireMayWait("shutdown");
        shutdownAsync(drain).join();
    }

    /**
     * Stops now: every node ends with {@link OfflineReason#SHUTDOWN} and is told, every connection is closed, and the future completes when the listener has heard of all of it, after about ten
     * seconds at the latest. A transport that was given to the builder lives on. Idempotent.
     */
    public CompletableFuture<Void> closeAsync() {
        return server.close();
    }

    /** {@link #closeAsync}, and waits for it. */
    @Override
    public void close() {
        server.requireMayWait("close");
        closeAsync().join();
    }

    /**
     * The options of a server. {@link #start} checks all of them, and refuses one that is out of its range (see {@link ServerOptions}) with an
     * {@link IllegalArgumentException} that names the option, the value and the range.
     */
    public static final class Builder {
        private static final int MIB = 1024 * 1024;

        private String host = "0.0.0.0";
        private int port = 9501;
        private @Nullable Duration heartbeatInterval;
        private @Nullable Duration suspectAfter;
        private @Nullable Duration heartbeatTimeout;
        private @Nullable Duration grace;
        private int ackEvery = 1;
        private Duration handshakeTimeout = Duration.ofSeconds(5);
        private Duration writeStallTimeout = Duration.ofSeconds(10);
        private int maxConnections = 1_000_000;
        private int maxNodesPerConnection = 1000;
        private int maxNodes = 10_000_000;
        private @Nullable Long registrationBudgetBytes;
        private int maxMessageBytes = 10 * MIB;
        private int channelQueueMessages = 1000;
        private long channelQueueBytes = MIB;
        private int windowBytes = 64 * 1024;
        private @Nullable Integer maxWindowBytes;
        private int maxChannels = 100;
        private Duration fragmentTimeout = Duration.ofSeconds(30);
        private long inboundBudgetBytes = 256L * MIB;
        private TakeoverPolicy takeoverPolicy = TakeoverPolicy.NEWEST_WINS;
        private String groupKey = "group";
        private int maxGroupsPerNode = 100;
        private int maxGroupPolicies = 10_000;
        private Duration offlineRetention = Duration.ofMinutes(10);
        private int offlineMaximum = 100_000;
        private double massGuardShare = 0.1;
        private int massGuardMinimum = 100;
        private Duration massGuardMaxHold = Duration.ofMinutes(1);
        private int massGuardReleaseRate = 1000;
        private NodeListener listener = new NodeListener() {};
        private MessageHandler messages = (from, message) -> {};
        private RequestHandler requests = (from, request) -> request.fail("the server does not answer requests");
        private RoutePolicy routes = (from, toNodeId) -> false;
        private final Acceptors.Builder acceptors = new Acceptors.Builder();
        private TransportOptions transportOptions = TransportOptions.defaults();
        private @Nullable RecorderProvider recorders;
        private @Nullable Transport transport;
        private @Nullable TransportProvider provider;

        private Builder() {}

        /** The address to listen on; {@code 0.0.0.0} by default. A name is looked up within {@link #handshakeTimeout}, and its first address taken. */
        public Builder host(String value) {
            host = Objects.requireNonNull(value, "host");
            return this;
        }

        /** The port to listen on; 9501 by default, 0 for any free one. */
        public Builder port(int value) {
            port = value;
            return this;
        }

        /** How often nodes are told to beat; 10 s by default. */
        public Builder heartbeatInterval(Duration value) {
            heartbeatInterval = Objects.requireNonNull(value, "heartbeatInterval");
            return this;
        }

        /** After how much silence a node is SUSPECT; five sixths of {@link #heartbeatTimeout} by default, which is 25 s. */
        public Builder suspectAfter(Duration value) {
            suspectAfter = Objects.requireNonNull(value, "suspectAfter");
            return this;
        }

        /** After how much silence a node is OFFLINE; 30 s by default. */
        public Builder heartbeatTimeout(Duration value) {
            heartbeatTimeout = Objects.requireNonNull(value, "heartbeatTimeout");
            return this;
        }

        /** How long a node may take to come back after its connection was lost; as long as {@link #heartbeatTimeout} by default. */
        public Builder grace(Duration value) {
            grace = Objects.requireNonNull(value, "grace");
            return this;
        }

        /** Answers each so many-th heartbeat only, which saves a third of a heartbeat's cost; 1 by default. */
        public Builder ackEvery(int value) {
            ackEvery = value;
            return this;
        }

        /** How long a connection may take to register; 5 s by default. */
        public Builder handshakeTimeout(Duration value) {
            handshakeTimeout = Objects.requireNonNull(value, "handshakeTimeout");
            return this;
        }

        /** After how long a peer that takes no bytes is disconnected; 10 s by default. */
        public Builder writeStallTimeout(Duration value) {
            writeStallTimeout = Objects.requireNonNull(value, "writeStallTimeout");
            return this;
        }

        /** How many connections are kept at a time; a million by default. One more is closed at once. */
        public Builder maxConnections(int value) {
            maxConnections = value;
            return this;
        }

        /** How many nodes a gateway may register over its one connection, beside its own; 1,000 by default, 0 allows no gateways. */
        public Builder maxNodesPerConnection(int value) {
            maxNodesPerConnection = value;
            return this;
        }

        /**
         * How many nodes may be known at a time; ten million by default. Nodes that are in their grace, that a gateway speaks for, or that are OFFLINE and kept count too. One more is refused,
         * and may try again one heartbeat interval later; nodes that are known may always come back.
         */
        public Builder maxNodes(int value) {
            maxNodes = value;
            return this;
        }

        /**
         * How much of the heap the registrations of all nodes may hold together, their ids and metadata included; a quarter of the JVM's maximum heap by default. A node takes about 300 bytes, and what its metadata take. A
         * node that finds no room is refused, and may try again one heartbeat interval later; metadata that find none are refused, and those before stand.
         */
        public Builder registrationBudgetBytes(long value) {
            registrationBudgetBytes = value;
            return this;
        }

        /** The longest message in either direction; 10 MiB by default. */
        public Builder maxMessageBytes(int value) {
            maxMessageBytes = value;
            return this;
        }

        /** How many messages may wait for one node; 1,000 by default. */
        public Builder channelQueueMessages(int value) {
            channelQueueMessages = value;
            return this;
        }

        /** How many bytes of messages may wait for one node; 1 MiB by default. A message that is larger waits alone. */
        public Builder channelQueueBytes(long value) {
            channelQueueBytes = value;
            return this;
        }

        /** How much a node may send ahead of the application on channel 0; 64 KiB by default. */
        public Builder windowBytes(int value) {
            windowBytes = value;
            return this;
        }

        /** To what that grows where the application keeps up and the budget allows it; 1 MiB by default, or {@link #windowBytes} where that is more. */
        public Builder maxWindowBytes(int value) {
            maxWindowBytes = value;
            return this;
        }

        /** How many channels each side may have open on a connection, beside channel 0; 100 by default, 0 allows none. */
        public Builder maxChannels(int value) {
            maxChannels = value;
            return this;
        }

        /** For how long nothing more of a message that began to arrive may come before it is dropped; 30 s by default. One of which, after 10 s, less than 1 KiB comes each second is dropped too. */
        public Builder fragmentTimeout(Duration value) {
            fragmentTimeout = Objects.requireNonNull(value, "fragmentTimeout");
            return this;
        }

        /**
         * What the memory for messages of all nodes may take beyond the first window of each: messages that are larger than a frame, until the application has handled them, the growth of windows, and the windows of
         * channels. 256 MiB by default. One connection takes an eighth of it at most, or one message where that is more. What there is no room for is refused, or does not grow.
         */
        public Builder inboundBudgetBytes(long value) {
            inboundBudgetBytes = value;
            return this;
        }

        /** Who wins when another process registers an id that is in use; the newest by default. */
        public Builder takeoverPolicy(TakeoverPolicy value) {
            takeoverPolicy = Objects.requireNonNull(value, "takeoverPolicy");
            return this;
        }

        /** Under which key of their metadata nodes name the group they are in; {@code group} by default. See {@link NodeRegistry#group}. */
        public Builder groupKey(String value) {
            groupKey = Objects.requireNonNull(value, "groupKey");
            return this;
        }

        /** How many groups a node may be joined to at a time ({@link NodeGroups#join}); 100 by default. */
        public Builder maxGroupsPerNode(int value) {
            maxGroupsPerNode = value;
            return this;
        }

        /** How many groups may have an {@link SlowMemberPolicy} other than the default; 10,000 by default. */
        public Builder maxGroupPolicies(int value) {
            maxGroupPolicies = value;
            return this;
        }

        /**
         * How long a node that is OFFLINE stays known after its end was told, ten minutes by default: it is found, with the reason, and an abandoned attempt of its process that is read late does not
         * bring it back. With zero it is forgotten at once.
         */
        public Builder offlineRetention(Duration value) {
            offlineRetention = Objects.requireNonNull(value, "offlineRetention");
            return this;
        }

        /** How many OFFLINE nodes stay known, 100,000 by default; each takes about half a kilobyte. Of more, those that ended first are forgotten. */
        public Builder offlineMaximum(int value) {
            offlineMaximum = value;
            return this;
        }

        /**
         * Holds verdicts of silence while more than {@code share} of the nodes, and more than {@code minimum}, are SUSPECT: then this side is likelier at fault. It ends when the nodes have come
         * back. Those that have not are released one after the other, so that hold and release together take {@code maxHold} at most. 0.1, 100 and one minute by default;
         * a {@code maxHold} of zero switches it off. The application is told by {@link NodeListener#onMassGuard}.
         *
         * <p>Nodes count as SUSPECT here once they have stayed for two timeouts; of a connection that speaks for several and is younger, all count once. No verdict is held for longer than
         * {@code maxHold}, however often it engages meanwhile.
         */
        public Builder massGuard(double share, int minimum, Duration maxHold) {
            Objects.requireNonNull(maxHold, "maxHold");
            massGuardShare = share;
            massGuardMinimum = minimum;
            massGuardMaxHold = maxHold;
            return this;
        }

        /** How many verdicts that the mass guard held pass each second when they are released; 1,000 by default. More do where they could not be over in time otherwise. */
        public Builder massGuardReleaseRate(int value) {
            massGuardReleaseRate = value;
            return this;
        }

        /** Who hears what becomes of nodes. */
        public Builder listener(NodeListener value) {
            listener = Objects.requireNonNull(value, "listener");
            return this;
        }

        /** Who receives the nodes' messages; without one they are dropped. */
        public Builder onMessage(MessageHandler value) {
            messages = Objects.requireNonNull(value, "onMessage");
            return this;
        }

        /** Who answers what nodes ask; without one every request is failed. */
        public Builder onRequest(RequestHandler value) {
            requests = Objects.requireNonNull(value, "onRequest");
            return this;
        }

        /** Which nodes may send to which through the server; none to any by default. */
        public Builder routes(RoutePolicy value) {
            routes = Objects.requireNonNull(value, "routes");
            return this;
        }

        /**
         * Who decides on channels of this name that nodes open. Channels that nobody accepts are refused.
         *
         * @throws IllegalArgumentException if a channel cannot have this name
         */
        public Builder channel(String name, ChannelOptions options, ChannelAcceptor acceptor) {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(options, "options");
            Objects.requireNonNull(acceptor, "acceptor");
            acceptors.add(name, options, acceptor);
            return this;
        }

        /** As {@link #channel(String, ChannelOptions, ChannelAcceptor)}, with the default of every option. */
        public Builder channel(String name, ChannelAcceptor acceptor) {
            return channel(name, ChannelOptions.defaults(), acceptor);
        }

        /** Who decides on channels of all other names. */
        public Builder otherChannels(ChannelOptions options, ChannelAcceptor acceptor) {
            Objects.requireNonNull(options, "options");
            Objects.requireNonNull(acceptor, "acceptor");
            acceptors.byDefault(options, acceptor);
            return this;
        }

        /** By what the server measures itself; the best that is found on the class path by default, which {@code heartbeat-histograms} brings. */
        public Builder recorders(RecorderProvider value) {
            recorders = Objects.requireNonNull(value, "recorders");
            return this;
        }

        /** How many event loops the server's own transport runs; one per core by default. */
        public Builder eventLoops(int value) {
            transportOptions = transportOptions.withEventLoops(value);
            return this;
        }

        /** How many threads at most run callbacks in the server's own transport; 32 by default. So many callbacks may block before others wait. */
        public Builder workerThreads(int value) {
            transportOptions = transportOptions.withWorkerThreads(value);
            return this;
        }

        /**
         * How many connections the server's own transport accepts per second; 0, the default, is as many as it can. Where a large fleet comes back at once, those that are back already are served
         * first then, and the others wait in the kernel.
         */
        public Builder acceptsPerSecond(int value) {
            transportOptions = transportOptions.withAcceptsPerSecond(value);
            return this;
        }

        /** Whether several processes may listen on the same port; false by default. */
        public Builder reusePort(boolean value) {
            transportOptions = transportOptions.withReusePort(value);
            return this;
        }

        /** Changes what the server's own transport is told, such as its socket buffers. */
        public Builder transportOptions(UnaryOperator<TransportOptions> change) {
            Objects.requireNonNull(change, "change");
            transportOptions = Objects.requireNonNull(change.apply(transportOptions), "what change returns");
            return this;
        }

        /** Uses this transport, which may be shared and is not closed with the server, instead of the best one on the class path. */
        public Builder transport(Transport value) {
            transport = Objects.requireNonNull(value, "transport");
            return this;
        }

        /**
         * Uses a transport of its own by the provider of this name, such as {@code nio}, instead of the best one on the class path.
         *
         * @throws IllegalArgumentException if none of that name is there; the message names those that are
         */
        public Builder transport(String name) {
            provider = TransportProvider.named(name);
            return this;
        }

        /** Binds the port and begins to serve; the future fails with a {@link HeartbeatException} that names the address if it cannot. */
        public CompletableFuture<HeartbeatServer> startAsync() {
            ServerOptions options = options();
            Transports.requireLogging();
            Server.Handlers handlers = new Server.Handlers(messages, requests, routes, acceptors.build());
            return Transports.use(
                            transport,
                            provider,
                            transportOptions,
                            (used, owned) -> Server.start(options, listener, handlers, recorders, used, owned))
                    .thenApply(HeartbeatServer::new);
        }

        /** {@link #startAsync}, and waits for it; on a loop or in a callback of the transport that was given it refuses with an {@link IllegalStateException}. */
        public HeartbeatServer start() {
            if (transport != null) {
                Transports.requireMayWait("start", transport);
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

        private static long quarterOfTheHeap() {
            return Math.max(MIB, Runtime.getRuntime().maxMemory() / 4);
        }

        private ServerOptions options() {
            Silence silence = new Silence(heartbeatInterval, suspectAfter, heartbeatTimeout);
            return new ServerOptions(
                    host,
                    port,
                    silence.interval,
                    silence.suspectAfter,
                    silence.timeout,
                    grace == null ? silence.timeout : grace,
                    ackEvery,
                    handshakeTimeout,
                    writeStallTimeout,
                    maxConnections,
                    maxNodesPerConnection,
                    maxNodes,
                    registrationBudgetBytes == null ? quarterOfTheHeap() : registrationBudgetBytes,
                    maxMessageBytes,
                    channelQueueMessages,
                    channelQueueBytes,
                    windowBytes,
                    maxWindowBytes == null ? Math.max(windowBytes, MIB) : maxWindowBytes,
                    maxChannels,
                    fragmentTimeout,
                    inboundBudgetBytes,
                    takeoverPolicy,
                    groupKey,
                    maxGroupsPerNode,
                    maxGroupPolicies,
                    offlineRetention,
                    offlineMaximum,
                    massGuardShare,
                    massGuardMinimum,
                    massGuardMaxHold,
                    massGuardReleaseRate);
        }
    }
}
