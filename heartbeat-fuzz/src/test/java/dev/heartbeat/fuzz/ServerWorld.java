package dev.heartbeat.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.ChannelOptions;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.Node;
import dev.heartbeat.NodeState;
import dev.heartbeat.SendResult;
import dev.heartbeat.ServerStats;
import dev.heartbeat.TakeoverPolicy;
import dev.heartbeat.internal.frame.FrameType;
import dev.heartbeat.testkit.Host;
import dev.heartbeat.testkit.LinkSettings;
import dev.heartbeat.testkit.Simulation;
import dev.heartbeat.testkit.Sockets;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A server, a bystander who is a client like any other, and up to four connections of a peer that
 * does what a script says. The first two bytes of the script choose the world.
 */
final class ServerWorld implements Script.Stage {
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final Duration STEP = Duration.ofNanos(1_000);
    /**
     * Longer than every deadline one after the other: of the handshake, of silence, grace, stalled
     * writes and the linger.
     */
    private static final Duration ALL_DEADLINES = Duration.ofSeconds(30);

    private static final int MAX_PEERS = 4;
    private static final int MAX_MESSAGE = 60_000;
    private static final int BUDGET = 150_000;
    private static final String BYSTANDER = "bystander";

    /**
     * Errors that a peer may cause before it is closed, and what else a server says of its own
     * accord.
     */
    private static final long SAID_UNASKED = 24 * 200;
    /**
     * The bytes that may wait for a socket: the high water mark, the fragments ahead, and frames
     * that answer nothing.
     */
    private static final long MOST_PENDING = 64 * 1024 + 2 * (16 * 1024 + Frames.HEADER) + SAID_UNASKED;

    private static final int OTHER_CALLS = 500;

    private final ErrorLog log;
    private final ByteBuffer input;
    private final boolean slowLink;
    private final boolean registersFirst;

    private final Simulation world;
    private final Host serverHost;
    private final Host peerHost;
    private final History history = new History();
    private final Talkative channels = new Talkative();
    private final HeartbeatServer server;
    private final HeartbeatClient bystander;
    private final Node bystanderAtFirst;

    private final List<RawPeer> peers = new ArrayList<>();
    private RawPeer peer;
    private int attempts;
    private int handles;
    private long messagesAccepted;
    private long bytesAccepted;

    ServerWorld(byte[] script, ErrorLog log) {
        this.log = log;
        input = ByteBuffer.wrap(script);
        int size = input.hasRemaining() ? input.get() : 0;
        int choices = input.hasRemaining() ? input.get() : 0;
        registersFirst = (choices & 1) != 0;
        slowLink = (choices & 4) != 0;

        // The script seeds it, so that no fuzzer can learn the bystander's numbers.
        world = new Simulation(Arrays.hashCode(script));
        serverHost = world.newHost("server", 2);
        peerHost = world.newHost("peer");
        if (slowLink) {
            world.link(
                    serverHost,
                    peerHost,
                    LinkSettings.LAN.withSocketBuffer(4096).withReads(1, 5000));
        }
        server = HeartbeatServer.builder()
                .heartbeatInterval(INTERVAL)
                .suspectAfter(INTERVAL.multipliedBy(5).dividedBy(2))
                .heartbeatTimeout(INTERVAL.multipliedBy(3))
                .grace((choices & 8) != 0 ? Duration.ZERO : INTERVAL.multipliedBy(3))
                .takeoverPolicy((choices & 2) != 0 ? TakeoverPolicy.NEWEST_WINS : TakeoverPolicy.REFUSE)
                .ackEvery((choices & 16) != 0 ? 3 : 1)
                .windowBytes(16_396 + 200 * (size & 0xFF))
                .maxMessageBytes(MAX_MESSAGE)
                .inboundBudgetBytes(BUDGET)
                .channelQueueMessages(20)
                .listener(history)
                .onMessage(history)
                .maxChannels(4)
                .channel("a", Talkative.options(ChannelOptions.Delivery.PUSH), channels)
                .channel("i", Talkative.options(ChannelOptions.Delivery.INLINE), channels)
                .channel("p", Talkative.options(ChannelOptions.Delivery.PULL), channels)
                .channel("r", channels)
                .transport(serverHost.transport())
                .port(0)
                .start();
        bystander = HeartbeatClient.builder()
                .server(serverHost.address(), port())
                .nodeId(BYSTANDER)
                .transport(world.newHost("bystander").transport())
                .connect();
        world.advanceUntil(bystander.registered()::isDone, INTERVAL);
        bystanderAtFirst = server.nodes().find(BYSTANDER).orElseThrow();
        peer = newPeer();
    }

