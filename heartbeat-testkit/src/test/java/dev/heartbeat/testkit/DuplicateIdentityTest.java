package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.AttachedNodeListener;
import dev.heartbeat.ClientState;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.NodeState;
import dev.heartbeat.spi.Acceptor;
import dev.heartbeat.spi.Connector;
import dev.heartbeat.spi.Environment;
import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.Listener;
import dev.heartbeat.spi.Resolver;
import dev.heartbeat.spi.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Processes that were restored from one snapshot, and are one by all that they say; and those that
 * only look like it.
 */
@Tag("M21")
@Tag("M94")
final class DuplicateIdentityTest {
    private static final long SNAPSHOT = 0x5eed;

    /** A fleet of processes of one snapshot, each on a host of its own. */
    private static final class Twins {
        final List<ClientRecorder> told = new ArrayList<>();
        final List<HeartbeatClient> clients = new ArrayList<>();

        Twins(Bus bus, int count) {
            this(bus, count, "n1");
        }

        Twins(Bus bus, int count, String id) {
            for (int i = 0; i < count; i++) {
                Host host = bus.world.newHost("twin");
                ClientRecorder recorder = new ClientRecorder();
                told.add(recorder);
                clients.add(bus.client(host, id)
                        .transport(new Restored(host.transport()))
                        .listener(recorder)
                        .connect());
            }
        }

        long count(ClientState state) {
            return clients.stream().filter(client -> client.state() == state).count();
        }
    }

    @ParameterizedTest
    @CsvSource({"2, 1", "2, 2", "3, 2", "5, 1"})
    void twinsDoNotPushEachOtherOutForEver(int count, int loops) {
        for (long seed = 1; seed <= 20; seed++) {
            Bus bus = new Bus(seed, loops, options -> options);
            Twins twins = new Twins(bus, count);
            bus.advance(Duration.ofSeconds(10));
            assertThat(bus.server.stats().liveness().registrations()).isLessThanOrEqualTo(count + 2);

            bus.advance(Duration.ofMinutes(5));
            long registrations = bus.server.stats().liveness().registrations();
            assertThat(registrations).as("seed %d", seed).isLessThanOrEqualTo(count + 2);
            assertThat(twins.count(ClientState.ONLINE)).isEqualTo(1);
            assertThat(twins.count(ClientState.CLOSED)).isEqualTo(count - 1);
            assertThat(twins.told.stream()
                            .filter(each -> each.events().contains("closed DUPLICATE_IDENTITY"))
                            .count())
                    .isEqualTo(count - 1);
            assertThat(bus.told.of("n1"))
                    .filteredOn("DUPLICATE_IDENTITY"::equals)
                    .hasSize(count - 1);
            assertThat(bus.told.count("OFFLINE")).isZero();
            assertThat(bus.server.stats().connections().open()).isEqualTo(1);
            bus.advance(Duration.ofMinutes(5));
            assertThat(bus.server.stats().liveness().registrations()).isEqualTo(registrations);
        }
    }

    @Test
    void twinIsWarnedOfInTheLogOfBothSides() throws IOException {
        Bus bus = new Bus(3);
        Twins unused = new Twins(bus, 2, "twin-log-1");
        bus.advance(Duration.ofMinutes(1));
        assertThat(LogFile.entries("node twin-log-1: DUPLICATE_IDENTITY"))
                .singleElement()
                .asString()
                .contains("WARN", "two processes restored from one snapshot", "is sent away for good");
        assertThat(LogFile.entries("twin-log-1: closed for good"))
                .singleElement()
                .asString()
                .contains("WARN", "another process was restored from the same snapshot");
    }

