package dev.heartbeat.cli;

import dev.heartbeat.ClientListener;
import dev.heartbeat.CloseReason;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.UndeliveredException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Counts what happens to one client, and writes a line for it where somebody wants to read that.
 */
final class ClientEvents implements ClientListener {
    private final String node;
    private final ClientTally stats;
    private final @Nullable LineWriter out;
    private final CountDownLatch open;
    /** The number of nodes that share its connection, itself included. */
    private final int nodes;

    private boolean registeredBefore;
    private boolean online;
    private boolean suspect;

    /**
     * With {@code out} it writes lines; {@code open} counts the clients that are not closed for
     * good.
     */
    ClientEvents(String node, ClientTally stats, @Nullable LineWriter out, CountDownLatch open, int nodes) {
        this.nodes = nodes;
        this.node = node;
        this.stats = stats;
        this.out = out;
        this.open = open;
    }

    @Override
    public void onRegistered(Registered registered) {
        stats.registrations.increment();
        if (registeredBefore) {
            stats.reconnects.increment();
        }
        registeredBefore = true;
        become(true, false);
        write(line("registered")
                .withEpoch(registered.epoch())
                .with("intervalMs", registered.interval().toMillis())
                .with("suspectMs", registered.suspectAfter().toMillis())
                .with("timeoutMs", registered.timeout().toMillis())
                .with("graceMs", registered.grace().toMillis()));
    }

    @Override
    public void onHeartbeat(Duration rtt) {
        stats.heartbeat(rtt);
    }

    @Override
    public void onSuspect() {
        become(online, true);
        write(line("suspect"));
    }

    @Override
    public void onRecovered() {
        become(online, false);
        write(line("recovered"));
    }

    @Override
    public void onDisconnected(CloseReason reason, @Nullable Duration retryIn) {
        if (online) {
            stats.disconnects.add(nodes);
        }
        become(false, false);
        write(line("disconnected")
                .with("reason", reason.name())
                .with("retryInMs", retryIn == null ? null : retryIn.toMillis()));
    }

    @Override
    public void onError(HeartbeatException error) {
        write(line("error").with("message", error.getMessage()));
    }

    @Override
    public void onUndelivered(ByteBuffer message, UndeliveredException.Reason reason) {
        write(line("undelivered").with("bytes", message.remaining()));
    }

    @Override
    public void onClosed(CloseReason reason) {
        become(false, false);
        write(line("closed").with("reason", reason.name()));
        open.countDown();
    }

    private void become(boolean nowOnline, boolean nowSuspect) {
        stats.online.addAndGet((nowOnline ? 1 : 0) - (online ? 1 : 0));
        stats.suspect.addAndGet((nowSuspect ? nodes : 0) - (suspect ? nodes : 0));
        online = nowOnline;
        suspect = nowSuspect;
    }

    private EventLine line(String event) {
        return EventLine.now(event).with("node", node);
    }

    private void write(EventLine line) {
        if (out != null) {
            out.write(line);
        }
    }
}
