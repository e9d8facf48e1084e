package dev.heartbeat.testkit.fleet;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.heartbeat.Channel;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.ClientListener;
import dev.heartbeat.ClientState;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.QueueOverflow;
import dev.heartbeat.Request;
import dev.heartbeat.SendResult;
import dev.heartbeat.SuspectReason;
import dev.heartbeat.UndeliveredException.Reason;
import dev.heartbeat.testkit.Host;
import dev.heartbeat.testkit.LinkSettings;
import dev.heartbeat.testkit.Simulation;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

/**
 * An application that does what it may to a small bus of its own, so that there is one right
 * outcome. It closes a client that still connects, asks more than it waits for, moves buffers that
 * it has handed over, throws where it should answer, and shuts down in the middle of its work. The
 * server's machine steps its clock, and runs out of what a connection needs. All of it happens at
 * once, and takes 17 s.
 */
final class CallerChecks {
    private static final int PORT = 9502;
    /** A port on which nobody listens. */
    private static final int NOBODY = 9509;

    private static final int QUEUE = 16;
    private static final int LARGEST = 1 << 16;
    private static final Duration TIMEOUT = Duration.ofMillis(500);
    private static final Duration SLACK = Duration.ofMillis(100);
    private static final Duration BUSY = Duration.ofSeconds(3);
    private static final Duration FAR = Duration.ofMillis(100);
    private static final Duration STEP = Duration.ofDays(400);
    private static final Duration SHUT_DOWN = Duration.ofSeconds(11);
    private static final Duration DRAIN = Duration.ofSeconds(5);
    /** The gain that a frame needs for the verdict to be put off. */
    private static final int GAIN = 1100;

    private static final String LAST = "the last";
    private static final List<String> IDS =
            List.of("leaver", "asker", "refused", "busy", "mover", "lost", "slow", "trickle", "steady", "poor", "late");

    private final Simulation simulation;
    private final Host serverHost;
    private final HeartbeatServer server;
    /** The events that were reported of nodes, each line beginning with the id. */
    private final List<String> events = new ArrayList<>();

    private final List<String> messages = new ArrayList<>();
    /** The number of messages that found the flag of their thread set by another. */
    private int interrupted;

    private final List<String> requests = new ArrayList<>();
    private final List<Runnable> judgements = new ArrayList<>();

    CallerChecks(Simulation simulation) {
        this.simulation = simulation;
        serverHost = simulation.newHost("annex");
        serverHost.stepWallClock(STEP);
        server = HeartbeatServer.builder()
                .port(PORT)
                .heartbeatInterval(Duration.ofMillis(500))
                .suspectAfter(Duration.ofMillis(1250))
                .heartbeatTimeout(Duration.ofMillis(1500))
                .grace(Duration.ofSeconds(4))
                .massGuardMaxHold(Duration.ZERO)
                .offlineRetention(Duration.ZERO)
                .maxNodes(IDS.size())
                .maxMessageBytes(LARGEST)
                .channelQueueMessages(QUEUE)
                .listener(new Listener())
                .onMessage((from, message) -> onMessage(from.id() + " " + text(message)))
                .onRequest((from, request) -> onRequest(request))
                .transport(serverHost.transport())
                .start();
    }

    /** Begins all of it; time has to pass before {@link #judge}. */
    void begin() {
        serverHost.after(Duration.ofMillis(400), () -> serverHost.stepWallClock(STEP.negated()));
        closeWhileConnecting();
        askInVain();
        askWhatIsRefused();
        askWhileBusy();
        hearLate();
        dropWhileLate();
        sendWhatIsRefused();
        moveBuffers();
        lookUpInVain();
        talkSlowly();
        after(Duration.ofSeconds(4), this::registerOneTooMany);
        after(Duration.ofSeconds(6), this::failSetUps);
        shutDown();
    }

    void judge() {
        judgements.forEach(Runnable::run);
    }

    // ---- the server's application

    private final class Listener implements NodeListener {
        @Override
        public void onOnline(Node node) {
            events.add(node.id() + " ONLINE");
        }

        @Override
        public void onSuspect(Node node, SuspectReason reason) {
            events.add(node.id() + " SUSPECT");
        }

        @Override
        public void onOffline(Node node, OfflineReason reason) {
            events.add(node.id() + " OFFLINE");
        }

