package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.ClientState;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.NodeState;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.SendResult;
import dev.heartbeat.ServerAddress;
import dev.heartbeat.ServerOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A client of several servers finds one that serves it, and comes back to it while it may. */
final class ServersTest {
    private static final int PORT = 9501;
    private static final Duration SOON = Duration.ofSeconds(20);

    private final Simulation sim = new Simulation(51);
    private final List<Host> hosts = new ArrayList<>();
    private final List<HeartbeatServer> servers = new ArrayList<>();
    private final List<String> ends = new ArrayList<>();
    private int received;

    /** Servers on hosts of their own. */
    private List<ServerAddress> start(int count) {
        for (int i = 0; i < count; i++) {
            Host host = sim.newHost("server" + i);
            hosts.add(host);
            servers.add(HeartbeatServer.builder()
                    .port(PORT)
                    .heartbeatInterval(Duration.ofSeconds(1))
                    .suspectAfter(Duration.ofMillis(2500))
                    .heartbeatTimeout(Duration.ofSeconds(3))
                    .grace(Duration.ofSeconds(10))
                    .transport(host.transport())
                    .onMessage((from, message) -> received++)
                    .listener(new NodeListener() {
                        @Override
                        public void onOffline(Node node, OfflineReason reason) {
                            ends.add(node.id() + " " + reason);
                        }
                    })
                    .start());
        }
        return hosts.stream()
                .map(host -> new ServerAddress(host.address(), PORT))
                .toList();
    }

    private HeartbeatClient connect(String id, List<ServerAddress> to, ServerOrder order) {
        return HeartbeatClient.builder()
                .servers(to, order)
                .nodeId(id)
                .transport(sim.newHost(id).transport())
                .connect();
    }

    private long onlineAt(int server) {
        return servers.get(server).nodes().count(NodeState.ONLINE);
    }

    @Test
    void firstOfAnOrderedListHasAllClients() {
        List<ServerAddress> all = start(3);
        for (int i = 0; i < 20; i++) {
            connect("n" + i, all, ServerOrder.ORDERED);
        }
        sim.advance(SOON);
        assertThat(onlineAt(0)).isEqualTo(20);
    }

    @Test
    void shuffledClientsSpread() {
        List<ServerAddress> all = start(3);
        for (int i = 0; i < 300; i++) {
            connect("n" + i, all, ServerOrder.SHUFFLED);
        }
        sim.advance(SOON);
        assertThat(IntStream.range(0, 3).mapToLong(this::onlineAt)).allMatch(count -> count > 70);
        assertThat(IntStream.range(0, 3).mapToLong(this::onlineAt).sum()).isEqualTo(300);
    }

    /** One that refuses, one that is not there, one that hangs, one whose name nobody knows. */
    @Test
    void serversThatDoNotServeArePassedOver() {
        List<ServerAddress> all = start(4);
        hosts.get(0).refuseConnects(true);
        hosts.get(1).powerOff();
        hosts.get(2).pause();
        List<ServerAddress> list = Stream.concat(Stream.of(new ServerAddress("nowhere.invalid", PORT)), all.stream())
                .toList();
        HeartbeatClient client = connect("n", list, ServerOrder.ORDERED);
        sim.advance(Duration.ofSeconds(60));
        assertThat(client.state()).isEqualTo(ClientState.ONLINE);
        assertThat(onlineAt(3)).isEqualTo(1);
    }

    @Test
    void listIsTriedAgainFromItsBeginning() {
        List<ServerAddress> all = start(3);
        hosts.forEach(host -> host.refuseConnects(true));
        HeartbeatClient client = connect("n", all, ServerOrder.SHUFFLED);
        sim.advance(SOON);
        assertThat(client.state()).isNotEqualTo(ClientState.ONLINE);
        hosts.get(1).refuseConnects(false);
        sim.advance(Duration.ofMinutes(5));
        assertThat(client.state()).isEqualTo(ClientState.ONLINE);
    }

    /** Its place is kept there for the grace, so nobody hears of more than a doubt. */
    @Test
    void lostConnectionComesBackToTheSameServer() {
        List<ServerAddress> all = start(2);
        hosts.get(0).refuseConnects(true);
        HeartbeatClient client = connect("n", all, ServerOrder.ORDERED);
        sim.advance(SOON);
        assertThat(onlineAt(1)).isEqualTo(1);
        hosts.get(0).refuseConnects(false);
        for (int i = 0; i < 5; i++) {
            hosts.get(1).resetConnections();
            sim.advance(SOON);
        }
        assertThat(client.state()).isEqualTo(ClientState.ONLINE);
        assertThat(onlineAt(1)).isEqualTo(1);
        assertThat(ends).isEmpty();
    }

    @Test
    void nodesOfAServerThatDiesGoToTheBestOther() {
        List<ServerAddress> all = start(3);
        connect("n", all, ServerOrder.ORDERED);
        sim.advance(SOON);
        hosts.get(0).powerOff();
        sim.advance(Duration.ofSeconds(60));
        assertThat(onlineAt(1)).isEqualTo(1);
        hosts.get(1).refuseConnects(true);
        hosts.get(1).resetConnections();
        sim.advance(Duration.ofSeconds(60));
        assertThat(onlineAt(2)).isEqualTo(1);
    }

