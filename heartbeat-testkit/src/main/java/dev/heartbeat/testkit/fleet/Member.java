package dev.heartbeat.testkit.fleet;

import dev.heartbeat.Channel;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.ClientListener;
import dev.heartbeat.ClientState;
import dev.heartbeat.CloseReason;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.SendResult;
import dev.heartbeat.UndeliveredException;
import dev.heartbeat.testkit.Host;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A host of the fleet with one client on it, which may be another process after a crash. */
final class Member implements ClientListener {
    static final Duration BACKOFF_BASE = Duration.ofMillis(500);
    static final Duration BACKOFF_CAP = Duration.ofSeconds(5);
    /** The backoff begins anew after this, so a wait may be bounded by the base again. */
    private static final Duration BACKOFF_RESET = Duration.ofSeconds(10);
    /**
     * Near the reset, and around a stop of its host, nobody outside can know what the client saw.
     */
    private static final Duration UNCLEAR = Duration.ofSeconds(1);

    private static final Duration HANDSHAKE = Duration.ofSeconds(5);
    /**
     * A client that is sent away in time waits so long for the server's end, which may never come.
     */
    private static final Duration LINGER = Duration.ofSeconds(2);
    /** The time that a client may take to send what it had accepted, by default. */
    private static final Duration DRAIN = Duration.ofSeconds(10);

    /**
     * The answer to a registration, sending what was accepted and the server's end are each waited
     * for.
     */
    private static final Duration CLOSING = HANDSHAKE.plus(DRAIN).plus(LINGER);

    private static final Duration SLACK = Duration.ofMillis(500);

    private final Fleet fleet;
    private final String id;
    private final Host host;
    private final Uptime uptime = new Uptime();
    /** Those it is the gateway of. */
    private final List<GatewayNode> dependants = new ArrayList<>();

    private int process;
    private @Nullable HeartbeatClient client;
    private int losses;
    private int failures;
    /**
     * The number of these that were not hurried by the grace, which alone make the next waits
     * longer.
     */
    private int counted;

    private long lastEpoch;
    private long openedNs;
    private @Nullable Duration connectedAt;
    private @Nullable Duration registeredAt;
    private @Nullable Duration lostAt;
    private @Nullable Duration leftAt;
    private Duration resumedAt = Duration.ofSeconds(-10);
    private Duration notBefore = Duration.ZERO;
    private Duration grace = Duration.ZERO;
    private @Nullable CloseReason closed;

    Member(Fleet fleet, String id, Host host) {
        this.fleet = fleet;
        this.id = id;
        this.host = host;
    }

    /** Makes it a gateway. */
    Member with(int count) {
        for (int i = 1; i <= count; i++) {
            dependants.add(new GatewayNode(fleet, this, i));
        }
        return this;
    }

    List<GatewayNode> dependants() {
        return dependants;
    }

    String id() {
        return id;
    }

    Host host() {
        return host;
    }

    /** Starts a process, which is another incarnation of the node. */
    void start() {
        process++;
        uptime.goesOn(nowNs());
        failures = 0;
        counted = 0;
        lastEpoch = 0;
        connectedAt = null;
        registeredAt = null;
        leftAt = null;
        notBefore = Duration.ZERO;
        grace = Duration.ZERO;
        closed = null;
        fleet.census().processStarted(id, host);
        int started = process;
        HeartbeatClient.Builder builder = HeartbeatClient.builder();
        fleet.talks().acceptAt(builder::channel, place());
        Doorkeeper doorkeeper = fleet.doorkeeper();
        if (doorkeeper != null) {
            builder.credentials(() -> doorkeeper.credentialOf(id))
                    .plaintextCredentials(true)
                    .onNodeMessage((from, message) -> fleet.observe(() -> doorkeeper.delivered(from, id)));
        }
        HeartbeatClient newClient = fleet.layers()
                .addTo(builder)
                .server(fleet.serverHost().address(), Fleet.PORT)
                .nodeId(id)
                .metadata("group", group(id))
                .reconnectBase(BACKOFF_BASE)
                .reconnectCap(BACKOFF_CAP)
                .reconnectResetAfter(BACKOFF_RESET)
                .handshakeTimeout(HANDSHAKE)
                .queueMessages(fleet.options().queueMessages())
                .queueBytes(fleet.options().queueBytes())
                .windowBytes(fleet.options().windowBytes())
                .maxMessageBytes(fleet.options().maxMessageBytes())
                .transport(host.transport())
                .listener(this)
                .onMessage(message -> fleet.observe(() -> fleet.toNodes().delivered(id, host + "." + started, message)))
                .connect();
        client = newClient;
        dependants.forEach(dependant -> dependant.attach(newClient, host + "." + started));
    }