    private int port() {
        return server.localAddress().getPort();
    }

    private RawPeer newPeer() {
        RawPeer fresh = new RawPeer();
        peers.add(fresh);
        peerHost.transport()
                .connect(
                        server.localAddress(), peerHost.transport().eventLoops().get(0), fresh);
        world.advance(Duration.ofMillis(5));
        return fresh;
    }

    void play() {
        if (registersFirst) {
            send(registration(0));
        }
        Script.play(input, this);
    }

    // ---- the stage

    @Override
    public void send(byte[] piece) {
        peer.send(piece);
        world.advance(STEP);
    }

    @Override
    public void pass(Duration time) {
        world.advance(time);
    }

    @Override
    public byte[] registration(int who) {
        String id = switch (who & 3) {
            case 2 -> "n2";
            case 3 -> BYSTANDER;
            default -> "n1";
        };
        long incarnation = (who & 4) == 0 ? 1 : 2;
        int attempt = (who & 8) == 0 ? ++attempts : 1;
        long credit = (who & 16) == 0 ? 16_396 : Long.MAX_VALUE;
        long lastEpoch = switch (who >>> 6) {
            case 1 -> history.lastEpochOf(id);
            case 2 -> 1;
            case 3 -> bystanderAtFirst.epoch() + (Duration.ofHours(23).toMillis() << 20);
            default -> 0;
        };
        int handle = (who & 32) == 0 ? 0 : ++handles;
        return Frames.register(handle, id, incarnation, attempt, credit, lastEpoch);
    }

    @Override
    public void happen(int what, int how) {
        switch (what % 10) {
            case 0 -> offer("n1", how);
            case 1 -> offer("n1", how * 256);
            case 2 -> server.kick("n1", "by the script");
            case 3 -> peerHost.stopReading(true);
            case 4 -> peerHost.stopReading(false);
            case 5 -> peer.close();
            case 6 -> peer.abort();
            case 7 -> {
                if (peers.size() < MAX_PEERS) {
                    peer = newPeer();
                }
            }
            case 8 -> peer = peers.get(how % peers.size());
            default -> serverHost.delayCallbacks(Duration.ofMillis(how * 10L));
        }
    }

    private void offer(String id, int bytes) {
        if (server.trySend(id, ByteBuffer.allocate(bytes)) == SendResult.ACCEPTED) {
            messagesAccepted++;
            bytesAccepted += bytes;
        }
    }

    @Override
    public void look() {
        assertThat(Sockets.mostPendingBytes(serverHost)).as("bytes that wait").isLessThanOrEqualTo(MOST_PENDING);
        assertThat(Inside.callsThatWait(server)).as("calls that wait").isLessThanOrEqualTo(mostCalls());
        assertThat(log.take()).as("logged").isEmpty();
    }

    /**
     * Each message holds the credit of a frame's header at least, of windows that the budget lets
     * grow; events are few.
     */
    private int mostCalls() {
        return (peers.size() * server.options().windowBytes() + BUDGET) / Frames.HEADER + OTHER_CALLS;
    }

    // ---- what must be true in the end

