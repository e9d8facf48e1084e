package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.ClientState;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.spi.TransportOptions;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** A client finds its server by name, on virtual time. */
final class HostLookupTest {
    private static final String NAME = "bus.example";
    private static final Duration SOON = Duration.ofSeconds(1);

    private final Bus bus = new Bus(17);
    private final Host host = bus.world.newHost("client");
    private final ClientRecorder told = new ClientRecorder();

    private HeartbeatClient.Builder client(Host at) {
        return HeartbeatClient.builder()
                .server(NAME, bus.server.localAddress().getPort())
                .nodeId("n1")
                .reconnectBase(Duration.ofMillis(100))
                .reconnectCap(Duration.ofMillis(200))
                .listener(told)
                .transport(at.transport());
    }

    private void awaitRegistered(HeartbeatClient client, Duration limit) {
        bus.world.advanceUntil(() -> client.state() == ClientState.ONLINE, limit);
    }

    @Test
    void literalIsNeverLookedUp() {
        host.failLookups(true);
        HeartbeatClient client = bus.client(host, "n1").connect();
        awaitRegistered(client, SOON);
        assertThat(host.lookups()).isZero();
    }

    @Test
    void hostsOfTheSimulationHaveTheirNames() {
        HeartbeatClient client = client(host)
                .server("server", bus.server.localAddress().getPort())
                .connect();
        awaitRegistered(client, SOON);
        assertThat(host.lookups()).isOne();
    }

    @Test
    void allAddressesAreTriedInOneAttempt() {
        Host refusing = bus.world.newHost("refusing");
        Host off = bus.world.newHost("off");
        off.powerOff();
        host.resolveTo(NAME, refusing.address(), off.address(), bus.serverHost.address());
        HeartbeatClient client = client(host).connect();
        // One connect timeout for the address where nobody answers.
        awaitRegistered(client, TransportOptions.defaults().connectTimeout().plus(SOON));
        assertThat(client.stats().connections().attempts()).isOne();
        assertThat(host.connects()).isEqualTo(3);
    }

    @Test
    void serverThatMovesIsFound() {
        host.resolveTo(NAME, bus.serverHost.address());
        HeartbeatClient client = client(host).connect();
        awaitRegistered(client, SOON);
        int port = bus.server.localAddress().getPort();
        bus.serverHost.crash();
        Host other = bus.world.newHost("other");
        HeartbeatServer moved = HeartbeatServer.builder()
                .port(port)
                .transport(other.transport())
                .start();
        host.resolveTo(NAME, other.address());
        bus.world.advanceUntil(() -> moved.nodes().find("n1").isPresent(), SOON);
    }

    @Test
    void unknownNameIsLookedUpForEachAttempt() {
        HeartbeatClient client = client(host).connect();
        bus.advance(Duration.ofSeconds(5));
        assertThat(client.state()).isNotEqualTo(ClientState.ONLINE);
        assertThat(client.stats().connections().attempts())
                .isGreaterThan(10)
                .isBetween(host.lookups() - 1, host.lookups());
        assertThat(host.connects()).isZero();

        host.resolveTo(NAME, bus.serverHost.address());
        awaitRegistered(client, SOON);
    }

    @Test
    void slowLookupDelaysNobodyElse() {
        Host slow = bus.world.newHost("slow");
        slow.delayLookups(Duration.ofSeconds(4));
        slow.resolveTo(NAME, bus.serverHost.address());
        HeartbeatClient waiting = client(slow).connect();
        HeartbeatClient literal = bus.client(slow, "n2").connect();
        awaitRegistered(literal, Duration.ofMillis(100));
        awaitRegistered(waiting, Duration.ofSeconds(5));
        assertThat(waiting.stats().connections().attempts()).isOne();
    }

