package dev.heartbeat.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.ClientState;
import dev.heartbeat.ConnectionRefusal;
import dev.heartbeat.ConnectionStats;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.Networks;
import dev.heartbeat.auth.Grant;
import dev.heartbeat.spi.ClientLayer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Behind a proxy that is trusted, the address in its header is a node's; from others it is a fault. */
final class ProxyProtocolTest {
    private static final Duration SOON = Duration.ofMillis(500);
    private static final Duration RETRY = Duration.ofMillis(50);
    private static final Networks EVERYBODY = Networks.of("0.0.0.0/0");
    private static final String LOCAL = "0d0a0d0a000d0a515549540a 20 00 0000";

    private int seed = 121;

    private Bus bus(UnaryOperator<HeartbeatServer.Builder> options) {
        return new Bus(
                seed++,
                2,
                builder -> options.apply(builder.proxyProtocolFrom(EVERYBODY).handshakeTimeout(Duration.ofSeconds(2))));
    }

    private static ClientLayer header(String address) {
        byte[] line = ("PROXY TCP4 " + address + " 10.0.0.1 5000 9501\r\n").getBytes(ISO_8859_1);
        return (host, port) -> (below, above) -> {
            below.write(ByteBuffer.wrap(line), 0, line.length);
            below.flush();
            return above.onOpen(below);
        };
    }

    private static HeartbeatClient connect(Bus bus, String id, String address) {
        HeartbeatClient client = bus.client(bus.world.newHost("proxy"), id)
                .layer(header(address))
                .plaintextCredentials(true)
                .reconnectBase(RETRY)
                .reconnectCap(RETRY)
                .connect();
        bus.advance(SOON);
        return client;
    }

    private static ScriptedPeer stranger(Bus bus, String hex) {
        ScriptedPeer peer = ScriptedPeer.client(bus.world.newHost("proxy").transport(), bus.server.localAddress());
        peer.connect().raw(hex);
        return peer;
    }

    private static String lineOf(String text) {
        return HexFormat.of().formatHex(text.getBytes(ISO_8859_1));
    }

    private static ConnectionStats connections(Bus bus) {
        return bus.server.stats().connections();
    }

    @Test
    void nodeHasTheClientsAddress() {
        List<String> applicants = new ArrayList<>();
        Bus bus = bus(options -> options.authenticator(applicant -> {
            applicants.add(String.valueOf(applicant.remoteAddress()));
            return completedFuture(Grant.to("p"));
        }));
        HeartbeatClient client = connect(bus, "n1", "192.0.2.7");
        assertThat(client.state()).isEqualTo(ClientState.ONLINE);
        assertThat(applicants).containsExactly("/192.0.2.7:5000");
        assertThat(bus.server.nodes().find("n1").orElseThrow().remoteAddress()).hasToString("/192.0.2.7:5000");
        client.send(UTF_8.encode("hello"));
        bus.advance(Duration.ofMinutes(1));
        assertThat(bus.told.of("n1")).contains("message hello");
        assertThat(client.state()).isEqualTo(ClientState.ONLINE);
    }

    /** A header and REGISTER in one read, cut at each byte. */
    @Test
    void headerMayBeCutAnywhere() {
        Bus bus = bus(options -> options);
        String block = "0d0a0d0a000d0a515549540a 21 11 000f c0000207 0a000001 1388 251d 040000".replace(" ", "");
        String all = block + "ab0204000000000000000008" + "0000000000000007";
        for (int cut = 2; cut <= all.length(); cut += 2) {
            ScriptedPeer peer = stranger(bus, all.substring(0, cut));
            if (cut < all.length()) {
                peer.raw(all.substring(cut));
            }
            peer.expect("PONG").reset();
            peer.play();
            bus.advance(SOON);
            peer.verify();
        }
    }

    // ---- limits

    @Test
    void limitsAreOfTheClientsAddressAndTheProxysHasNone() {
        Bus bus = bus(options -> options.maxConnectionsPerAddress(1).attemptsPerSecondPerAddress(1));
        HeartbeatClient first = connect(bus, "n1", "192.0.2.7");
        HeartbeatClient second = connect(bus, "n2", "192.0.2.7");
        assertThat(first.state()).isEqualTo(ClientState.ONLINE);
        assertThat(second.state()).isNotEqualTo(ClientState.ONLINE);
        assertThat(connections(bus).refusals()).containsKey(ConnectionRefusal.ADDRESS_CONNECTIONS);
        assertThat(connections(bus).layerFailures()).isZero();
        for (int i = 0; i < 20; i++) {
            assertThat(connect(bus, "m" + i, "198.51.100." + i).state()).isEqualTo(ClientState.ONLINE);
        }
        first.closeAsync();
        bus.advance(Duration.ofSeconds(15));
        assertThat(second.state()).isEqualTo(ClientState.ONLINE);
        assertThat(connections(bus).open()).isEqualTo(21);
        assertThat(connections(bus).unregistered()).isZero();
    }

