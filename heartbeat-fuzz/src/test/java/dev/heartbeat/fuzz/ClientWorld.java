package dev.heartbeat.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.ChannelOptions;
import dev.heartbeat.ClientListener;
import dev.heartbeat.ClientState;
import dev.heartbeat.CloseReason;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.SendResult;
import dev.heartbeat.UndeliveredException;
import dev.heartbeat.internal.frame.FrameType;
import dev.heartbeat.spi.Acceptor;
import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.testkit.Host;
import dev.heartbeat.testkit.LinkSettings;
import dev.heartbeat.testkit.Simulation;
import dev.heartbeat.testkit.Sockets;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A client, and a server that does what a script says on every connection that the client opens.
 * The first two bytes of the script choose the world.
 */
final class ClientWorld implements Script.Stage, Acceptor, ClientListener {
    private static final Duration STEP = Duration.ofNanos(1_000);
    private static final Duration ALL_DEADLINES = Duration.ofSeconds(30);
    private static final int INTERVAL_MILLIS = 1000;
    private static final int MAX_MESSAGE = 60_000;
    private static final int BUDGET = 150_000;

    /**
     * The bytes that may wait for a socket: the high water mark, the fragments ahead, and errors.
     */
    private static final long MOST_PENDING = 64 * 1024 + 2 * (16 * 1024 + Frames.HEADER) + 24 * 200;

    /**
     * The events of errors and of messages that come back. The server can fall silent and be heard
     * again with every step.
     */
    private static final int OTHER_CALLS = 100 + 4 * Script.MAX_STEPS;

    private final ErrorLog log;
    private final ByteBuffer input;
    private final boolean registersAtOnce;

    private final Simulation world;
    private final Host clientHost;
    private final Host serverHost;
    private final HeartbeatClient client;
    private final Talkative channels = new Talkative();
    private final List<RawPeer> peers = new ArrayList<>();
    /**
     * Each message holds the credit of a frame's header at least, of a window that may have grown
     * by the budget. Each begin and end is reported.
     */
    private final int callsOfAConnection;

    private long epoch = 1;

    private final Set<ByteBuffer> accepted = Collections.newSetFromMap(new IdentityHashMap<>());
    private boolean connected;
    private boolean closed;

    ClientWorld(byte[] script, ErrorLog log) {
        this.log = log;
        input = ByteBuffer.wrap(script);
        int size = input.hasRemaining() ? input.get() : 0;
        int choices = input.hasRemaining() ? input.get() : 0;
        registersAtOnce = (choices & 1) != 0;
        int window = 16_396 + 200 * (size & 0xFF);
        callsOfAConnection = (window + BUDGET) / Frames.HEADER + 8;

        world = new Simulation(Arrays.hashCode(script));
        serverHost = world.newHost("server");
        clientHost = world.newHost("client");
        if ((choices & 4) != 0) {
            world.link(
                    serverHost,
                    clientHost,
                    LinkSettings.LAN.withSocketBuffer(4096).withReads(1, 5000));
        }
        InetSocketAddress address = world.await(
                        serverHost.transport().listen(new InetSocketAddress(serverHost.address(), 0), this), STEP)
                .localAddress();
        client = HeartbeatClient.builder()
                .server(serverHost.address(), address.getPort())
                .nodeId("n1")
                .autoReconnect((choices & 2) == 0)
                .windowBytes(window)
                .maxMessageBytes(MAX_MESSAGE)
                .inboundBudgetBytes(BUDGET)
                .queueMessages(20)
                .queueBytes(100_000)
                .listener(this)
                .channel("a", Talkative.options(ChannelOptions.Delivery.PUSH), channels)
                .channel("i", Talkative.options(ChannelOptions.Delivery.INLINE), channels)
                .channel("p", Talkative.options(ChannelOptions.Delivery.PULL), channels)
                .channel("r", channels)
                .transport(clientHost.transport())
                .connect();
        world.advance(Duration.ofMillis(5));
    }

    void play() {
        Script.play(input, this);
    }

    // ---- the server

    @Override
    public boolean onAccept(InetSocketAddress remote) {
        return true;
    }

    @Override
    public ConnectionHandler onOpen(Connection connection) {
        RawPeer peer = new RawPeer();
        peers.add(peer);
        peer.onOpen(connection);
        if (registersAtOnce) {
            peer.send(registration(0));
        }
        return peer;
    }

    private @Nullable RawPeer peer() {
        return peers.isEmpty() ? null : peers.get(peers.size() - 1);
    }

