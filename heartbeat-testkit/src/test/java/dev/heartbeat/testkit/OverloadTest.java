package dev.heartbeat.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.Channel;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.ClientState;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.OverloadCause;
import dev.heartbeat.OverloadLevel;
import dev.heartbeat.OverloadStats;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A server that is overloaded does less, in steps, and what it does not do never costs a registered
 * node its state; on virtual time.
 */
final class OverloadTest {
    private static final Duration MOMENT = Duration.ofMillis(50);
    private static final Duration SECOND = Duration.ofSeconds(1);
    /** Four steps up, or four steps down, and a look or two. */
    private static final Duration SETTLED = Duration.ofSeconds(6);

    private static final double CALM = 0.3;

    /** The lengths of the messages that the server has handled. */
    private final List<Integer> received = new ArrayList<>();

    private Bus bus(UnaryOperator<HeartbeatServer.Builder> options) {
        return new Bus(
                211,
                1,
                host -> host.fillMemory(CALM, CALM),
                builder -> options.apply(builder.onMessage((from, message) -> received.add(message.remaining()))
                        .handshakeTimeout(Duration.ofMinutes(2))));
    }

    private static byte[] bytes(ByteBuffer message) {
        byte[] bytes = new byte[message.remaining()];
        message.get(bytes);
        return bytes;
    }

    private static OverloadStats overload(Bus bus) {
        return bus.server.stats().overload();
    }

    private static HeartbeatClient node(Bus bus, String id) {
        HeartbeatClient client = bus.client(bus.world.newHost("client"), id)
                .reconnectBase(Duration.ofMillis(100))
                .reconnectCap(Duration.ofMillis(100))
                .connect();
        bus.advance(SECOND);
        return client;
    }

    /** Fills the memory so that the server stays at this level. */
    private static void go(Bus bus, OverloadLevel level) {
        double direct = switch (level) {
            case NONE -> CALM;
            case WITHHOLDING -> 0.86;
            case REFUSING -> 0.91;
            case SHEDDING -> 0.96;
            case CLOSED -> 0.99;
        };
        bus.serverHost.fillMemory(direct, CALM);
        bus.advance(SETTLED);
        assertThat(overload(bus).level()).isEqualTo(level);
    }

    // ---- turns

    @Test
    void silenceOfALoopThatIsStoppedGrowsUntilItGoesOn() {
        Bus bus = bus(options -> options);
        node(bus, "n1");
        assertThat(silence(bus)).isLessThan(SECOND);
        bus.serverHost.pause();
        bus.advance(Duration.ofSeconds(70));
        assertThat(silence(bus)).isBetween(Duration.ofSeconds(69), Duration.ofSeconds(71));
        bus.serverHost.resume();
        bus.advance(SECOND);
        assertThat(silence(bus)).isLessThan(SECOND);
    }

    private static Duration silence(Bus bus) {
        return bus.server.stats().loops().silence();
    }

    // ---- levels

    @Test
    void levelsAreEnteredAndLeftOneByOneAndEachIsLoggedOnce() throws IOException {
        Bus bus = bus(options -> options);
        node(bus, "n1");
        List<String> before = LogFile.entries("overload: ");
        List<OverloadLevel> levels = new ArrayList<>();
        List<Double> fillings = List.of(0.99, CALM);
        for (double filling : fillings) {
            bus.serverHost.fillMemory(filling, CALM);
            for (int i = 0; i < SETTLED.dividedBy(MOMENT); i++) {
                OverloadLevel level = overload(bus).level();
                if (levels.isEmpty() || levels.get(levels.size() - 1) != level) {
                    levels.add(level);
                }
                bus.advance(MOMENT);
            }
        }
        assertThat(levels)
                .containsExactly(
                        OverloadLevel.NONE,
                        OverloadLevel.WITHHOLDING,
                        OverloadLevel.REFUSING,
                        OverloadLevel.SHEDDING,
                        OverloadLevel.CLOSED,
                        OverloadLevel.SHEDDING,
                        OverloadLevel.REFUSING,
                        OverloadLevel.WITHHOLDING,
                        OverloadLevel.NONE);
        assertThat(overload(bus).entries())
                .isEqualTo(Map.of(
                        OverloadLevel.WITHHOLDING, 1L,
                        OverloadLevel.REFUSING, 1L,
                        OverloadLevel.SHEDDING, 1L,
                        OverloadLevel.CLOSED, 1L));
        List<String> lines = LogFile.entries("overload: ").subList(before.size(), before.size() + 8);
        assertThat(lines.subList(0, 4)).allMatch(line -> line.contains("begins, since DIRECT_MEMORY is at 99 %"));
        assertThat(lines.subList(4, 8)).allMatch(line -> line.contains(" ends after ") && line.contains("30 %"));
        assertThat(LogFile.entries("overload: ")).hasSize(before.size() + 8);
    }