    @Test
    void nodesThatAServerSendsAwayGoToAnotherAtOnce() {
        List<ServerAddress> all = start(2);
        List<HeartbeatClient> clients = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            clients.add(connect("n" + i, all, ServerOrder.ORDERED));
        }
        sim.advance(SOON);
        assertThat(onlineAt(0)).isEqualTo(100);
        var unused = servers.get(0).shutdownAsync(Duration.ofSeconds(10));
        sim.advance(Duration.ofSeconds(13));
        assertThat(onlineAt(1)).isEqualTo(100);
        assertThat(ends).hasSize(100).allMatch(end -> end.endsWith(" SHUTDOWN"));
        assertThat(clients).allMatch(client -> client.stats().connections().attempts() == 2);
    }

    /** And nothing is lost on the way. */
    @Test
    void nodesGoBackToABetterServer() {
        List<ServerAddress> all = start(3);
        hosts.get(0).refuseConnects(true);
        hosts.get(1).refuseConnects(true);
        List<HeartbeatClient> clients = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            clients.add(connect("n" + i, all, ServerOrder.ORDERED));
        }
        sim.advance(SOON);
        assertThat(onlineAt(2)).isEqualTo(50);
        sim.advance(Duration.ofMinutes(20));
        assertThat(onlineAt(2)).isEqualTo(50);

        hosts.get(1).refuseConnects(false);
        long most = 0;
        int sent = 0;
        for (int second = 0; second < 600; second++) {
            long before = onlineAt(1);
            sent += clients.get(second % 50).trySend(Room.text("x")) == SendResult.ACCEPTED ? 1 : 0;
            sim.advance(Duration.ofSeconds(1));
            most = Math.max(most, onlineAt(1) - before);
        }
        assertThat(onlineAt(1)).isEqualTo(50);
        assertThat(most).as("moves within a second").isLessThan(10);
        assertThat(ends).hasSize(50).allMatch(end -> end.endsWith(" UNREGISTERED"));
        assertThat(sent).isEqualTo(600);
        assertThat(received).isEqualTo(600);
        assertThat(clients).allMatch(client -> client.stats().connections().attempts() < 10);
    }

    @Test
    void serverThatIsWellForAMomentIsNotMovedTo() {
        List<ServerAddress> all = start(2);
        hosts.get(0).refuseConnects(true);
        connect("n", all, ServerOrder.ORDERED);
        sim.advance(SOON);
        hosts.get(0).refuseConnects(false);
        while (servers.get(0).stats().connections().accepted() == 0) {
            sim.advance(Duration.ofMillis(100));
        }
        hosts.get(0).refuseConnects(true);
        sim.advance(Duration.ofMinutes(30));
        assertThat(onlineAt(1)).isEqualTo(1);
        assertThat(ends).isEmpty();
        hosts.get(0).refuseConnects(false);
        sim.advance(Duration.ofMinutes(15));
        assertThat(onlineAt(0)).isEqualTo(1);
    }

    @Test
    void clientThatIsClosedWhileItLooksLooksNoMore() {
        List<ServerAddress> all = start(2);
        hosts.get(0).refuseConnects(true);
        HeartbeatClient client = connect("n", all, ServerOrder.ORDERED);
        sim.advance(SOON);
        client.closeAsync();
        hosts.get(0).refuseConnects(false);
        sim.advance(Duration.ofMinutes(30));
        assertThat(servers.get(0).stats().connections().accepted()).isZero();
        assertThat(ends).containsExactly("n UNREGISTERED");
    }

    /** All lose their server at one moment: attempts at the list are as far apart as at one server. */
    @Test
    void deadServerIsNoStampede() {
        List<ServerAddress> all = start(3);
        List<HeartbeatClient> clients = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            clients.add(connect("n" + i, all, ServerOrder.ORDERED));
        }
        sim.advance(SOON);
        hosts.forEach(host -> host.refuseConnects(true));
        hosts.forEach(Host::resetConnections);
        long before = attempts(clients);
        sim.advance(Duration.ofMinutes(5));
        long during = attempts(clients) - before;
        // At most as many as one server alone gets: some each ten seconds while the grace lasts, then one a minute.
        assertThat(during).isBetween(200L, 200L * 25);
    }

    private static long attempts(List<HeartbeatClient> clients) {
        return clients.stream()
                .mapToLong(client -> client.stats().connections().attempts())
                .sum();
    }

    @Test
    void wrongListsAreRefused() {
        HeartbeatClient.Builder builder = HeartbeatClient.builder();
        ServerAddress one = new ServerAddress("a", 1);
        assertThatThrownBy(() -> builder.servers(List.of(), ServerOrder.ORDERED))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("servers has 0 servers, allowed are 1 to 1000");
        assertThatThrownBy(() -> builder.servers(List.of(one, one), ServerOrder.ORDERED))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("servers has a:1 twice");
        assertThatThrownBy(() -> new ServerAddress(" ", 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ServerAddress("a", 0)).hasMessage("port is 0, allowed is 1 to 65535");
    }
}
