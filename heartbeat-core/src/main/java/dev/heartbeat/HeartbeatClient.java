package dev.heartbeat;

import dev.heartbeat.auth.CredentialProvider;
import dev.heartbeat.internal.channel.Acceptors;
import dev.heartbeat.internal.client.Client;
import dev.heartbeat.internal.client.FixedCredential;
import dev.heartbeat.internal.log.Logging;
import dev.heartbeat.internal.session.Transports;
import dev.heartbeat.spi.ClientLayer;
import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import dev.heartbeat.spi.TransportProvider;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A node: keeps one connection to a server, registers, beats, exchanges messages, and comes back
 * when the connection or the server is lost.
 *
 * <pre>{@code
 * HeartbeatClient client = HeartbeatClient.builder()
 *         .server("127.0.0.1", 9501)
 *         .nodeId("sensor-42")
 *         .onMessage(message -> System.out.println("received " + message.remaining() + " bytes"))
 *         .connect();
 * }</pre>
 *
 * <p>Every method may be called from any thread. A client without a transport of its own starts one
 * with a single event loop; whoever runs many clients in one process gives them all the same
 * transport.
 *
 * @since 0.1
 */
public final class HeartbeatClient implements AutoCloseable {
    private final Client client;

    private HeartbeatClient(Client client) {
        this.client = client;
        client.belongsTo(this);
    }

    /** {@return a client with the default of every option; a node id and a server are needed} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return its current state} */
    public ClientState state() {
        return client.state();
    }

    /**
     * Completes with its first registration, or fails with a {@link HeartbeatException} if it is
     * closed before; its cause is the last failure. Dependent stages run on a worker thread.
     *
     * @return a future of the first registration
     */
    public CompletableFuture<ClientListener.Registered> registered() {
        return client.registered();
    }

    /** {@return the last round trip of a heartbeat; null before the first} */
    public @Nullable Duration rtt() {
        return client.rtt();
    }

    /** {@return a live view of its counts} */
    public ClientStats stats() {
        return new ClientStats(client.statCounts());
    }

    /**
     * Offers a message for the server, on channel 0. Never blocks and never drops in silence: what
     * was ACCEPTED leaves through the socket, or comes back through
     * {@link ClientListener#onUndelivered}. Messages arrive in the order in which they were
     * accepted; while the client is not registered they wait. A message that the socket has taken
     * when its connection is lost may have arrived or not, and nothing reports which: where that
     * matters, have the server answer.
     *
     * @param message from its position to its limit; if it is ACCEPTED it belongs to the bus and
     *     must not be touched until it comes back. Its position and limit are not changed
     * @return whether the message was accepted, and if not, why
     */
    public SendResult trySend(ByteBuffer message) {
        Objects.requireNonNull(message, "message");
        return client.mail().trySend(message);
    }

    /**
     * Offers messages for the server in the order of the list, each as by
     * {@link #trySend(ByteBuffer)}. It costs less than to offer them one by one, because the bus is
     * notified of them once. If one is FULL, so are those behind it; {@link
     * ClientListener#onWritable} says when to offer those. One that is TOO_LARGE affects no other.
     *
     * @param messages each as of {@link #trySend(ByteBuffer)}; the list is the caller's again on
     *     return. None is taken if one of them is null
     * @return the result of each message, in the same order; unmodifiable
     */
    public List<SendResult> sendAll(List<ByteBuffer> messages) {
        Objects.requireNonNull(messages, "messages");
        return client.mail().sendAll(messages);
    }

    /**
     * As {@link #trySend}, for who waits: the future completes when the socket has taken the
     * message, or fails once with an {@link UndeliveredException}, whether it was not accepted or
     * did not get away. The future completes in order with the listener's calls.
     *
     * @return a future that completes when the socket has taken the message
     */
    public CompletableFuture<Void> send(ByteBuffer message) {
        Objects.requireNonNull(message, "message");
        return client.mail().send(message);
    }

    /**
     * Sends a request to the server, on channel 0; the future completes with the reply, in line
     * with the listener's calls. It fails with an {@link UndeliveredException} if the request did
     * not get away, a {@link HeartbeatException} if the server could not answer or the client was
     * closed, or a {@link java.util.concurrent.TimeoutException} after {@code timeout}. If it is
     * cancelled, or too late, the reply is dropped. As many requests as the queue has places may
     * wait, for their replies or for their turn in the line of callbacks.
     *
     * @param timeout with zero nothing is sent, and the future has failed when this returns; more
     *     than 36,500 days count as that
     * @return a future of the reply
     * @throws IllegalArgumentException if it is negative
     */
    public CompletableFuture<ByteBuffer> request(ByteBuffer message, Duration timeout) {
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(timeout, "timeout");
        return client.mail().request(null, message, timeout);
    }

