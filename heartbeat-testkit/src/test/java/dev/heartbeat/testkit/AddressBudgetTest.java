package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.Networks;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The connections of one address share what they take of the memory for large messages. */
@Tag("once")
final class AddressBudgetTest {
    private static final Duration SOON = Duration.ofMillis(200);
    private static final int MESSAGE = 200_000;
    private static final int BUDGET = 16 * MESSAGE;
    /** Three quarters. */
    private static final int SHARE = 12;

    /** The first byte of a message. */
    private static final String BEGIN = "ab020305 00000000 0000000a 0007 06000400030d40 61";

    private static final String LOCAL = "0d0a0d0a000d0a515549540a 20 00 0000";

    private int strangers;

    private static Bus bus(UnaryOperator<HeartbeatServer.Builder> options) {
        return new Bus(
                131,
                2,
                builder -> options.apply(builder.inboundBudgetBytes(BUDGET)
                        .maxMessageBytes(MESSAGE)
                        .windowBytes(16_396)
                        .otherChannels(
                                ChannelOptions.builder()
                                        .windowBytes(MESSAGE)
                                        .maxWindowBytes(MESSAGE)
                                        .build(),
                                offered -> new ChannelListener() {})));
    }

    /** Begins as many messages from the host, each over a connection of its own, and ends none. */
    private List<ScriptedPeer> begin(int count, Bus bus, Host from, String first) {
        List<ScriptedPeer> peers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ScriptedPeer peer = ScriptedPeer.client(from.transport(), bus.server.localAddress());
            peer.ignore("CREDIT").ignore("PING").ignore("ERROR").ignore("CHANNEL_ACCEPT");
            peer.connect().raw(first).register("s" + strangers++).expectRegistered();
            peer.raw(BEGIN).play();
            bus.advance(Duration.ofMillis(20));
            peers.add(peer);
        }
        bus.advance(SOON);
        return peers;
    }

    private static long refused(Bus bus) {
        return bus.server.stats().connections().errorsSent().getOrDefault("NO_CAPACITY", 0L);
    }

    private static void sends(Bus bus, String id) {
        HeartbeatClient client = bus.client(bus.world.newHost("client"), id).connect();
        bus.world.advanceUntil(client.registered()::isDone, Duration.ofSeconds(1));
        client.trySend(ByteBuffer.allocate(MESSAGE));
        bus.advance(SOON);
        assertThat(bus.told.of(id)).hasSize(2).last().asString().startsWith("message");
    }

    @Test
    @Tag("M36")
    void connectionsOfOneAddressLeaveRoomForOthers() {
        Bus bus = bus(options -> options);
        Host attackers = bus.world.newHost("attackers");
        List<ScriptedPeer> first = begin(20, bus, attackers, "");
        assertThat(refused(bus)).isEqualTo(20 - SHARE);
        sends(bus, "n1");
        sends(bus, "n2");

        first.forEach(peer -> peer.reset().play());
        bus.advance(SOON);
        begin(20, bus, attackers, "");
        assertThat(refused(bus)).isEqualTo(2 * (20 - SHARE));
    }

    /** However they take it. */
    @Test
    void windowsOfChannelsCountToo() {
        Bus bus = bus(options -> options);
        Host attackers = bus.world.newHost("attackers");
        List<ScriptedPeer> peers = begin(SHARE - 1, bus, attackers, "");
        String open = "ab020a00 00000001 0000000d 0000000000004010 10 03 6c6f67";
        peers.get(0).raw(open).play();
        bus.advance(SOON);
        assertThat(refused(bus)).isZero();
        peers.get(1).raw(open).expect("CHANNEL_RESET").play();
        bus.advance(SOON);
        peers.get(1).verify();
        assertThat(refused(bus)).isOne();
        sends(bus, "n1");
    }

    @Test
    void severalAddressesNeverTakeAll() {
        Bus bus = bus(options -> options);
        begin(20, bus, bus.world.newHost("attackers"), "");
        begin(20, bus, bus.world.newHost("attackers"), "");
        assertThat(refused(bus)).isEqualTo(20 - SHARE + 20 - 3);
        sends(bus, "n1");
    }

    /** A load balancer without the PROXY protocol is an address; one that speaks it is none. */
    @Test
    void proxyThatNamesNobodyIsManyAddresses() {
        Bus bus = bus(options -> options.proxyProtocolFrom(Networks.of("0.0.0.0/0")));
        Host proxy = bus.world.newHost("proxy");
        begin(20, bus, proxy, LOCAL);
        assertThat(refused(bus)).isEqualTo(20 - 16);
    }

    @Test
    void clientsBehindAProxyAreTheirOwnAddresses() {
        Bus bus = bus(options -> options.proxyProtocolFrom(Networks.of("10.0.0.0/8")));
        Host proxy = bus.world.newHost("proxy");
        begin(20, bus, proxy, header("c0000207"));
        assertThat(refused(bus)).isEqualTo(20 - SHARE);
        begin(1, bus, proxy, header("c0000208"));
        assertThat(refused(bus)).isEqualTo(20 - SHARE);
    }

    private static String header(String client) {
        return "0d0a0d0a000d0a515549540a 21 11 000c" + client + "0a000001 1388 251d";
    }

    @Test
    void addressThatHasTheServerToItselfTakesMost() {
        Bus bus = bus(options -> options);
        Host site = bus.world.newHost("site");
        List<HeartbeatClient> clients = new ArrayList<>();
        for (int i = 0; i < SHARE; i++) {
            clients.add(bus.client(site, "n" + i).connect());
        }
        bus.advance(SOON);
        clients.forEach(client -> client.trySend(ByteBuffer.allocate(MESSAGE)));
        bus.advance(SOON);
        assertThat(bus.server.stats().connections().errorsSent()).isEqualTo(Map.of());
        for (int i = 0; i < SHARE; i++) {
            assertThat(bus.told.of("n" + i)).hasSize(2);
        }
    }
}