    /** With the times that a server has by default, and messages under way in both directions. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void twinsThatAreBusyWithMessagesAreToldApartToo(long seed) {
        Bus bus = new Bus(
                seed,
                2,
                options -> options.heartbeatInterval(Duration.ofSeconds(10))
                        .suspectAfter(Duration.ofSeconds(25))
                        .heartbeatTimeout(Duration.ofSeconds(30)));
        bus.world.links(LinkSettings.LAN.withLatency(Duration.ofMillis(80), Duration.ofMillis(60)));
        Twins twins = new Twins(bus, 2);
        for (int i = 0; i < 3000; i++) {
            bus.advance(Duration.ofMillis(20));
            twins.clients.forEach(client -> client.trySend(ByteBuffer.allocate(3000)));
            bus.server.trySend("n1", ByteBuffer.allocate(3000));
        }
        assertThat(bus.server.stats().liveness().registrations()).isLessThanOrEqualTo(4);
        assertThat(twins.count(ClientState.ONLINE)).isEqualTo(1);
        assertThat(twins.count(ClientState.CLOSED)).isEqualTo(1);
        assertThat(bus.told.of("n1")).filteredOn("DUPLICATE_IDENTITY"::equals).hasSize(1);
        assertThat(bus.world.escaped()).isEmpty();
    }

    /** A gateway too, with its nodes. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void gatewaysOfOneSnapshotAreToldApart(long seed) {
        Bus bus = new Bus(seed);
        Twins twins = new Twins(bus, 2);
        twins.clients.forEach(client -> client.attach("a", Map.of(), new AttachedNodeListener() {}));
        bus.advance(Duration.ofMinutes(3));
        long registrations = bus.server.stats().liveness().registrations();
        assertThat(twins.count(ClientState.ONLINE)).isEqualTo(1);
        assertThat(bus.server.nodes().find("a").orElseThrow().state()).isEqualTo(NodeState.ONLINE);
        assertThat(registrations).isLessThanOrEqualTo(8);
        bus.advance(Duration.ofMinutes(3));
        assertThat(bus.server.stats().liveness().registrations()).isEqualTo(registrations);
    }

    @ParameterizedTest
    @EnumSource(Trouble.class)
    void oneProcessOnABadNetworkIsNeverTakenForTwo(Trouble trouble) {
        oneProcessIsNeverTakenForTwo(trouble, 1, 10);
    }

    @ParameterizedTest
    @EnumSource(Trouble.class)
    @Tag("long")
    void norOnManyBadNetworks(Trouble trouble) {
        oneProcessIsNeverTakenForTwo(trouble, 11, 200);
    }

    private static void oneProcessIsNeverTakenForTwo(Trouble trouble, long firstSeed, long lastSeed) {
        long reconnected = 0;
        for (long seed = firstSeed; seed <= lastSeed; seed++) {
            Bus bus = new Bus(seed);
            bus.world.links(LinkSettings.LAN.withLatency(Duration.ofMillis(100), Duration.ofMillis(90)));
            Host host = bus.world.newHost("client");
            ClientRecorder told = new ClientRecorder();
            HeartbeatClient client = bus.client(host, "n1")
                    .handshakeTimeout(Duration.ofMillis(700))
                    .reconnectBase(Duration.ofMillis(10))
                    .reconnectCap(Duration.ofMillis(100))
                    .listener(told)
                    .connect();
            RandomGenerator random = bus.world.random();
            for (int i = 0; i < 30; i++) {
                bus.advance(Duration.ofMillis(1 + random.nextInt(2000)));
                client.trySend(ByteBuffer.allocate(20_000));
                bus.server.trySend("n1", ByteBuffer.allocate(20_000));
                happen(trouble, bus, host);
            }
            bus.advance(Duration.ofSeconds(30));
            assertThat(client.state()).as("seed %d", seed).isEqualTo(ClientState.ONLINE);
            assertThat(told.events()).noneMatch(event -> event.contains("DUPLICATE_IDENTITY"));
            assertThat(bus.told.count("DUPLICATE_IDENTITY")).isZero();
            reconnected += bus.server.stats().liveness().registrations() > 1 ? 1 : 0;
            assertThat(bus.server.stats().connections().open()).isEqualTo(1);
            assertThat(bus.world.escaped()).isEmpty();
        }
        // Some connections survive all of it.
        assertThat(reconnected).as("seeds that register again").isGreaterThan((lastSeed - firstSeed) * 9 / 10);
    }

    private enum Trouble {
        RESETS,
        HALF_OPEN,
        PARTITION,
        ONE_WAY,
        OTHER_WAY,
        CLIENT_STOPS,
        SERVER_STOPS
    }

    private static void happen(Trouble trouble, Bus bus, Host host) {
        Duration time = Duration.ofMillis(1 + bus.world.random().nextInt(6000));
        switch (trouble) {
            case RESETS -> host.resetConnections();
            case HALF_OPEN -> host.loseConnections();
            case PARTITION -> {
                bus.world.isolate(host);
                bus.advance(time);
                bus.world.rejoin(host);
            }
            case ONE_WAY -> {
                bus.world.silence(host, bus.serverHost);
                bus.advance(time);
                bus.world.heal(host, bus.serverHost);
            }
            case OTHER_WAY -> {
                bus.world.silence(bus.serverHost, host);
                bus.advance(time);
                bus.world.heal(host, bus.serverHost);
            }
            case CLIENT_STOPS -> {
                host.pause();
                bus.advance(time);
                host.resume();
            }
            case SERVER_STOPS -> {
                bus.serverHost.pause();
                bus.advance(time);
                bus.serverHost.resume();
            }
        }
    }

    /**
     * Frames on their way when the old connection was given up prove nothing. Only an answer to a
     * later question does.
     */
    @Test
    void framesThatWereUnderWayAreNoSignOfASecondProcess() {
        Bus bus = new Bus(7);
        Duration latency = Duration.ofMillis(400);
        bus.world.links(LinkSettings.LAN.withLatency(latency, Duration.ZERO));
        for (int attempt = 1; attempt <= 20; attempt++) {
            // It is registered after three times the latency, and the next one takes its place
            // after four; what it sends when it is answered arrives after five.
            ScriptedPeer peer = ScriptedPeer.client(bus.world.newHost("peer").transport(), bus.server.localAddress());
            peer.connect().register("n1", SNAPSHOT, attempt).expectRegistered();
            for (int i = 0; i < 5; i++) {
                peer.heartbeat().pong();
            }
            peer.ignore("PING").ignore("HEARTBEAT_RES").expectEndOfStream();
            peer.play();
            bus.advance(latency);
        }
        bus.advance(Duration.ofSeconds(3));
        assertThat(bus.told.count("DUPLICATE_IDENTITY")).isZero();
        assertThat(bus.told.count("OFFLINE")).isZero();
        assertThat(bus.server.stats().liveness().registrations()).isEqualTo(20);
        bus.advance(Duration.ofSeconds(10));
        assertThat(bus.server.stats().connections().open()).isZero();
    }