        @Override
        public void onUndelivered(Node node, ByteBuffer message, Reason reason) {
            events.add(node.id() + " " + reason + " " + message.remaining());
        }
    }

    private void onMessage(String message) {
        interrupted += Thread.interrupted() ? 1 : 0;
        messages.add(message);
        if (message.equals("mover moved 1")) {
            Thread.currentThread().interrupt();
        }
    }

    private void onRequest(Request request) {
        String text = text(request.content());
        requests.add(text);
        if (text.startsWith("throw")) {
            throw new Fleet.PlantedException();
        }
        if (!text.startsWith("never")) {
            SendResult unused = request.reply(bytes("re " + text));
        }
    }

    private long told(String event) {
        return events.stream().filter(event::equals).count();
    }

    // ---- its clients

    private HeartbeatClient.Builder client(String id, Host host) {
        return HeartbeatClient.builder()
                .server(serverHost.address(), PORT)
                .nodeId(id)
                .queueMessages(QUEUE)
                .queueBytes(1 << 20)
                .maxMessageBytes(LARGEST)
                .reconnectBase(Duration.ofMillis(100))
                .reconnectCap(Duration.ofMillis(200))
                .transport(host.transport());
    }

    /**
     * A client is closed while it connects, and the next process of the node hears nothing of it.
     */
    private void closeWhileConnecting() {
        Host host = simulation.newHost("leaver");
        simulation.link(host, serverHost, LinkSettings.LAN.withLatency(FAR, Duration.ZERO));
        HeartbeatClient first = client("leaver", host).connect();
        CompletableFuture<ClientListener.Registered> registered = first.registered();
        List<HeartbeatClient> next = new ArrayList<>();
        after(Duration.ofMillis(5), () -> {
            CompletableFuture<Void> unused = first.closeAsync();
            next.add(client("leaver", simulation.newHost("next leaver")).connect());
        });
        judgeAfter(Duration.ofSeconds(3), () -> {
            boolean isOnline = next.get(0).state() == ClientState.ONLINE;
            boolean wasRegistered = registered.isDone() && !registered.isCompletedExceptionally();
            require(
                    "I46 a client that is closed registers no more",
                    isOnline && !wasRegistered && told("leaver ONLINE") == 1,
                    "the next is " + next.get(0).state() + ", told was " + events);
        });
    }

    /**
     * Requests wait for a connection until they are over. Then nobody is asked, and there is room.
     */
    private void askInVain() {
        Host host = simulation.newHost("asker");
        List<String> errors = new ArrayList<>();
        HeartbeatClient client = client("asker", host)
                .listener(new ClientListener() {
                    @Override
                    public void onError(HeartbeatException error) {
                        errors.add(String.valueOf(error.getMessage()));
                    }
                })
                .connect();
        List<CompletableFuture<ByteBuffer>> replies = new ArrayList<>();
        after(Duration.ofSeconds(1), () -> {
            host.refuseConnects(true);
            host.resetConnections();
        });
        after(Duration.ofMillis(1100), () -> {
            for (int i = 0; i < QUEUE; i++) {
                replies.add(client.request(bytes("overdue " + i), TIMEOUT));
            }
        });
        judgeAfter(Duration.ofMillis(1100).plus(TIMEOUT).plus(SLACK), () -> {
            long over = replies.stream().filter(CallerChecks::isTimedOut).count();
            require("I36 a request ends with its time", over == QUEUE, over + " of " + QUEUE + " ran out of time");
            SendResult room = client.trySend(bytes(LAST));
            require("I36 a request that is over leaves its place", room == SendResult.ACCEPTED, "a message is " + room);
            host.refuseConnects(false);
        });
        judgeAfter(Duration.ofSeconds(4), () -> {
            require("I36 a message waits for the connection", messages.contains("asker " + LAST), messages.toString());
            long sent =
                    requests.stream().filter(text -> text.startsWith("overdue")).count();
            require("I36 a request that is over is not sent", sent == 0, sent + " were");
            require("I37 an epoch that was given is taken", errors.isEmpty(), errors.toString());
        });
    }