    @Test
    void listsAreOfTheClientsAddress() {
        Bus bus = bus(options -> options.denyFrom(Networks.of("192.0.2.0/24")));
        assertThat(connect(bus, "n1", "192.0.2.7").state()).isNotEqualTo(ClientState.ONLINE);
        assertThat(connect(bus, "n2", "198.51.100.1").state()).isEqualTo(ClientState.ONLINE);
        assertThat(connections(bus).refusals()).containsOnlyKeys(ConnectionRefusal.ADDRESS_DENIED);

        // The proxies' own address is on no list.
        bus.server.reconfigure(bus.server.options().toBuilder()
                .denyFrom(Networks.none())
                .allowFrom(Networks.of("192.0.2.0/24"))
                .build());
        assertThat(connect(bus, "n3", "192.0.2.9").state()).isEqualTo(ClientState.ONLINE);
        assertThat(connect(bus, "n4", "198.51.100.1").state()).isNotEqualTo(ClientState.ONLINE);
    }

    // ---- faults

    @ParameterizedTest
    @ValueSource(strings = {"PROXY TCP4 192.0.2.7 10.0.0.1 5000 9501\n", "GET / HTTP/1.1\r\n\r\n", "PROXY TCP4 x\r\n"})
    void malformedHeaderIsAFault(String text) {
        Bus bus = bus(options -> options);
        ScriptedPeer peer = stranger(bus, lineOf(text)).expectReset();
        peer.play();
        bus.advance(SOON);
        peer.verify();
        assertThat(connections(bus).layerFailures()).isOne();
        assertThat(connections(bus).accepted()).isZero();
        assertThat(connections(bus).open()).isZero();
    }

    @Test
    void headerHasItsTime() {
        Bus bus = bus(options -> options);
        ScriptedPeer peer = stranger(bus, lineOf("PROXY TCP4")).expectEndOfStream();
        peer.play();
        bus.advance(Duration.ofMillis(1900));
        assertThat(connections(bus).open()).isOne();
        bus.advance(SOON);
        peer.verify();
        assertThat(connections(bus).layerFailures()).isOne();
        assertThat(connections(bus).open()).isZero();
    }

    @Test
    void headerFromElsewhereIsAForeignProtocol() {
        Bus bus = bus(options -> options.proxyProtocolFrom(Networks.of("192.0.2.1")));
        HeartbeatClient spoofer = connect(bus, "n1", "192.0.2.7");
        assertThat(spoofer.state()).isNotEqualTo(ClientState.ONLINE);
        assertThat(connections(bus).foreign()).isPositive();
        HeartbeatClient direct = bus.client(bus.world.newHost("client"), "n2").connect();
        bus.advance(SOON);
        assertThat(direct.state()).isEqualTo(ClientState.ONLINE);
    }

    @Test
    void nodeWithoutHeaderIsAFaultWhereOneIsDue() {
        Bus bus = bus(options -> options);
        HeartbeatClient direct = bus.client(bus.world.newHost("client"), "n1").connect();
        bus.advance(SOON);
        assertThat(direct.state()).isNotEqualTo(ClientState.ONLINE);
        assertThat(connections(bus).layerFailures()).isPositive();
    }

    // ---- checks

    @Test
    void checksOfTheProxyAreSilent() {
        Bus bus = bus(options -> options);
        for (int i = 0; i < 3; i++) {
            ScriptedPeer empty = ScriptedPeer.client(bus.world.newHost("proxy").transport(), bus.server.localAddress());
            empty.connect().end();
            empty.play();
            stranger(bus, LOCAL).end().play();
            stranger(bus, LOCAL).reset().play();
            stranger(bus, lineOf("PROXY UNKNOWN\r\n")).end().play();
            bus.advance(Duration.ofSeconds(5));
        }
        assertThat(connections(bus).open()).isZero();
        assertThat(connections(bus).unregistered()).isZero();
        assertThat(connections(bus).layerFailures()).isZero();
        assertThat(connections(bus).refusals()).isEqualTo(Map.of());
        assertThat(connections(bus).handshakeTimeouts()).isZero();
    }

    /** A node may register with the proxy's own address, where the proxy speaks for itself. */
    @Test
    void proxyMaySpeakForItself() {
        Bus bus = bus(options -> options.maxConnectionsPerAddress(1).denyFrom(EVERYBODY));
        ScriptedPeer peer = stranger(bus, LOCAL).register("n1").expectRegistered();
        peer.play();
        bus.advance(SOON);
        peer.verify();
    }
}