    /**
     * Offers a message for another node, on channel 0. The server passes it on if its
     * {@link RoutePolicy} allows that and the node's queue takes it; if not,
     * {@link ClientListener#onError} reports it (the last, if several fail at once). As far as the
     * server it is as {@link #trySend(ByteBuffer)}.
     *
     * @return whether the message was accepted, and if not, why
     * @throws IllegalArgumentException if that is no node id
     */
    public SendResult trySend(String toNodeId, ByteBuffer message) {
        Objects.requireNonNull(toNodeId, "toNodeId");
        Objects.requireNonNull(message, "message");
        return client.mail().trySend(toNodeId, message);
    }

    /**
     * Offers messages for another node in the order of the list, each as by
     * {@link #trySend(String, ByteBuffer)}, together as by {@link #sendAll(List)}.
     *
     * @return the result of each message, in the same order; unmodifiable
     * @throws IllegalArgumentException if that is no node id
     */
    public List<SendResult> sendAll(String toNodeId, List<ByteBuffer> messages) {
        Objects.requireNonNull(toNodeId, "toNodeId");
        Objects.requireNonNull(messages, "messages");
        return client.mail().sendAll(toNodeId, messages);
    }

    /**
     * Asks another node through the server. As {@link #request(ByteBuffer, Duration)}; it also
     * fails with a {@link HeartbeatException} if the server does not pass it on. The server's
     * {@link RoutePolicy} must allow the answer too.
     *
     * @return a future of the reply
     * @throws IllegalArgumentException if that is no node id, or the timeout is negative
     */
    public CompletableFuture<ByteBuffer> request(String toNodeId, ByteBuffer message, Duration timeout) {
        Objects.requireNonNull(toNodeId, "toNodeId");
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(timeout, "timeout");
        return client.mail().request(toNodeId, message, timeout);
    }