    /** A request that is not accepted takes no place, and a handler that throws has answered. */
    private void askWhatIsRefused() {
        HeartbeatClient client =
                client("refused", simulation.newHost("refused")).connect();
        List<CompletableFuture<ByteBuffer>> replies = new ArrayList<>();
        after(Duration.ofSeconds(1), () -> {
            for (int i = 0; i < QUEUE + 4; i++) {
                replies.add(client.request(ByteBuffer.allocate(LARGEST + 1), BUSY));
            }
            replies.add(client.request(bytes("good"), BUSY));
            replies.add(client.request(bytes("throw"), BUSY));
        });
        judgeAfter(Duration.ofSeconds(1).plus(SLACK), () -> {
            long failed = replies.subList(0, QUEUE + 4).stream()
                    .filter(CompletableFuture::isCompletedExceptionally)
                    .count();
            CompletableFuture<ByteBuffer> good = replies.get(QUEUE + 4);
            require(
                    "I36 a request that is refused takes no place",
                    failed == QUEUE + 4 && good.isDone() && !good.isCompletedExceptionally(),
                    failed + " were refused, the next is " + good);
            CompletableFuture<ByteBuffer> thrown = replies.get(QUEUE + 5);
            require(
                    "I36 a handler that throws has answered",
                    thrown.isCompletedExceptionally() && !isTimedOut(thrown),
                    "after " + SLACK + " it is " + thrown);
        });
    }

    /**
     * Messages for which a node has no memory are reported to their sender, each once and at once.
     */
    private void sendWhatIsRefused() {
        List<Integer> taken = new ArrayList<>();
        HeartbeatClient client = client("poor", simulation.newHost("poor"))
                .inboundBudgetBytes(LARGEST / 2)
                .onMessage(message -> taken.add(message.remaining()))
                .connect();
        List<CompletableFuture<ByteBuffer>> replies = new ArrayList<>();
        after(Duration.ofSeconds(1), () -> {
            for (int size : new int[] {LARGEST, 10, LARGEST - 1, LARGEST / 2}) {
                SendResult unused = server.trySend("poor", ByteBuffer.allocate(size));
            }
            replies.add(server.request("poor", ByteBuffer.allocate(LARGEST), BUSY));
        });
        judgeAfter(Duration.ofSeconds(2), () -> {
            List<String> refused = events.stream()
                    .filter(event -> event.startsWith("poor " + Reason.REFUSED))
                    .toList();
            require(
                    "I47 who sends what is refused is told, once",
                    refused.equals(List.of("poor REFUSED " + LARGEST, "poor REFUSED " + (LARGEST - 1)))
                            && taken.equals(List.of(10, LARGEST / 2)),
                    "told was " + refused + ", taken were " + taken + " by a client that is " + client.state());
            CompletableFuture<ByteBuffer> reply = replies.get(0);
            require(
                    "I47 a request that is refused fails at once",
                    reply.isCompletedExceptionally() && !isTimedOut(reply),
                    "it is " + reply);
        });
    }

    /**
     * Callbacks that are late hold up no timeout, and none may wait for a result of its own line.
     */
    private void askWhileBusy() {
        Host host = simulation.newHost("busy");
        List<String> refusals = new ArrayList<>();
        List<HeartbeatClient> clients = new ArrayList<>();
        clients.add(client("busy", host)
                .onMessage(message -> refusals.add(refusalOf(clients.get(0).request(bytes("never 1"), TIMEOUT))))
                .connect());
        List<CompletableFuture<ByteBuffer>> replies = new ArrayList<>();
        after(Duration.ofSeconds(1), () -> server.trySend("busy", bytes("wait")));
        after(Duration.ofMillis(1500), () -> {
            host.delayCallbacks(BUSY);
            replies.add(clients.get(0).request(bytes("never 2"), TIMEOUT));
            replies.add(clients.get(0).request(bytes("answered"), TIMEOUT));
        });
        judgeAfter(Duration.ofMillis(1500).plus(TIMEOUT).plus(SLACK), () -> {
            host.delayCallbacks(Duration.ZERO);
            require(
                    "I38 a request times out while callbacks are busy",
                    replies.stream().allMatch(CallerChecks::isTimedOut),
                    "not answered and answered behind them are " + replies);
            require(
                    "I38 no callback waits for its own line",
                    refusals.size() == 1 && refusals.get(0).startsWith("waiting here would never end"),
                    refusals.toString());
        });
    }