    // ---- the stage

    @Override
    public void send(byte[] piece) {
        RawPeer current = peer();
        if (current != null) {
            current.send(piece);
        }
        world.advance(STEP);
    }

    @Override
    public void pass(Duration time) {
        world.advance(time);
    }

    @Override
    public byte[] registration(int who) {
        long credit = (who & 1) == 0 ? 16_396 : Long.MAX_VALUE;
        int maxMessage = (who & 2) == 0 ? MAX_MESSAGE : 100;
        int ackEvery = (who & 4) == 0 ? 1 : 3;
        int intervalMillis = (who & 64) == 0 ? INTERVAL_MILLIS : 40;
        return Frames.registered(++epoch, intervalMillis, maxMessage, 0, credit, ackEvery);
    }

    @Override
    public void happen(int what, int how) {
        RawPeer current = peer();
        switch (what % 8) {
            case 0 -> offer(how);
            case 1 -> offer(how * 256);
            case 2 -> clientHost.delayCallbacks(Duration.ofMillis(how * 10L));
            case 3 -> serverHost.stopReading(true);
            case 4 -> serverHost.stopReading(false);
            case 5 -> {
                if (current != null) {
                    current.close();
                }
            }
            case 6 -> {
                if (current != null) {
                    current.abort();
                }
            }
            default -> client.closeAsync();
        }
    }

    private void offer(int bytes) {
        ByteBuffer message = ByteBuffer.allocate(bytes);
        if (client.trySend(message) == SendResult.ACCEPTED) {
            accepted.add(message);
        }
    }

    @Override
    public void look() {
        assertThat(Sockets.mostPendingBytes(clientHost)).as("bytes that wait").isLessThanOrEqualTo(MOST_PENDING);
        assertThat(Inside.callsThatWait(client))
                .as("calls that wait")
                .isLessThanOrEqualTo(OTHER_CALLS + callsOfAConnection * peers.size());
        assertThat(log.take()).as("logged").isEmpty();
    }

    // ---- the client's reports

    @Override
    public void onHeartbeat(Duration rtt) {
        assertThat(connected).isTrue();
    }

    @Override
    public void onError(HeartbeatException error) {
        assertThat(closed).isFalse();
    }

    @Override
    public void onConnected() {
        assertThat(connected || closed).isFalse();
        connected = true;
    }

    @Override
    public void onRegistered(Registered registered) {
        assertThat(connected).isTrue();
    }

    @Override
    public void onDisconnected(CloseReason reason, @Nullable Duration retryIn) {
        assertThat(closed).isFalse();
        connected = false;
    }

    @Override
    public void onUndelivered(ByteBuffer message, UndeliveredException.Reason reason) {
        assertThat(accepted.remove(message)).as("told once").isTrue();
        assertThat(closed).isFalse();
    }

    @Override
    public void onClosed(CloseReason reason) {
        assertThat(connected || closed).isFalse();
        closed = true;
    }

    // ---- what must be true in the end

    void checkAfterwards() {
        serverHost.stopReading(false);
        clientHost.delayCallbacks(Duration.ZERO);
        world.await(client.closeAsync(), ALL_DEADLINES);
        world.advance(ALL_DEADLINES);
        look();
        assertThat(closed).isTrue();
        assertThat(client.state()).isEqualTo(ClientState.CLOSED);
        assertThat(client.registered()).isDone();
        assertThat(client.trySend(ByteBuffer.allocate(1))).isEqualTo(SendResult.CLOSED);
        assertThat(clientHost.connections()).isZero();
        assertThat(Inside.freeBudget(client)).as("budget").isEqualTo(BUDGET);
        assertThat(Inside.callsThatWait(client)).as("calls that wait").isZero();
        assertThat(channels.open()).as("channels left").isZero();
        peers.forEach(ClientWorld::checkPeer);
    }

    private static void checkPeer(RawPeer checked) {
        assertThat(checked.unreadable()).as("what the client wrote").isNull();
        Transcript heard = checked.heard();
        assertThat(heard.frames().stream().limit(1)).allMatch(FrameType.REGISTER::equals);
        assertThat(heard.frames())
                .allMatch(type -> type != null && type.mayComeFrom(FrameType.Sender.CLIENT), "a client sends it");
        assertThat(heard.connectionErrors()).isLessThanOrEqualTo(1);
        assertThat(heard.framesBehindTheLast()).as("frames behind the error").isZero();
        assertThat(checked.isOpen()).isFalse();
    }
}
