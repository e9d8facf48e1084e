package dev.heartbeat.internal.server;

import dev.heartbeat.ServerState;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The state of a server, and the cause of its failure. It only goes forward. Any thread may call
 * any method, and none blocks.
 */
public final class Lifecycle {
    /** State and cause are exchanged together, so a thread that sees FAILED sees the cause. */
    private record Phase(
            ServerState state, boolean begun, @Nullable Throwable failure) {}

    /** Written under the lock. */
    private volatile Phase phase = new Phase(ServerState.NEW, false, null);

    /** A weak reference to a server holds while it runs, because all that runs leads here. */
    @SuppressWarnings("unused")
    private final Object server;

    /** That of a server as the application has it. */
    public Lifecycle(Object server) {
        this.server = server;
    }

    public ServerState state() {
        return phase.state();
    }

    public Optional<Throwable> failure() {
        return Optional.ofNullable(phase.failure());
    }

    /**
     * A start begins.
     *
     * @throws IllegalStateException if one began before, or the server was closed
     */
    public synchronized void begin() {
        ServerState state = phase.state();
        if (phase.begun() || state != ServerState.NEW) {
            throw new IllegalStateException("a server starts once, and this one "
                    + (state == ServerState.NEW ? "is starting" : "is " + state) + "; build another");
        }
        phase = new Phase(state, true, null);
    }

    /** Returns whether it was in that state, and is now in the other. */
    public boolean move(ServerState from, ServerState to) {
        return exchange(from, to, null);
    }

    /** Returns whether it was in that state, and has failed now. */
    public boolean fail(ServerState from, Throwable failure) {
        return exchange(from, ServerState.FAILED, failure);
    }

    private synchronized boolean exchange(ServerState from, ServerState to, @Nullable Throwable failure) {
        if (phase.state() != from) {
            return false;
        }
        phase = new Phase(to, phase.begun(), failure);
        return true;
    }
}