    void checkAfterwards() {
        peerHost.stopReading(false);
        serverHost.delayCallbacks(Duration.ZERO);
        world.advance(ALL_DEADLINES);
        look();
        peers.forEach(this::checkPeer);
        checkNodes();
        checkCounts();
        checkEnd();
    }

    private void checkPeer(RawPeer checked) {
        assertThat(checked.unreadable()).as("what the server wrote").isNull();
        Transcript heard = checked.heard();
        assertThat(heard.frames())
                .allMatch(type -> type != null && type.mayComeFrom(FrameType.Sender.SERVER), "a server sends it");
        assertThat(heard.connectionErrors()).isLessThanOrEqualTo(1);
        assertThat(heard.framesBehindTheLast()).as("frames behind the error").isZero();
        assertThat(checked.isOpen()).isFalse();
        boolean registered = heard.frames().contains(FrameType.REGISTERED);
        long most = SAID_UNASKED
                + (registered
                        ? 4 * checked.bytesSent() + 2 * bytesAccepted + 64 * messagesAccepted
                        : checked.bytesSent());
        assertThat(checked.bytesReceived()).as("bytes written").isLessThanOrEqualTo(most);
    }

    private void checkNodes() {
        boolean displaced = history.wasReplaced(BYSTANDER);
        if (!displaced) {
            assertThat(history.of(BYSTANDER)).containsExactly("ONLINE");
            assertThat(server.nodes().find(BYSTANDER)).map(Node::epoch).contains(bystanderAtFirst.epoch());
        }
        history.checkGrammar();
        assertThat(server.nodes().count(NodeState.ONLINE)).isEqualTo(displaced ? 0 : 1);
        assertThat(server.nodes().count(NodeState.SUSPECT)).isZero();
        long kept = history.nodesOffline();
        assertThat(server.nodes().count(NodeState.OFFLINE)).isEqualTo(kept);
        assertThat(server.nodes().stream()).hasSize((int) kept + (displaced ? 0 : 1));
    }

    private void checkCounts() {
        ServerStats stats = server.stats();
        assertThat(stats.connections().open()).isEqualTo(server.nodes().count(NodeState.ONLINE));
        assertThat(stats.connections().accepted()).isEqualTo(1 + peers.size());
        assertThat(stats.callbacks().failures()).isZero();
        assertThat(stats.liveness().registrations())
                .isGreaterThanOrEqualTo(1
                        + peers.stream()
                                .mapToLong(each -> each.heard().registeredHandles())
                                .sum());
        assertThat(stats.messages().sent() + stats.messages().undeliveredTotal())
                .as("messages accounted for")
                .isEqualTo(messagesAccepted + channels.accepted());
        assertThat(stats.messages().undeliveredTotal()).isEqualTo(history.undelivered() + channels.cameBack());
        assertThat(stats.messages().received())
                .isGreaterThanOrEqualTo(history.messages()); // Requests are messages too.
        assertThat(errorsSent()).isGreaterThanOrEqualTo(heard(FrameType.ERROR));
        assertThat(channels.open()).as("channels left").isZero();
        assertThat(Inside.freeBudget(server)).as("budget").isEqualTo(BUDGET);
        assertThat(Inside.partsOfAddresses(server)).as("parts of addresses").isEmpty();
    }

    private long heard(FrameType type) {
        return peers.stream()
                .flatMap(each -> each.heard().frames().stream())
                .filter(type::equals)
                .count();
    }

    private long errorsSent() {
        return server.stats().connections().errorsSent().values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    private void checkEnd() {
        CompletableFuture<Void> closed = server.closeAsync();
        world.await(closed, ALL_DEADLINES);
        assertThat(server.stats().connections().open()).isZero();
        assertThat(server.nodes().stream()).isEmpty();
        for (NodeState state : NodeState.values()) {
            assertThat(server.nodes().count(state)).isZero();
        }
        history.checkGrammar();
        assertThat(history.of(BYSTANDER)).last().asString().startsWith("OFFLINE");
        assertThat(log.take()).as("logged").isEmpty();
    }
}