    @Test
    void lookupWithoutAnAnswerEndsTheAttempt() {
        host.delayLookups(Duration.ofHours(1));
        host.resolveTo(NAME, bus.serverHost.address());
        HeartbeatClient client =
                client(host).handshakeTimeout(Duration.ofSeconds(2)).connect();
        bus.advance(Duration.ofMillis(1900));
        assertThat(client.state()).isEqualTo(ClientState.CONNECTING);
        bus.advance(Duration.ofSeconds(5));
        assertThat(client.stats().connections().attempts()).isBetween(3L, 4L);

        host.delayLookups(Duration.ZERO);
        awaitRegistered(client, Duration.ofSeconds(3));
        assertThat(told.events()).filteredOn("connected"::equals).hasSize(1);
    }

    @Test
    void clientThatLeavesMeanwhileConnectsToNobody() {
        host.delayLookups(Duration.ofSeconds(1));
        host.resolveTo(NAME, bus.serverHost.address());
        HeartbeatClient client = client(host).connect();
        bus.advance(Duration.ofMillis(500));
        CompletableFuture<Void> closed = client.closeAsync();
        bus.world.await(closed, Duration.ofMillis(100));
        bus.advance(Duration.ofSeconds(10));
        assertThat(host.connects()).isZero();
    }

    @Test
    void answerAfterTheEndOfItsProcessIsNobodys() {
        host.delayLookups(Duration.ofSeconds(1));
        host.resolveTo(NAME, bus.serverHost.address());
        client(host).connect();
        bus.advance(Duration.ofMillis(500));
        host.crash();
        bus.advance(Duration.ofSeconds(10));
        assertThat(host.connects()).isZero();
    }

    /** Faults of an application's resolver. */
    @Test
    void resolverThatMisbehavesFailsTheAttemptAndNothingElse() {
        List<CompletionStage<List<InetAddress>>> answers = new java.util.ArrayList<>();
        answers.add(null);
        answers.add(CompletableFuture.completedFuture(null));
        answers.add(CompletableFuture.completedFuture(List.of()));
        answers.add(CompletableFuture.completedFuture(java.util.Collections.singletonList(null)));
        answers.add(CompletableFuture.failedFuture(new NoSuchMethodError("planted")));
        InetAddress right = bus.server.localAddress().getAddress();
        int[] asked = {0};
        Host odd = bus.world.newHost(
                "odd",
                TransportOptions.builder()
                        .eventLoops(1)
                        .resolver(name -> {
                            int turn = asked[0]++;
                            if (turn == 0) {
                                throw new IllegalStateException("planted");
                            }
                            return turn <= answers.size()
                                    ? answers.get(turn - 1)
                                    : CompletableFuture.completedFuture(List.of(right));
                        })
                        .build());
        HeartbeatClient client = client(odd).connect();
        awaitRegistered(client, Duration.ofSeconds(5));
        assertThat(client.stats().connections().attempts()).isEqualTo(answers.size() + 2);
        assertThat(bus.world.escaped()).isEmpty();
    }

    @Test
    void serverListensWhereItsNamePoints() {
        Host two = bus.world.newHost("two");
        two.delayLookups(Duration.ofSeconds(1));
        CompletableFuture<HeartbeatServer> starting = HeartbeatServer.builder()
                .host("two")
                .port(0)
                .transport(two.transport())
                .startAsync();
        assertThat(starting).isNotDone();
        assertThat(bus.world
                        .await(starting, Duration.ofSeconds(2))
                        .localAddress()
                        .getAddress()
                        .getHostAddress())
                .isEqualTo(two.address());
    }

    @Test
    void serverOfAnUnknownNameDoesNotStart() {
        for (Duration delay : List.of(Duration.ZERO, Duration.ofHours(1))) {
            host.delayLookups(delay);
            CompletableFuture<HeartbeatServer> starting = HeartbeatServer.builder()
                    .host("nowhere.invalid")
                    .port(0)
                    .transport(host.transport())
                    .startAsync();
            assertThatThrownBy(() -> bus.world.await(starting, Duration.ofSeconds(6)))
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(HeartbeatException.class)
                    .hasMessageContaining("nowhere.invalid");
        }
    }
}