    @Test
    void loadThatSwingsAroundThresholdChangesNothing() {
        Bus bus = bus(options -> options);
        node(bus, "n1");
        go(bus, OverloadLevel.REFUSING);
        for (int i = 0; i < 100; i++) {
            bus.serverHost.fillMemory(i % 2 == 0 ? 0.89 : 0.81, CALM);
            bus.advance(Duration.ofMillis(300));
            assertThat(overload(bus).level()).isEqualTo(OverloadLevel.REFUSING);
        }
        assertThat(overload(bus).entries(OverloadLevel.REFUSING)).isEqualTo(1);
    }

    @Test
    void levelLastsAWhile() {
        Bus bus = bus(options -> options);
        node(bus, "n1");
        for (int i = 0; i < 20; i++) {
            bus.serverHost.fillMemory(i % 2 == 0 ? 0.86 : CALM, CALM);
            bus.advance(Duration.ofMillis(300));
        }
        // A level lasts a second, and a look takes its time.
        assertThat(overload(bus).entries(OverloadLevel.WITHHOLDING)).isBetween(2L, 6L);
    }

    // ---- causes

    @Test
    void heapCountsByOptionOnly() {
        Bus without = bus(options -> options);
        node(without, "n1");
        without.serverHost.fillMemory(CALM, 1);
        without.advance(SETTLED);
        assertThat(overload(without).level()).isEqualTo(OverloadLevel.NONE);

        Bus with = bus(options -> options.overloadByHeap(true));
        node(with, "n1");
        with.serverHost.fillMemory(CALM, 0.86);
        with.advance(SETTLED);
        assertThat(overload(with).level()).isEqualTo(OverloadLevel.WITHHOLDING);
        assertThat(overload(with).cause()).isEqualTo(OverloadCause.HEAP);
        assertThat(overload(with).loads()).containsEntry(OverloadCause.HEAP, 0.86);
    }

    @Test
    void messagesThatNobodyHandlesAreLoadUntilTheyAreHandled() {
        Bus bus = bus(options -> options.inboundBudgetBytes(1));
        List<HeartbeatClient> nodes = new ArrayList<>();
        bus.serverHost.blockCallbacks(true);
        for (int i = 0; i < 260; i++) {
            nodes.add(bus.client(bus.world.newHost("client"), "n" + i).connect());
        }
        bus.advance(SECOND);
        // Each within its first window: 16 MiB altogether.
        nodes.forEach(node -> {
            for (int i = 0; i < 4; i++) {
                node.trySend(ByteBuffer.allocate(16_000));
            }
        });
        bus.advance(SETTLED);
        assertThat(overload(bus).level()).isEqualTo(OverloadLevel.CLOSED);
        assertThat(overload(bus).cause()).isEqualTo(OverloadCause.MESSAGES);
        bus.serverHost.blockCallbacks(false);
        bus.advance(SETTLED);
        assertThat(overload(bus).level()).isEqualTo(OverloadLevel.NONE);
        assertThat(overload(bus).loads()).containsEntry(OverloadCause.MESSAGES, 0.0);
        assertThat(received.size()).isEqualTo(4 * nodes.size());
        assertThat(bus.told.events()).noneMatch(event -> event.what().startsWith("SUSPECT"));
    }

