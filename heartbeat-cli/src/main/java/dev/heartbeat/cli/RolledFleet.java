package dev.heartbeat.cli;

import dev.heartbeat.ClientListener;
import dev.heartbeat.CloseReason;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.Networks;
import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.SendResult;
import dev.heartbeat.UndeliveredException;
import dev.heartbeat.admin.HeartbeatAdmin;
import dev.heartbeat.nio.NioTransport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Two servers behind a HAProxy of their own, and nodes that come by it. */
final class RolledFleet implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration CALM = Duration.ofSeconds(3);
    private static final int TICKS_PER_SECOND = 50;

    private final Duration drainDelay;
    private final Letters toNodes = new Letters();
    private final Letters fromNodes = new Letters();
    private final LongAdder shutdowns = new LongAdder();
    private final LongAdder otherOffline = new LongAdder();
    private final List<Place> places;
    private final List<Rolled> nodes = new ArrayList<>();
    private final NioTransport transport = NioTransport.start();
    private final AtomicBoolean isSending = new AtomicBoolean(true);
    private final Path proxyFile;
    private final Process proxy;

    /** What the nodes saw. */
    record Outcome(
            Duration took,
            long moved,
            Duration longestAway,
            Duration medianAway,
            long reconnects,
            long highestRate,
            long shutdowns,
            long otherOffline,
            Letters.Count toNodes,
            Letters.Count fromNodes) {}

    /** @param config the file of HAProxy; addresses in it are replaced */
    RolledFleet(String config, int count, Duration drainDelay) throws IOException, InterruptedException {
        this.drainDelay = drainDelay;
        places = List.of(new Place(), new Place());
        int front = freePort();
        proxyFile = Files.createTempFile("heartbeat", ".haproxy");
        Files.writeString(
                proxyFile,
                config.replaceAll("(?m)^    maxconn .*", "    maxconn " + (2 * count + 100))
                        .replaceAll("(?m)^    bind .*", "    bind " + HOST + ":" + front)
                        // All nodes have one address here.
                        .replaceAll("(?m)^    balance .*", "    balance leastconn")
                        .replaceAll("(?m)^    hash-type .*\n", "")
                        .replaceAll(
                                "(?m)^    server a .*",
                                "    server a " + places.get(0).forProxy())
                        .replaceAll(
                                "(?m)^    server b .*",
                                "    server b " + places.get(1).forProxy()));
        places.forEach(Place::open);
        try {
            proxy = new ProcessBuilder("haproxy", "-db", "-f", proxyFile.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            places.forEach(Place::close);
            throw new Failure("haproxy does not run here; it is a package of Debian");
        }
        for (int i = 0; i < count; i++) {
            nodes.add(new Rolled(NodeIds.of("node-", i + 1), front));
        }
        await("every node to come", () -> nodes.stream().allMatch(Rolled::isHere));
    }

    /** Replaces the first server, and waits until all is calm again. */
    Outcome roll(int messagesPerSecond, Duration drain) throws InterruptedException {
        Thread sender = new Thread(() -> sendMessages(messagesPerSecond), "messages");
        sender.start();
        Thread.sleep(CALM.toMillis());
        nodes.forEach(Rolled::begin);
        Place replaced = places.get(0);
        long moved = replaced.nodes();
        long began = System.nanoTime();
        replaced.end(drain);
        replaced.open();
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        await("every node to come back", () -> nodes.stream().allMatch(Rolled::isHere));
        Thread.sleep(CALM.toMillis());
        isSending.set(false);
        sender.join();
        awaitOrGoOn(() -> toNodes.areAllEnded() && fromNodes.areAllEnded());
        return outcome(took, moved);
    }

    private Outcome outcome(Duration took, long moved) {
        long[] away = nodes.stream()
                .flatMap(node -> node.away.stream())
                .mapToLong(Long::longValue)
                .sorted()
                .toArray();
        long[] back = nodes.stream()
                .flatMap(node -> node.back.stream())
                .mapToLong(Long::longValue)
                .sorted()
                .toArray();
        return new Outcome(
                took,
                moved,
                Duration.ofNanos(away.length == 0 ? 0 : away[away.length - 1]),
                Duration.ofNanos(away.length == 0 ? 0 : away[away.length / 2]),
                back.length,
                mostWithinASecond(back),
                shutdowns.sum(),
                otherOffline.sum(),
                toNodes.count(),
                fromNodes.count());
    }

    private static long mostWithinASecond(long[] times) {
        int most = 0;
        int from = 0;
        for (int i = 0; i < times.length; i++) {
            while (times[i] - times[from] >= TimeUnit.SECONDS.toNanos(1)) {
                from++;
            }
            most = Math.max(most, i - from + 1);
        }
        return most;
    }

    /** To each node in turn by whichever server has it, and from each in turn. */
    private void sendMessages(int perSecond) {
        long began = System.nanoTime();
        long sent = 0;
        while (isSending.get()) {
            long due = (System.nanoTime() - began) * perSecond / TimeUnit.SECONDS.toNanos(1);
            for (; sent < due; sent++) {
                Rolled node = nodes.get((int) (sent % nodes.size()));
                List<Function<ByteBuffer, SendResult>> servers = new ArrayList<>();
                places.forEach(place -> servers.add(message -> place.trySend(node.id, message)));
                toNodes.send(servers);
                fromNodes.send(List.of(node.client::trySend));
            }
            pause(Duration.ofSeconds(1).dividedBy(TICKS_PER_SECOND));
        }
    }

    private void await(String what, BooleanSupplier condition) {
        if (!awaitOrGoOn(condition)) {
            throw new Failure("in vain, it waited " + PATIENCE.toSeconds() + " s for " + what);
        }
    }

    private boolean awaitOrGoOn(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                return false;
            }
            pause(Duration.ofMillis(20));
        }
        return true;
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted");
        }
    }

    /** Below those that outgoing connections get, of which one could take the port of the server that is away. */
    private static int freePort() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                // It is taken; the next may be free.
            }
        }
    }

    @Override
    public void close() {
        transport.close();
        proxy.destroy();
        places.forEach(Place::close);
        try {
            Files.deleteIfExists(proxyFile);
        } catch (IOException e) {
            // It is a small file in the folder of those that nobody needs.
        }
    }

    /** Where a server is, one after the other. */
    private final class Place implements NodeListener {
        private final int port = freePort();
        private final int probes = freePort();
        private volatile @Nullable HeartbeatServer server;
        private volatile @Nullable HeartbeatAdmin admin;

        String forProxy() {
            return HOST + ":" + port + " port " + probes;
        }

        void open() {
            HeartbeatServer built = HeartbeatServer.builder()
                    .host(HOST)
                    .port(port)
                    .drainDelay(drainDelay)
                    .proxyProtocolFrom(Networks.of(HOST + "/32"))
                    .listener(this)
                    .onMessage((from, message) -> fromNodes.arrived(message))
                    .build();
            admin = HeartbeatAdmin.builder(built).probes(HOST, probes).start();
            server = built.start();
        }

        long nodes() {
            HeartbeatServer now = server;
            return now == null ? 0 : now.nodes().size();
        }

        SendResult trySend(String id, ByteBuffer message) {
            HeartbeatServer now = server;
            return now == null ? SendResult.CLOSED : now.trySend(id, message);
        }

        void end(Duration drain) {
            HeartbeatServer now = server;
            if (now != null) {
                now.shutdown(drain);
            }
            closeAdmin();
        }

        private void closeAdmin() {
            HeartbeatAdmin now = admin;
            if (now != null) {
                now.close();
            }
        }

        void close() {
            HeartbeatServer now = server;
            if (now != null) {
                now.close();
            }
            closeAdmin();
        }

        @Override
        public void onOffline(Node node, OfflineReason reason) {
            (reason == OfflineReason.SHUTDOWN ? shutdowns : otherOffline).increment();
        }

        @Override
        public void onUndelivered(Node node, ByteBuffer message, UndeliveredException.Reason reason) {
            toNodes.cameBack(message);
        }
    }

    /** One node. Its callbacks come one after the other. */
    private final class Rolled implements ClientListener {
        private final String id;
        private final HeartbeatClient client;
        private final List<Long> away = new CopyOnWriteArrayList<>();
        private final List<Long> back = new CopyOnWriteArrayList<>();
        private volatile boolean isHere;
        private volatile boolean isWatched;
        private volatile long leftAt;

        Rolled(String id, int port) {
            this.id = id;
            client = HeartbeatClient.builder()
                    .server(HOST, port)
                    .nodeId(id)
                    .transport(transport)
                    .listener(this)
                    .onMessage(toNodes::arrived)
                    .connect();
        }

        boolean isHere() {
            return isHere;
        }

        void begin() {
            isWatched = true;
        }

        @Override
        public void onRegistered(Registered registered) {
            isHere = true;
            if (isWatched) {
                long now = System.nanoTime();
                back.add(now);
                away.add(now - leftAt);
            }
        }

        @Override
        public void onDisconnected(CloseReason reason, @Nullable Duration retryIn) {
            if (isHere) {
                leftAt = System.nanoTime();
            }
            isHere = false;
        }

        @Override
        public void onUndelivered(ByteBuffer message, UndeliveredException.Reason reason) {
            fromNodes.cameBack(message);
        }
    }
}
