package dev.heartbeat.testkit.fleet;

import dev.heartbeat.ClientListener;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.SendResult;
import dev.heartbeat.ServerState;
import dev.heartbeat.UndeliveredException;
import dev.heartbeat.testkit.Host;
import dev.heartbeat.testkit.Simulation;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A small server shuts down while it is busy, and another takes its nodes: it goes on for a while,
 * sends one node after the other away, loses no message, and ends in time whoever stays.
 */
final class DrainChecks {
    private static final int PORT = 9505;
    private static final int NODES = 12;
    private static final Duration BEGINS = Duration.ofSeconds(3);
    private static final Duration DELAY = Duration.ofSeconds(2);
    private static final Duration DRAIN = Duration.ofSeconds(8);
    /** The linger of the last connections, and a tick. */
    private static final Duration LINGER = Duration.ofMillis(2200);

    private static final Duration TALKS_UNTIL = Duration.ofSeconds(16);
    private static final Duration BETWEEN_MESSAGES = Duration.ofMillis(97);

    /** Four fifths of the time, but for the last gap. */
    private static final Duration SPREAD = Duration.ofSeconds(5);
    /** A node is away for up to two seconds, and about two leave in each. */
    private static final int AWAY_AT_ONCE = 6;

    private final Simulation simulation;
    private final Host leavingHost;
    private final HeartbeatServer leaving;
    private final HeartbeatServer staying;
    private final List<Traveller> travellers = new ArrayList<>();
    private final Map<String, Integer> accepted = new HashMap<>();
    private final Map<String, Integer> cameBack = new HashMap<>();
    private final Map<String, OfflineReason> ends = new HashMap<>();
    /** Stays for as long as it may. */
    private final ProtocolProbe stubborn;
    /** Gives no credit for what it was sent first. */
    private final ProtocolProbe deaf;

    private @Nullable HeartbeatClient latecomer;
    private int away;
    private int mostAway;
    private @Nullable Duration began;
    private @Nullable Duration ended;
    private @Nullable Violation violation;

    DrainChecks(Simulation simulation) {
        this.simulation = simulation;
        leavingHost = simulation.newHost("leaving", 2);
        Host stayingHost = simulation.newHost("staying");
        leaving = HeartbeatServer.builder()
                .port(PORT)
                .drainDelay(DELAY)
                .listener(new Books())
                .transport(leavingHost.transport())
                .start();
        staying = HeartbeatServer.builder()
                .port(PORT)
                .transport(stayingHost.transport())
                .start();
        for (int i = 0; i < NODES; i++) {
            travellers.add(new Traveller("traveller" + i, leavingHost, stayingHost));
        }
        stubborn = probe("stubborn");
        deaf = probe("deaf");
    }

    private ProtocolProbe probe(String id) {
        return new ProtocolProbe(
                simulation.newHost(id), "a server that stops", SettledChecks.registration(id), "it is looked at here");
    }

    /** Whether a seed's fleet has them beside it: one in eight. */
    static boolean isAt(long seed) {
        return (seed & 0b111) == 0b011;
    }

    void begin() {
        stubborn.connect(leavingHost, PORT);
        deaf.connect(leavingHost, PORT);
        after(BEGINS.dividedBy(2), () -> leaving.trySend("deaf", ByteBuffer.allocate(2 << 16)));
        talk(simulation.now().plus(TALKS_UNTIL));
        after(BEGINS, () -> {
            began = simulation.now();
            CompletableFuture<Void> stopped = leaving.shutdownAsync(DRAIN);
            CompletableFuture<?> unused = stopped.thenRun(() -> ended = simulation.now());
            require("I57 it is not ready at once", leaving.state() == ServerState.DRAINING, leaving.state());
        });
        after(BEGINS.plusSeconds(1), () -> {
            require("I57 it goes on until its delay is over", away == 0, away + " nodes are away");
            latecomer = HeartbeatClient.builder()
                    .server(leavingHost.address(), PORT)
                    .nodeId("latecomer")
                    .transport(simulation.newHost("latecomer").transport())
                    .connect();
        });
        after(BEGINS.plus(DELAY).minusMillis(100), () -> {
            boolean registered = latecomer != null && latecomer.registered().isDone();
            require("I57 it goes on until its delay is over", registered && away == 0, away + " nodes are away");
        });
        after(BEGINS.plus(DELAY).plus(DRAIN).minusMillis(100), this::judgeGoAways);
    }

    /** Before the end, which would be another GO_AWAY. */
    private void judgeGoAways() {
        require(
                "I60 who is sent away has what was accepted for it",
                !deaf.heard().contains("GO_AWAY(1)"),
                "it heard " + deaf.heard());
        long retryAfter = stubborn.retryAfterMillis();
        boolean isSoon = retryAfter > 0 && retryAfter <= 1000;
        require("I59 nodes come back within a second", isSoon, "retry after " + retryAfter + " ms");
    }