    /**
     * Opens a channel, now or as soon as the client is registered; the server decides whether it
     * accepts. It lives as long as the connection it was opened on: after a reconnect it is to be
     * opened again.
     *
     * @param name what for: 1 to 128 characters of A-Z a-z 0-9 . _ : -
     * @return the channel, which is OPENING
     * @throws IllegalArgumentException if a channel cannot have this name
     */
    public Channel openChannel(String name, ChannelOptions options, ChannelListener listener) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(listener, "listener");
        return client.openChannel(name, options, listener);
    }

    /**
     * Replaces the node's metadata, on the server too as soon as it is registered. If changes come
     * faster than they can be sent, only the newest is sent.
     *
     * @throws IllegalArgumentException if the protocol does not allow it: at most 32 entries and 4
     *     KiB
     */
    public void updateMetadata(Map<String, String> metadata) {
        Objects.requireNonNull(metadata, "metadata");
        client.updateMetadata(metadata);
    }

    /**
     * Speaks for another node over this connection, as a gateway, until that is detached or this
     * client is closed. It is registered as soon as the client is, and may be attached before. A
     * server limits the nodes on a connection; one too many is refused, and its listener is called.
     * There is one listener, since messages belong to it and it answers requests.
     *
     * @param nodeId its id, unique on the bus: 1 to 128 characters of A-Z a-z 0-9 . _ : -
     * @param metadata its metadata; at most 32 entries and 4 KiB
     * @return the node, which registers as soon as it can
     * @throws IllegalArgumentException if the protocol does not allow the id or the metadata, or
     *     the node is attached already
     * @throws IllegalStateException if the client or its transport is closed
     */
    public AttachedNode attach(String nodeId, Map<String, String> metadata, AttachedNodeListener listener) {
        Objects.requireNonNull(nodeId, "nodeId");
        Objects.requireNonNull(metadata, "metadata");
        Objects.requireNonNull(listener, "listener");
        return client.attach(nodeId, metadata, null, listener);
    }

    /**
     * Speaks for another node, as {@link #attach(String, Map, AttachedNodeListener)}, which shows
     * credentials of its own. The server's authenticator decides on it, and what this client was
     * granted does not matter.
     *
     * @param credentials asked before each registration of the node, and in time before one
     *     expires. A server that refuses one is asked again with the next; the node ends if there is
     *     none that differs, or after five refusals in a row
     * @return the node, which registers as soon as it can
     * @throws IllegalArgumentException as without credentials
     * @throws IllegalStateException if the client or its transport is closed
     * @since 0.1
     */
    public AttachedNode attach(
            String nodeId,
            Map<String, String> metadata,
            CredentialProvider credentials,
            AttachedNodeListener listener) {
        Objects.requireNonNull(nodeId, "nodeId");
        Objects.requireNonNull(metadata, "metadata");
        Objects.requireNonNull(credentials, "credentials");
        Objects.requireNonNull(listener, "listener");
        return client.attach(nodeId, metadata, credentials, listener);
    }

    /**
     * Sends what was accepted, says goodbye for the nodes attached to it and for itself, and stays
     * closed. The server ends the node with {@link OfflineReason#UNREGISTERED} at once. Completes
     * when the connection is closed and the listeners, those of channels too, have heard of it.
     * Sending may take the {@linkplain ClientSetters#drainTimeout drain timeout} and the server's
     * answer two seconds; what is left comes back. Callbacks that are still busy ten seconds after
     * the call, or two seconds after the connection's end where that is later, are waited for no
     * longer. From the call on nothing more is accepted. Idempotent. Dependent stages may run on an
     * event loop, and must not block.
     *
     * <p>A registration that is under way is answered first, within the handshake timeout. Once the
     * future is complete the node does not register any more, so another process may take its id.
     * One that registers before may be {@linkplain OfflineReason#REPLACED replaced} by the answer
     * that was under way.
     *
     * @return a future that completes when the client is closed
     */
    public CompletableFuture<Void> closeAsync() {
        return client.close();
    }

    /**
     * {@link #closeAsync}, and waits for it; on an event loop or in a callback it refuses with an
     * {@link IllegalStateException}.
     */
    @Override
    public void close() {
        client.requireMayWait("close");
        closeAsync().join();
    }

    /**
     * Starts a client: the options of {@link ClientSetters}, the application's code, and the
     * transport. {@link #connect} checks all options, and refuses with an
     * {@link IllegalArgumentException} that names the option, the value and the range.
     */
    public static final class Builder extends ClientSetters<Builder> {
        private final List<ClientListener> listeners = new ArrayList<>();
        private Consumer<ByteBuffer> messages = message -> {};
        private BiConsumer<String, ByteBuffer> nodeMessages = (from, message) -> {};
        private Consumer<Request> requests = request -> request.fail("the node does not answer requests");
        private final Acceptors.Builder acceptors = new Acceptors.Builder();
        private TransportOptions.Builder transportOptions =
                TransportOptions.builder().eventLoops(1).workerThreads(4);
        private @Nullable Transport transport;
        private @Nullable TransportProvider provider;
        private @Nullable ClientLayer layer;
        private @Nullable MessageTracer tracer;
        private List<ServerAddress> servers = List.of();
        private ServerOrder serverOrder = ServerOrder.ORDERED;
        private @Nullable CredentialProvider credentials;

        private Builder() {}

        /**
         * Takes these options, in place of all that were set before.
         *
         * @return this builder
         */
        public Builder options(ClientOptions value) {
            return as(Objects.requireNonNull(value, "options"));
        }

        /**
         * Adds a listener to the client's events. Of several, each hears of everything, in the
         * order in which they were added, one after the other on the same thread. One that is added
         * twice is called twice. An exception from one is logged and counted, and the next is
         * called all the same.
         *
         * @return this builder
         */
        public Builder listener(ClientListener value) {
            listeners.add(Objects.requireNonNull(value, "listener"));
            return this;
        }

        /**
         * The receiver of the server's messages, on the same thread as the listeners; without one
         * they are dropped. The buffers belong to it. So there is one: a later call sets another in
         * its place, as with the other receivers and the handler of requests.
         *
         * @return this builder
         */
        public Builder onMessage(Consumer<ByteBuffer> value) {
            messages = Objects.requireNonNull(value, "onMessage");
            return this;
        }

        /**
         * The receiver of what other nodes send through the server: the id of the sender, and the
         * message, which belongs to the application. On the same thread as the listeners; without
         * one they are dropped.
         *
         * @return this builder
         */
        public Builder onNodeMessage(BiConsumer<String, ByteBuffer> value) {
            nodeMessages = Objects.requireNonNull(value, "onNodeMessage");
            return this;
        }

        /**
         * The handler of requests from the server, or other nodes through it, on the same thread as
         * the listeners; without one every request is failed.
         *
         * @return this builder
         */
        public Builder onRequest(Consumer<Request> value) {
            requests = Objects.requireNonNull(value, "onRequest");
            return this;
        }

        /**
         * The acceptor of channels of this name that the server opens, to this node or one attached
         * to it. Channels that nobody accepts are refused.
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
         * The acceptor of channels of all other names.
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
         * Takes these options for the client's own transport, in place of all that was set before.
         * Alone, a client has one event loop and 4 worker threads.
         *
         * @return this builder
         */
        public Builder transportOptions(TransportOptions value) {
            transportOptions = Objects.requireNonNull(value, "transportOptions").toBuilder();
            return this;
        }

        /**
         * Changes options of the client's own transport, such as its socket buffers; the others
         * stay.
         *
         * @return this builder
         */
        public Builder transportOptions(Consumer<TransportOptions.Builder> change) {
            Objects.requireNonNull(change, "change").accept(transportOptions);
            return this;
        }

        /**
         * Uses this transport, which may be shared by thousands of clients and is not closed with
         * any, instead of the best one on the class path.
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
         * Names several servers, of which the client has a connection to one; {@link #host} and
         * {@link #port} count for nothing then. An attempt looks up the name of one server and tries
         * its addresses; if it fails, or the server refuses the node for now, the next attempt is at
         * the next server of the list, and behind the last comes the first. Attempts at all servers
         * together are as far apart as {@link ClientSetters#reconnectBase} says.
         *
         * <p>A node whose connection is lost comes back to the same server first, which keeps its
         * place for the grace. A node that its server sends away goes to another: with
         * {@link ServerOrder#ORDERED} to the first of the list that is not this one. Then it also
         * looks every 5 minutes ± 50 % whether an earlier server of the list is well, by a bare
         * connection, and moves there: it finishes what is under way, unregisters
         * ({@link CloseReason#UNREGISTERED}) and registers anew, at a random time within the grace;
         * without a grace it stays. Servers share nothing: each knows the nodes that are registered
         * with it.
         *
         * @param servers 1 to 1,000
         * @return this builder
         * @throws IllegalArgumentException if the list is empty, too long, or has a server twice
         * @since 0.1
         */
        public Builder servers(List<ServerAddress> servers, ServerOrder order) {
            Objects.requireNonNull(servers, "servers");
            Objects.requireNonNull(order, "order");
            this.servers = Client.requireServers(servers);
            serverOrder = order;
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
         * is added is next to the socket; each further one is above those before it. An attempt
         * whose layers are not ready within {@link ClientSetters#handshakeTimeout} has failed.
         *
         * @return this builder
         * @since 0.1
         */
        public Builder layer(ClientLayer value) {
            Objects.requireNonNull(value, "layer");
            layer = layer == null ? value : layer.then(value);
            return this;
        }

        /**
         * Registers with this credential. If the server refuses it, the client ends with
         * {@link FailureCode#UNAUTHORIZED}.
         *
         * @param value of 0 to {@link CredentialProvider#MAX_BYTES} bytes, which are copied
         * @return this builder
         * @throws IllegalArgumentException if it is longer
         * @since 0.1
         */
        public Builder credential(byte[] value) {
            return credentials(new FixedCredential(Objects.requireNonNull(value, "credential")));
        }

        /**
         * Registers with the credentials of a provider, which is asked before each connection,
         * and before the server's grant expires.
         *
         * @return this builder
         * @since 0.1
         */
        public Builder credentials(CredentialProvider value) {
            credentials = Objects.requireNonNull(value, "credentials");
            return this;
        }

        /**
         * Starts the client and returns at once; it connects, and comes back when it must, until it
         * is closed.
         *
         * @return the client
         */
        public HeartbeatClient connect() {
            ClientOptions options = built();
            TransportOptions told = transportOptions.build();
            List<ClientListener> all = List.copyOf(listeners);
            ClientLayer over = layer;
            CredentialProvider shown = credentials;
            List<ServerAddress> places =
                    servers.isEmpty() ? List.of(new ServerAddress(options.host(), options.port())) : servers;
            Client.Handlers handlers = new Client.Handlers(
                    messages, nodeMessages, requests, acceptors.build(), tracer, places, serverOrder);
            Logging.require();
            Client.requireValid(options); // Before a transport is started.
            return Transports.use(
                    transport,
                    provider,
                    told,
                    (used, owned) -> new HeartbeatClient(new Client(options, all, handlers, used, owned, over, shown)));
        }
    }
}
