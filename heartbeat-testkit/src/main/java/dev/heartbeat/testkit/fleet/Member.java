package dev.heartbeat.testkit.fleet;

import dev.heartbeat.ClientListener;
import dev.heartbeat.ClientState;
import dev.heartbeat.CloseReason;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.SendResult;
import dev.heartbeat.testkit.Host;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A host of the fleet with one client on it, which may be another process after a crash. */
final class Member implements ClientListener {
    static final Duration BACKOFF_BASE = Duration.ofMillis(500);
    static final Duration BACKOFF_CAP = Duration.ofSeconds(5);
    /** The backoff begins anew after this, so a wait may be bounded by the base again. */
    private static final Duration BACKOFF_RESET = Duration.ofSeconds(10);

    private final Fleet fleet;
    private final String id;
    private final Host host;
    private int process;
    private @Nullable HeartbeatClient client;
    private int losses;
    private int failures;
    private @Nullable Duration registeredAt;
    private boolean closed;

    Member(Fleet fleet, String id, Host host) {
        this.fleet = fleet;
        this.id = id;
        this.host = host;
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
        failures = 0;
        closed = false;
        int started = process;
        client = HeartbeatClient.builder()
                .server(fleet.serverHost().address(), Fleet.PORT)
                .nodeId(id)
                .reconnectBackoff(BACKOFF_BASE, BACKOFF_CAP)
                .reconnectResetAfter(BACKOFF_RESET)
                .transport(host.transport())
                .listener(this)
                .onMessage(message -> fleet.observe(() -> fleet.toNodes().delivered(id, host + "." + started, message)))
                .connect();
    }

    /** The process is gone with what it had accepted. */
    void died() {
        fleet.toServer().forgetOpen(lane());
        lost();
    }

    private String lane() {
        return id + "/" + host + "." + process;
    }

    private void lost() {
        losses++;
        fleet.connectionLost(id);
    }

    void send(int padding) {
        HeartbeatClient sender = client;
        if (sender == null || !host.isRunning() || host.isPaused()) {
            return; // There is no process that could.
        }
        ByteBuffer message = fleet.toServer().next(lane(), padding);
        if (sender.trySend(message) == SendResult.ACCEPTED) {
            fleet.toServer().accepted(lane(), losses);
        }
    }

    void leave() {
        if (client != null) {
            var unused = client.closeAsync();
        }
    }

    boolean isOnline() {
        return client != null && client.state() == ClientState.ONLINE;
    }

    /** Closed for good, by itself or by the server. */
    boolean isClosed() {
        return closed;
    }

    void checkSettled() {
        fleet.toServer().checkSettled(lane(), losses);
    }

    // ---- what the client tells

    @Override
    public void onRegistered(Registered registered) {
        registeredAt = host.simulation().now();
    }

    @Override
    public void onDisconnected(CloseReason reason, @Nullable Duration retryIn) {
        lost();
        if (retryIn != null) {
            fleet.observe(() -> checkWait(reason, retryIn));
        }
        registeredAt = null;
    }

    /** Never longer than the doubled base, and what the server asked for. */
    private void checkWait(CloseReason reason, Duration retryIn) {
        Duration registered = registeredAt;
        // What is told may be told later than it happened, so near the limit nobody outside can know.
        if (registered != null && host.simulation().now().minus(registered).compareTo(BACKOFF_RESET) >= 0) {
            failures = 0;
        }
        Duration doubled = BACKOFF_BASE.multipliedBy(1L << Math.min(failures, 20));
        Duration bound = doubled.compareTo(BACKOFF_CAP) > 0 ? BACKOFF_CAP : doubled;
        failures++;
        if (reason != CloseReason.GO_AWAY && (retryIn.isNegative() || retryIn.compareTo(bound) > 0)) {
            throw new Violation(
                    "I25 waits are bounded by the backoff", id + " waits " + retryIn + ", the bound is " + bound);
        }
    }

    @Override
    public void onUndelivered(ByteBuffer message) {
        fleet.observe(() -> fleet.toServer().undelivered(message));
    }

    @Override
    public void onClosed(CloseReason reason) {
        closed = true;
    }

    @Override
    public String toString() {
        return id + " on " + host;
    }
}