    /** The group of a node of this id. */
    static String group(String id) {
        return "group" + id.length();
    }

    /** The place where the channels end that its process has now. */
    ChannelUser.Place place() {
        int started = process;
        return new ChannelUser.Place(false, this::isAwake, () -> started == process && host.isRunning());
    }

    @Nullable
    Channel open(String name, ChannelOptions options, ChannelListener listener) {
        return client == null ? null : client.openChannel(name, options, listener);
    }

    /** The process is gone with what it had accepted. */
    void died() {
        fleet.toServer().forgetOpen(senderName());
        dependants.forEach(GatewayNode::died);
        connectedAt = null;
        registeredAt = null;
        leftAt = null;
        lost();
    }

    /** The process is stopped until then. */
    void pause(Duration time) {
        host.pause();
        uptime.stopped(nowNs(), nowNs() + time.toNanos());
        host.simulation().after(time, () -> {
            resumedAt = now();
            // Though another pause may have begun: to go on is for all of them.
            uptime.goesOn(nowNs());
            host.resume();
        });
    }

    String senderName() {
        return id + "/" + host + "." + process;
    }

    private void lost() {
        losses++;
        fleet.connectionLost(id);
        dependants.forEach(dependant -> fleet.connectionLost(dependant.id()));
    }

    /** The number of times that a connection was lost. */
    int losses() {
        return losses;
    }

    /** Whether there is a process that could do something. */
    boolean isAwake() {
        return host.isRunning() && !host.isPaused();
    }

    SendResult send(int padding) {
        HeartbeatClient sender = client;
        if (sender == null || !isAwake()) {
            return SendResult.CLOSED;
        }
        ByteBuffer message = fleet.toServer().next(senderName(), padding);
        SendResult result = padding % 2 == 0
                ? sender.trySend(message)
                : sender.sendAll(List.of(message)).get(0);
        if (result == SendResult.ACCEPTED) {
            fleet.toServer().accepted(senderName(), losses);
        }
        return result;
    }

    /** What comes of it is not in the books. */
    void sendTo(String other, ByteBuffer message) {
        if (client != null && isAwake()) {
            var unused = client.trySend(other, message);
        }
    }

    void leave() {
        if (client != null) {
            leftAt = now();
            var unused = client.closeAsync();
        }
    }

    boolean isOnline() {
        return client != null && client.state() == ClientState.ONLINE;
    }

    /** Closed for good, by itself or by the server. */
    boolean isClosed() {
        return closed != null;
    }

    /** Why it is closed for good; null if it is not. */
    @Nullable
    CloseReason closedFor() {
        return closed;
    }

    @Nullable
    Duration rtt() {
        return client == null ? null : client.rtt();
    }

    void checkSettled() {
        fleet.toServer().checkSettled(senderName(), losses);
        dependants.forEach(GatewayNode::checkSettled);
    }

    // ---- what must have happened by now

    void check() {
        if (!host.isRunning() || host.isPaused() || closed != null) {
            return;
        }
        checkPassed(connectedAt, HANDSHAKE.plus(LINGER), "I17 a registration is answered or given up");
        checkPassed(leftAt, CLOSING, "I24 a client that is closed ends");
        if (isOnline()) {
            fleet.census()
                    .checkBeats(
                            id,
                            host,
                            openedNs,
                            uptime,
                            fleet.options().interval().toNanos());
        }
        Duration registered = registeredAt;
        if (registered != null && client != null && client.state() != ClientState.WAITING) {
            Duration heard = Duration.ofNanos(
                    Math.max(registered.toNanos(), fleet.census().lastReadNs(host)));
            checkPassed(heard, fleet.options().clientTimeout(), "I2 a silent server is given up in time");
        }
    }

    private void checkPassed(@Nullable Duration since, Duration limit, String invariant) {
        if (since == null) {
            return;
        }
        long stoppedNs = uptime.stoppedNs(since.toNanos(), nowNs());
        // A process that was stopped cannot distinguish it from the sleep before, which is at most
        // one between two beats.
        long asleepNs =
                uptime.stops(since.toNanos()) * 2 * fleet.options().interval().toNanos();
        Duration passed = now().minus(since).minusNanos(2 * stoppedNs + asleepNs);
        if (passed.compareTo(limit.plus(SLACK)) > 0) {
            throw new Violation(invariant, this + ": " + passed + " passed, the limit is " + limit);
        }
    }

