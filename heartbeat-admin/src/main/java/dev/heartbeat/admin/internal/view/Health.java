package dev.heartbeat.admin.internal.view;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.OverloadLevel;
import dev.heartbeat.ServerState;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Judges whether a server needs a restart, and whether it takes new nodes. Stalls and lighter
 * overload change neither verdict: they pass, and a restart would make them worse. Any thread.
 */
public final class Health {
    /** A loop that took no turn for so long is blocked, or has ended. */
    private static final Duration DEAD = Duration.ofSeconds(60);

    /** Overload stops accepting for moments, which the kernel's queue bridges. */
    private static final Duration NOT_ACCEPTING = Duration.ofSeconds(10);

    /** In a process that was stopped as a whole, a look may come before the loops go on. */
    private static final int LOOKS = 3;

    private final HeartbeatServer server;
    private final LongSupplier nanos;
    /** The looks in a row that have found a loop dead. */
    private int dead;

    private Duration silence = Duration.ZERO;
    private boolean isClosed;
    private long closedSinceNs;

    public Health(HeartbeatServer server, LongSupplier nanos) {
        this.server = server;
        this.nanos = nanos;
    }

    /** Looks at what lasts. Called every second. */
    public synchronized void look() {
        boolean isRunning = server.state() == ServerState.RUNNING;
        silence = isRunning ? server.stats().loops().silence() : Duration.ZERO;
        dead = silence.compareTo(DEAD) < 0 ? 0 : dead + 1;
        boolean closed = isRunning && server.stats().overload().level() == OverloadLevel.CLOSED;
        if (closed && !isClosed) {
            closedSinceNs = nanos.getAsLong();
        }
        isClosed = closed;
    }

    private synchronized boolean isClosedForLong() {
        return isClosed && nanos.getAsLong() - closedSinceNs >= NOT_ACCEPTING.toNanos();
    }

    /** {@return why the process is to be restarted; null if it is well} */
    public synchronized @Nullable String deadBecause() {
        return dead < LOOKS ? null : "an event loop took no turn for " + silence.toSeconds() + " s";
    }

    /** {@return why no new node is to be sent here; null if the server takes them} */
    public @Nullable String notReadyBecause() {
        ServerState state = server.state();
        if (state != ServerState.RUNNING) {
            return state == ServerState.NEW
                    ? "the server has not started"
                    : "the server is " + state.name().toLowerCase(Locale.ROOT);
        }
        return isClosedForLong() ? "overload keeps the server from accepting connections" : null;
    }

    /** {@return all that a person wants to know, as JSON} */
    public Map<String, Object> details() {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("state", server.state().name());
        String dead = deadBecause();
        details.put("live", dead == null);
        String notReady = notReadyBecause();
        details.put("ready", notReady == null);
        details.put("reason", dead == null ? notReady : dead);
        server.failure().ifPresent(failure -> details.put("failure", failure.toString()));
        if (server.state() == ServerState.RUNNING) {
            details.put("massGuard", Values.of(server.stats().massGuard()));
            details.put("overload", Values.of(server.stats().overload()));
            details.put("loops", Values.of(server.stats().loops()));
            details.put("callbacks", Values.of(server.stats().callbacks()));
        }
        return details;
    }
}