    @Test
    void loopThatIsAlwaysLateIsLoadAndOneThatWasStoppedIsNone() {
        Bus bus = bus(options -> options);
        node(bus, "n1");
        bus.serverHost.stallLoop(0, Duration.ofSeconds(10));
        bus.advance(Duration.ofSeconds(12));
        assertThat(overload(bus).entries()).isEmpty();

        for (int i = 0; i < 20; i++) {
            bus.serverHost.stallLoop(0, Duration.ofMillis(1999));
            bus.advance(Duration.ofSeconds(2));
        }
        assertThat(overload(bus).cause()).isEqualTo(OverloadCause.LOOP_LAG);
        bus.advance(SETTLED);
        assertThat(overload(bus).level()).isEqualTo(OverloadLevel.NONE);
        assertThat(overload(bus).cause()).isNull();
    }

    /** A server by whose transport nobody knows how full the memory is judges nothing. */
    @Test
    void nothingIsJudgedWithoutGauge() {
        Bus bus = new Bus(212);
        bus.newNode("n1");
        bus.serverHost.fillMemory(1, 1);
        bus.advance(SETTLED);
        assertThat(overload(bus).level()).isEqualTo(OverloadLevel.NONE);
        assertThat(overload(bus).loads().values()).containsOnly(0.0);
    }

    // ---- nodes that are there

    /** Beats, and messages to a node, go on whatever the level. */
    @ParameterizedTest
    @EnumSource
    void registeredNodesStayOnline(OverloadLevel level) {
        Bus bus = bus(options -> options);
        List<String> heard = new ArrayList<>();
        HeartbeatClient client = bus.client(bus.world.newHost("client"), "n1")
                .onMessage(message -> heard.add(new String(bytes(message), UTF_8)))
                .connect();
        bus.advance(SECOND);
        go(bus, level);
        bus.advance(Duration.ofMinutes(1));
        bus.server.trySend("n1", ByteBuffer.wrap("hello".getBytes(UTF_8)));
        bus.advance(MOMENT);
        assertThat(heard).containsExactly("hello");
        assertThat(client.state()).isEqualTo(ClientState.ONLINE);
        assertThat(bus.told.of("n1")).containsExactly("ONLINE");
    }

    // ---- credit

