package dev.heartbeat.cli;

import dev.heartbeat.AttachedNodeListener;
import dev.heartbeat.CloseReason;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.UndeliveredException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Counts what happens to one node that shares a connection, and writes a line for it where somebody
 * wants to read that.
 */
final class AttachedEvents implements AttachedNodeListener {
    private final String node;
    private final ClientTally stats;
    private final @Nullable LineWriter out;
    private volatile boolean registeredBefore;

    AttachedEvents(String node, ClientTally stats, @Nullable LineWriter out) {
        this.node = node;
        this.stats = stats;
        this.out = out;
    }

    @Override
    public void onRegistered(long epoch) {
        stats.registrations.increment();
        if (registeredBefore) {
            stats.reconnects.increment();
        }
        registeredBefore = true;
        write(line("registered").withEpoch(epoch));
    }

    /** Returns true once a registration of it has been counted. */
    boolean hasRegistered() {
        return registeredBefore;
    }

    @Override
    public void onRefused(HeartbeatException error) {
        write(line("error").with("message", error.getMessage()));
    }

    @Override
    public void onUndelivered(ByteBuffer message, UndeliveredException.Reason reason) {
        write(line("undelivered").with("bytes", message.remaining()));
    }

    @Override
    public void onEnded(CloseReason reason) {
        write(line("closed").with("reason", reason.name()));
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