    /** More calls wait for a thread than one executor makes in a row. */
    private void hearLate() {
        int bursts = 30;
        int each = 10;
        Host host = simulation.newHost("late");
        List<String> heard = new ArrayList<>();
        HeartbeatClient client = client("late", host)
                .onMessage(message -> heard.add(text(message)))
                .connect();
        after(Duration.ofSeconds(1), () -> host.delayCallbacks(BUSY));
        List<SendResult> sent = new ArrayList<>();
        for (int i = 0; i < bursts; i++) {
            after(Duration.ofMillis(1010 + 10L * i), () -> {
                for (int k = 0; k < each; k++) {
                    sent.add(server.trySend("late", bytes("more")));
                }
            });
        }
        after(Duration.ofMillis(1500), () -> host.delayCallbacks(Duration.ZERO));
        judgeAfter(
                Duration.ofSeconds(6),
                () -> require(
                        "I14 what is accepted is delivered, or told",
                        heard.size() == bursts * each && sent.stream().allMatch(SendResult.ACCEPTED::equals),
                        heard.size() + " of " + sent.size()
                                + " were heard by a client whose callbacks were late, and which is " + client.state()));
    }

    /** A channel holds no more for its senders to hear of than it may hold to be sent. */
    private void dropWhileLate() {
        int queue = 3;
        Host host = simulation.newHost("dropper");
        HeartbeatClient client =
                client("dropper", host).server(serverHost.address(), NOBODY).connect();
        Channel logs = client.openChannel(
                "logs",
                ChannelOptions.builder()
                        .queueMessages(queue)
                        .overflow(QueueOverflow.DROP_OLDEST)
                        .delivery(ChannelOptions.Delivery.INLINE)
                        .build(),
                new ChannelListener() {});
        host.delayCallbacks(BUSY);
        List<CompletableFuture<Void>> sent = new ArrayList<>();
        for (int i = 0; i < 10 * queue; i++) {
            after(Duration.ofMillis(100L + i), () -> sent.add(logs.send(bytes("line"))));
        }
        judgeAfter(Duration.ofSeconds(1), () -> {
            int open = (int) sent.stream().filter(future -> !future.isDone()).count();
            require(
                    "I32 what a channel holds is bounded",
                    open == 2 * queue,
                    open + " messages wait or are to be told, allowed are " + 2 * queue);
            host.delayCallbacks(Duration.ZERO);
            CompletableFuture<Void> unused = client.closeAsync();
        });
    }

    private static String refusalOf(CompletableFuture<?> result) {
        try {
            return "nothing: " + result.join();
        } catch (IllegalStateException refusal) {
            return String.valueOf(refusal.getMessage());
        }
    }

    /** The application goes on with a buffer that it has handed over. */
    private void moveBuffers() {
        HeartbeatClient client = client("mover", simulation.newHost("mover")).connect();
        after(Duration.ofSeconds(1), () -> {
            ByteBuffer read = bytes("moved 1");
            ByteBuffer cut = bytes("moved 2");
            List.of(read, cut, bytes("moved 3")).forEach(message -> {
                SendResult unused = client.trySend(message);
            });
            read.position(read.limit());
            cut.limit(1);
        });
        judgeAfter(Duration.ofSeconds(2), () -> {
            List<String> expected = List.of("mover moved 1", "mover moved 2", "mover moved 3");
            List<String> heard = messages.stream()
                    .filter(message -> message.startsWith("mover"))
                    .toList();
            require("I39 a message is what it was when it was accepted", heard.equals(expected), "heard were " + heard);
            require("I45 an interrupt ends with its callback", interrupted == 0, interrupted + " messages found one");
        });
    }

    /** No name is found for a while. */
    private void lookUpInVain() {
        Host host = simulation.newHost("lost");
        host.failLookups(true);
        HeartbeatClient client =
                client("lost", host).server(serverHost.name(), PORT).connect();
        after(Duration.ofSeconds(1), () -> host.failLookups(false));
        judgeAfter(
                Duration.ofSeconds(2),
                () -> require(
                        "I40 a name is looked up until it is found",
                        client.state() == ClientState.ONLINE,
                        "after " + host.lookups() + " look-ups the client is " + client.state()));
    }