    @Test
    void aServerThatClosesDoesNotWaitForTheAnswer() {
        Bus bus = new Bus(8);
        Host first = bus.world.newHost("first");
        HeartbeatClient one = bus.client(first, "n1")
                .transport(new Restored(first.transport()))
                .connect();
        bus.advance(Duration.ofSeconds(1));
        ScriptedPeer peer = ScriptedPeer.client(bus.world.newHost("peer").transport(), bus.server.localAddress());
        bus.world.isolate(first);
        peer.connect().register("n1", SNAPSHOT, 9).expectRegistered();
        peer.play();
        bus.advance(Duration.ofMillis(100));
        assertThat(bus.server.stats().connections().open()).isEqualTo(2);
        bus.world.await(bus.server.closeAsync(), Duration.ofSeconds(4));
        assertThat(one.state()).isNotEqualTo(ClientState.CLOSED);
    }

    /**
     * A process as it comes out of a snapshot: what it took for its own secret, every other has
     * too.
     */
    private record Restored(Transport of) implements Transport {
        @Override
        public String name() {
            return of.name();
        }

        @Override
        public Environment environment() {
            return new SameSecret(of.environment());
        }

        @Override
        public List<EventLoop> eventLoops() {
            return of.eventLoops();
        }

        @Override
        public CompletableFuture<Listener> listen(InetSocketAddress address, Acceptor acceptor) {
            return of.listen(address, acceptor);
        }

        @Override
        public void connect(InetSocketAddress remote, EventLoop loop, Connector connector) {
            of.connect(remote, loop, connector);
        }

        @Override
        public CompletableFuture<Void> closeAsync() {
            return of.closeAsync();
        }

        @Override
        public void close() {
            of.close();
        }
    }

    private record SameSecret(Environment of) implements Environment {
        @Override
        public Executor workers() {
            return of.workers();
        }

        @Override
        public Resolver resolver() {
            return of.resolver();
        }

        @Override
        public Executor completions() {
            return of.completions();
        }

        @Override
        public void beginWait() {
            of.beginWait();
        }

        @Override
        public void endWait() {
            of.endWait();
        }

        @Override
        public RandomGenerator random() {
            return of.random();
        }

        @Override
        public long nextSecret() {
            return SNAPSHOT;
        }

        @Override
        public long wallClockMillis() {
            return of.wallClockMillis();
        }

        @Override
        public long monotonicNanos() {
            return of.monotonicNanos();
        }
    }
}