    // ---- what the client reports

    @Override
    public void onConnected() {
        connectedAt = now();
        openedNs = nowNs();
        fleet.observe(() -> {
            checkNotOver("connected");
            checkWaited();
        });
    }

    @Override
    public void onRegistered(Registered registered) {
        connectedAt = null;
        registeredAt = now();
        grace = registered.grace();
        fleet.observe(() -> {
            checkNotOver("registered");
            if (registered.epoch() <= lastEpoch) {
                throw new Violation(
                        "I8 epochs grow over servers", this + ": " + registered.epoch() + " after " + lastEpoch);
            }
        });
        lastEpoch = registered.epoch();
    }

    private void checkNotOver(String what) {
        if (closed != null) {
            throw new Violation("I24 a client that is closed stays closed", this + " is " + what);
        }
    }

    @Override
    public void onError(HeartbeatException error) {
        if (String.valueOf(error.getMessage()).contains("EPOCH_REFUSED")) {
            lastEpoch = 0; // A clock was set back by more than a day, so epochs begin anew.
        }
    }

    @Override
    public void onDisconnected(CloseReason reason, @Nullable Duration retryIn) {
        lost();
        connectedAt = null;
        if (registeredAt != null) {
            lostAt = now();
            fleet.observe(() -> checkReason(reason));
        }
        if (retryIn == null) {
            notBefore = Duration.ZERO;
        } else {
            fleet.observe(() -> {
                if (reason == CloseReason.CONNECT_FAILED) {
                    checkWaited();
                }
                checkWait(reason, retryIn);
            });
            notBefore = wasJustResumed() ? Duration.ZERO : now().plus(retryIn);
        }
        registeredAt = null;
    }

    private void checkReason(CloseReason reason) {
        if (reason == CloseReason.PROTOCOL_ERROR || reason == CloseReason.FOREIGN_PROTOCOL) {
            throw new Violation(
                    "I22 nobody of the fleet breaks the protocol", this + " was disconnected for " + reason);
        }
    }

    private boolean wasJustResumed() {
        return now().minus(resumedAt).compareTo(UNCLEAR) < 0;
    }

    private void checkWaited() {
        if (now().compareTo(notBefore) < 0) {
            throw new Violation(
                    "I25 nobody comes back before the wait is over",
                    this + " is there " + notBefore.minus(now()) + " too early");
        }
    }

    /** Never longer than the doubled base, and what the server asked for. */
    private void checkWait(CloseReason reason, Duration retryIn) {
        Duration registered = registeredAt;
        boolean unclear = wasJustResumed();
        if (registered != null) {
            Duration lasted = now().minus(registered);
            unclear |= lasted.minus(BACKOFF_RESET).abs().compareTo(UNCLEAR) < 0;
            // A report may come later than what it is about happened, so near the limit nobody
            // outside can know.
            if (lasted.compareTo(BACKOFF_RESET) >= 0) {
                failures = 0;
                counted = 0;
            }
        }
        Duration bound = bound(failures++);
        Duration usual = bound(counted);
        Duration lost = lostAt;
        boolean awaited = lost != null && now().minus(lost).compareTo(grace) < 0;
        Duration hurried = awaited ? min(usual, grace.dividedBy(3)) : usual;
        int before = counted;
        counted += hurried.compareTo(usual) < 0 ? 0 : 1;
        if (reason == CloseReason.GO_AWAY) {
            return; // The server asked for more.
        }
        if (retryIn.isNegative() || retryIn.compareTo(bound) > 0) {
            throw new Violation(
                    "I25 waits are bounded by the backoff", id + " waits " + retryIn + ", the bound is " + bound);
        }
        if (lost != null && !unclear && reason != CloseReason.TIMEOUT) {
            fleet.waits().add(retryIn.toNanos(), hurried.toNanos(), before);
        }
    }

    private static Duration bound(int failures) {
        return min(BACKOFF_BASE.multipliedBy(1L << Math.min(failures, 20)), BACKOFF_CAP);
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    @Override
    public void onUndelivered(ByteBuffer message, UndeliveredException.Reason reason) {
        if (!Doorkeeper.isRouted(message)) {
            fleet.observe(() -> fleet.toServer().undelivered(message, reason));
        }
    }

    @Override
    public void onClosed(CloseReason reason) {
        closed = reason;
    }

    private Duration now() {
        return host.simulation().now();
    }

    private long nowNs() {
        return now().toNanos();
    }

    @Override
    public String toString() {
        return id + " on " + host;
    }
}