    @Test
    void creditIsWithheldAndGivenWhenItIsOver() {
        Bus bus = bus(options -> options);
        HeartbeatClient client = node(bus, "n1");
        List<HeartbeatClient> others = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            others.add(bus.client(bus.world.newHost("client"), "other" + i).connect());
        }
        bus.advance(SECOND);
        go(bus, OverloadLevel.WITHHOLDING);
        for (int i = 0; i < 100; i++) {
            client.trySend(ByteBuffer.allocate(8_000));
        }
        others.forEach(node -> {
            for (int i = 0; i < 10; i++) {
                node.trySend(ByteBuffer.allocate(16_000));
            }
        });
        bus.advance(SECOND);
        // What the first window of each takes, and the rest of a message that had begun.
        int first = received.size();
        assertThat(first).isBetween(8 + 300 * 4, 16 + 300 * 6);
        bus.advance(Duration.ofMinutes(1));
        assertThat(received.size()).isEqualTo(first);
        go(bus, OverloadLevel.NONE);
        assertThat(received.size()).isEqualTo(100 + 300 * 10);
    }

    @Test
    void channelGetsItsCreditWhenItIsOver() {
        List<Integer> heard = new ArrayList<>();
        Bus bus = bus(options -> options.channel("c", channel -> new ChannelListener() {
            @Override
            public void onMessage(Channel of, ByteBuffer message) {
                heard.add(message.remaining());
            }
        }));
        HeartbeatClient client = node(bus, "n1");
        Channel channel = client.openChannel("c", ChannelOptions.defaults(), new ChannelListener() {});
        bus.advance(MOMENT);
        go(bus, OverloadLevel.WITHHOLDING);
        for (int i = 0; i < 200; i++) {
            channel.trySend(ByteBuffer.allocate(4_000));
        }
        bus.advance(SECOND);
        int first = heard.size();
        assertThat(first).isBetween(10, 40);
        bus.advance(SECOND);
        assertThat(heard).hasSize(first);
        go(bus, OverloadLevel.NONE);
        assertThat(heard).hasSize(200);
    }

    /** Its memory is taken, and would be given back by nothing else. */
    @Test
    void messageThatHasBegunArrivesAndTheNextOneWaits() {
        Bus bus = bus(options -> options.fragmentTimeout(Duration.ofSeconds(5)));
        bus.world.links(LinkSettings.LAN.withBytesPerSecond(200_000));
        HeartbeatClient client = node(bus, "n1");
        client.trySend(ByteBuffer.allocate(1_000_000));
        bus.advance(SECOND);
        client.trySend(ByteBuffer.allocate(400_000));
        bus.serverHost.fillMemory(0.86, CALM);
        bus.advance(Duration.ofSeconds(30));
        assertThat(overload(bus).level()).isEqualTo(OverloadLevel.WITHHOLDING);
        assertThat(received).containsExactly(1_000_000);
        bus.serverHost.fillMemory(CALM, CALM);
        bus.advance(Duration.ofSeconds(10));
        assertThat(received).containsExactly(1_000_000, 400_000);
        assertThat(bus.told.of("n1")).contains("ONLINE").noneMatch(event -> event.startsWith("SUSPECT"));
    }

    // ---- registrations

    @Test
    void newNodesAreRefusedAndComeWhenItIsOver() {
        Bus bus = bus(options -> options);
        node(bus, "n1");
        go(bus, OverloadLevel.REFUSING);
        ClientRecorder told = new ClientRecorder();
        HeartbeatClient late = bus.client(bus.world.newHost("late"), "late")
                .reconnectBase(Duration.ofMillis(1))
                .reconnectCap(Duration.ofMillis(1))
                .listener(told)
                .connect();
        bus.advance(Duration.ofMinutes(1));
        assertThat(late.state()).isNotEqualTo(ClientState.ONLINE);
        // Between one interval and three, each time another.
        assertThat(told.waits())
                .hasSizeGreaterThan(10)
                .allMatch(wait -> wait.compareTo(Bus.INTERVAL) >= 0
                        && wait.compareTo(Bus.INTERVAL.multipliedBy(3).plusMillis(1)) <= 0);
        // The client's own jitter is a millisecond.
        assertThat(Collections.max(told.waits()).minus(Collections.min(told.waits())))
                .isGreaterThan(Bus.INTERVAL);
        assertThat(told.events()).contains("disconnected GO_AWAY").doesNotContain("registered");
        assertThat(overload(bus).refusedRegistrations()).isEqualTo(told.waits().size());
        assertThat(bus.server.stats().liveness().registrationsRefused())
                .isEqualTo(told.waits().size());
        go(bus, OverloadLevel.NONE);
        assertThat(late.state()).isEqualTo(ClientState.ONLINE);
        assertThat(bus.told.of("late")).containsExactly("ONLINE");
    }

    @Test
    void nodesOfGatewaysAreRefusedAndComeWhenItIsOver() {
        Bus bus = bus(options -> options);
        HeartbeatClient gateway = node(bus, "gateway");
        go(bus, OverloadLevel.REFUSING);
        AttachedRecorder told = new AttachedRecorder();
        gateway.attach("late", Map.of(), told);
        bus.advance(Duration.ofSeconds(20));
        assertThat(bus.told.of("late")).isEmpty();
        assertThat(gateway.state()).isEqualTo(ClientState.ONLINE);
        go(bus, OverloadLevel.NONE);
        assertThat(bus.told.of("late")).containsExactly("ONLINE");
    }

    /** A stay goes on over another connection, and a process that took the place of another is known too. */
    @ParameterizedTest
    @EnumSource(names = {"REFUSING", "SHEDDING"})
    void knownNodesMayComeBack(OverloadLevel level) {
        Bus bus = bus(options -> options);
        Host host = bus.newNode("n1");
        Host restarted = bus.newNode("n2");
        go(bus, level);
        host.resetConnections();
        restarted.crash();
        restarted.restart();
        bus.client(restarted, "n2").connect();
        bus.advance(SECOND.multipliedBy(2));
        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "SUSPECT(LOST)", "ONLINE");
        assertThat(bus.told.of("n2")).endsWith("ONLINE");
    }

    // ---- connections

    @Test
    void connectionsThatGotLeastFarAreClosedOldestFirst() {
        Bus bus = bus(options -> options);
        HeartbeatClient node = node(bus, "n1");
        List<ScriptedPeer> strangers = new ArrayList<>();
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            ScriptedPeer peer =
                    ScriptedPeer.client(bus.world.newHost("stranger").transport(), bus.server.localAddress());
            peer.connect();
            if (i % 3 == 1) {
                peer.raw("ab02"); // A frame begins.
            }
            ends.add(peer.expectGoAway("OVERLOADED").expectEndOfStream().end().play());
            strangers.add(peer);
            bus.advance(MOMENT);
        }
        go(bus, OverloadLevel.REFUSING);
        assertThat(ends).noneMatch(CompletableFuture::isDone);
        bus.serverHost.fillMemory(0.96, CALM);
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            bus.advance(Duration.ofMillis(10));
            for (int peer = 0; peer < 6; peer++) {
                if (ends.get(peer).isDone() && !order.contains(peer)) {
                    order.add(peer);
                }
            }
        }
        assertThat(order).containsExactly(0, 2, 3, 5, 1, 4);
        strangers.forEach(ScriptedPeer::verify);
        assertThat(overload(bus).closedConnections()).isEqualTo(6);
        assertThat(node.state()).isEqualTo(ClientState.ONLINE);
    }

    // ---- the port

    @Test
    void nothingIsAcceptedAndWhatWaitsIsAcceptedWhenItIsOver() {
        Bus bus = bus(options -> options);
        node(bus, "n1");
        go(bus, OverloadLevel.CLOSED);
        long accepted = bus.server.stats().connections().accepted();
        HeartbeatClient late = bus.client(bus.world.newHost("late"), "late").connect();
        bus.advance(Duration.ofSeconds(4));
        assertThat(bus.server.stats().connections().accepted()).isEqualTo(accepted);
        assertThat(bus.server.stats().connections().refused()).isZero();
        go(bus, OverloadLevel.NONE);
        bus.advance(SETTLED);
        assertThat(late.state()).isEqualTo(ClientState.ONLINE);
    }

    @Test
    void graceWaitsWhileNobodyCanComeBack() {
        Bus bus = bus(options -> options);
        Host host = bus.newNode("n1");
        Host dead = bus.newNode("dead");
        Host later = bus.newNode("later");
        go(bus, OverloadLevel.CLOSED);
        host.resetConnections();
        dead.powerOff();
        bus.advance(Duration.ofSeconds(20));
        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "SUSPECT(LOST)");
        bus.serverHost.fillMemory(CALM, CALM);
        bus.advance(SETTLED);
        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "SUSPECT(LOST)", "ONLINE");
        // Silence needs no connection, and is judged as ever; and so is a loss that comes later.
        assertThat(bus.told.of("dead")).containsExactly("ONLINE", "SUSPECT(SILENT)", "OFFLINE(TIMEOUT)");
        bus.advance(Bus.TIMEOUT);
        later.crash();
        bus.advance(Bus.TIMEOUT.plus(Bus.TOLERANCE));
        assertThat(bus.told.of("later")).containsExactly("ONLINE", "SUSPECT(LOST)", "OFFLINE(CLOSED)");
    }

    @Test
    void closedServerEndsAndItsGraceIsBounded() {
        Bus bus = bus(options -> options.massGuardMaxHold(Duration.ofSeconds(5)));
        Host host = bus.newNode("n1");
        go(bus, OverloadLevel.CLOSED);
        host.crash();
        bus.advance(Duration.ofSeconds(5).plus(Bus.TIMEOUT).plus(SECOND));
        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "SUSPECT(LOST)", "OFFLINE(CLOSED)");
        bus.world.await(bus.server.closeAsync(), Duration.ofSeconds(15));
    }
}