    /** Two strangers whose frame does not end: one says too little to live, the other enough. */
    private void talkSlowly() {
        Duration begun = Duration.ofMillis(500);
        for (String id : List.of("trickle", "steady")) {
            int each = id.equals("trickle") ? 20 : 400;
            ProtocolProbe stranger = new ProtocolProbe(simulation.newHost(id), id, SettledChecks.registration(id), "");
            stranger.connect(serverHost, PORT);
            after(begun, () -> {
                stranger.say(SettledChecks.beginningOfFrame());
                stranger.say(new byte[GAIN]);
            });
            for (int i = 1; i <= 30; i++) {
                after(begun.plusMillis(100L * i), () -> stranger.say(new byte[each]));
            }
        }
        judgeAfter(begun.plusMillis(2900), () -> {
            require("I41 a trickle is no sign of life", told("trickle OFFLINE") == 1, "told was " + events);
            require("I41 a frame under way puts the verdict off", told("steady SUSPECT") == 0, "told was " + events);
        });
    }

    /** There is room for those who are there, and for nobody else. */
    private void registerOneTooMany() {
        List<HeartbeatClient> more = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            more.add(client("more" + i, simulation.newHost("more" + i)).connect());
        }
        judgeAfter(Duration.ofSeconds(1), () -> {
            long known = server.nodes().size();
            require("I42 no more nodes than may be known", known <= IDS.size(), known + " are, of " + IDS.size());
            more.forEach(client -> {
                CompletableFuture<Void> unused = client.closeAsync();
            });
        });
    }

    /** Connections that were accepted and cannot be set up take no place. */
    private void failSetUps() {
        serverHost.failSetUps(true);
        HeartbeatClient client = client("again", simulation.newHost("again")).connect();
        after(Duration.ofSeconds(1), () -> {
            CompletableFuture<Void> unused = client.closeAsync();
            serverHost.failSetUps(false);
        });
        judgeAfter(Duration.ofSeconds(3), () -> {
            long counted = server.stats().connections().open();
            long open = serverHost.connections();
            require("I43 only what opens is counted", counted == open, counted + " are counted, open are " + open);
        });
    }

    /**
     * Messages that were accepted for a node are handled before the server is down, however late
     * its callbacks are.
     */
    private void shutDown() {
        HeartbeatClient unusedClient =
                client("slow", simulation.newHost("slow")).connect();
        Host alone = simulation.newHost("alone");
        HeartbeatServer small = HeartbeatServer.builder()
                .port(PORT)
                .transport(alone.transport())
                .start();
        Host host = simulation.newHost("lonely");
        List<String> handled = new ArrayList<>();
        HeartbeatClient client = client("lonely", host)
                .server(alone.address(), PORT)
                .windowBytes(16_396)
                .onMessage(message -> handled.add(text(message)))
                .connect();
        after(SHUT_DOWN, () -> {
            host.delayCallbacks(Duration.ofMillis(20));
            int accepted = 0;
            while (small.trySend("lonely", ByteBuffer.allocate(5000)) == SendResult.ACCEPTED) {
                accepted++;
            }
            int all = accepted;
            CompletableFuture<Void> down = small.shutdownAsync(DRAIN);
            CompletableFuture<?> unused = down.thenRun(() -> judgeAfter(
                    Duration.ZERO,
                    () -> require(
                            "I44 what was accepted is handled before the end",
                            handled.size() == all && small.stats().messages().undeliveredTotal() == 0,
                            handled.size() + " of " + all + " were, as the client is " + client.state())));
            judgeDown(down);
            judgeDown(server.shutdownAsync(DRAIN));
        });
    }

    private void judgeDown(CompletableFuture<Void> down) {
        judgeAfter(
                DRAIN.plusMillis(800),
                () -> require("I24 closing ends", down.isDone(), "the server is not down after " + DRAIN));
    }

    // ---- parts

    private void after(Duration delay, Runnable step) {
        simulation.after(delay, step);
    }

    /** A judgement that is made then, and reported in the end. */
    private void judgeAfter(Duration delay, Runnable judgement) {
        after(delay, () -> {
            try {
                judgement.run();
            } catch (Violation broken) {
                judgements.add(() -> {
                    throw broken;
                });
            }
        });
    }

    private void require(String invariant, boolean holds, String what) {
        if (!holds) {
            throw new Violation(invariant, what);
        }
    }

    private static boolean isTimedOut(CompletableFuture<?> result) {
        return result.isDone()
                && result.handle((value, failure) -> failure instanceof TimeoutException)
                        .join();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(US_ASCII));
    }

    private static String text(ByteBuffer message) {
        return US_ASCII.decode(message.duplicate()).toString();
    }
}