    private void talk(Duration until) {
        for (Traveller traveller : travellers) {
            send(traveller.id);
        }
        send("stubborn");
        if (simulation.now().compareTo(until) < 0) {
            simulation.after(BETWEEN_MESSAGES, () -> talk(until));
        }
    }

    private void send(String id) {
        if (leaving.trySend(id, ByteBuffer.allocate(20)) == SendResult.ACCEPTED) {
            accepted.merge(id, 1, Integer::sum);
        }
    }

    /** When it has had its time. */
    void judge() {
        if (violation != null) {
            throw violation;
        }
        Duration limit = DELAY.plus(DRAIN).plus(LINGER);
        boolean inTime = ended != null && began != null && ended.minus(began).compareTo(limit) <= 0;
        require("I58 a server ends by its deadline", inTime, "it began at " + began + " and ended at " + ended);
        judgeSpread();
        travellers.forEach(this::judge);
        judgeStubborn();
        if (violation != null) {
            throw violation;
        }
        travellers.forEach(traveller -> {
            var unused = traveller.client.closeAsync();
        });
        var unused = staying.closeAsync();
        if (latecomer != null) {
            var unusedToo = latecomer.closeAsync();
        }
    }

    private void judgeSpread() {
        List<Duration> left =
                travellers.stream().map(traveller -> traveller.leftAt).sorted().toList();
        Duration took = left.get(NODES - 1).minus(left.get(0));
        require("I59 nodes are sent away one after the other", took.compareTo(SPREAD) >= 0, "all left within " + took);
        require("I59 few nodes are away at a time", mostAway <= AWAY_AT_ONCE, mostAway + " were");
    }

    private void judge(Traveller traveller) {
        int sent = accepted.getOrDefault(traveller.id, 0);
        int settled = traveller.received + cameBack.getOrDefault(traveller.id, 0);
        require(
                "I60 what was accepted arrives or comes back",
                sent == settled,
                traveller.id + ": " + sent + " messages were accepted, settled are " + settled);
        require("I60 all that is accepted arrives in time", cameBack.isEmpty(), "came back: " + cameBack);
        boolean isThere = staying.nodes().find(traveller.id).isPresent();
        require("I60 nodes find the other server", isThere, traveller.id + " is not there");
        require(
                "I60 an end by a shutdown is no death",
                ends.get(traveller.id) == OfflineReason.SHUTDOWN,
                traveller.id + " ended by " + ends.get(traveller.id));
    }

    private void judgeStubborn() {
        List<String> heard = stubborn.heard();
        int sentAway = heard.indexOf("GO_AWAY(1)");
        boolean isLast = sentAway > 0 && !heard.subList(sentAway, heard.size()).contains("DATA");
        require("I60 nothing is accepted for who is sent away", isLast, "it heard " + heard);
    }

    private void after(Duration delay, Runnable step) {
        simulation.after(delay, step);
    }

    /** The first that is broken is what is reported. */
    private void require(String invariant, boolean holds, Object what) {
        if (!holds && violation == null) {
            violation = new Violation(invariant, what.toString());
        }
    }

    /** What the server that stops reports. */
    private final class Books implements NodeListener {
        @Override
        public void onOffline(Node node, OfflineReason reason) {
            ends.put(node.id(), reason);
        }

        @Override
        public void onUndelivered(Node node, ByteBuffer message, UndeliveredException.Reason reason) {
            if (!node.id().equals("deaf")) {
                cameBack.merge(node.id(), 1, Integer::sum);
            }
        }
    }

    /** A node that goes from the one to the other. */
    private final class Traveller implements ClientListener {
        private final String id;
        private final HeartbeatClient client;
        private int received;
        private Duration leftAt = Duration.ZERO;
        private boolean isAway;

        Traveller(String id, Host... servers) {
            this.id = id;
            Host host = simulation.newHost(id);
            host.resolveTo("pair", servers[0].address(), servers[1].address());
            client = HeartbeatClient.builder()
                    .server("pair", PORT)
                    .nodeId(id)
                    .listener(this)
                    .onMessage(message -> received++)
                    .transport(host.transport())
                    .connect();
        }

        @Override
        public void onRegistered(Registered registered) {
            if (isAway) {
                isAway = false;
                away--;
            }
        }

        @Override
        public void onDisconnected(Disconnect disconnect) {
            if (!isAway && leftAt.isZero()) {
                isAway = true;
                leftAt = simulation.now();
                away++;
                mostAway = Math.max(mostAway, away);
            }
        }
    }
}
