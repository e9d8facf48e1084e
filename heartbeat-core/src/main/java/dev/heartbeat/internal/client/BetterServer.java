package dev.heartbeat.internal.client;

import dev.heartbeat.ServerAddress;
import dev.heartbeat.internal.loop.Deadline;
import dev.heartbeat.internal.loop.Shard;
import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.Connector;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Looks now and then whether a server that is better than the node's own is well: it connects, says
 * nothing, and closes. After a random part of the grace it looks again, so that a fleet does not move
 * at once, nor to a server that was well for a moment. Confined to the loop.
 */
final class BetterServer implements Connector {
    private static final long EVERY_NS = TimeUnit.MINUTES.toNanos(5);

    private final Shard shard;
    private final RandomGenerator random;
    private final List<ServerAddress> better;
    private final long graceNs;
    private final Function<ServerAddress, ConnectAttempt> attempts;
    private final Consumer<ServerAddress> onWell;

    /** Those that this look has yet to try, the best first. */
    private final Deque<ServerAddress> left = new ArrayDeque<>();

    private @Nullable ConnectAttempt attempt;
    private @Nullable Deadline next;
    /** The one that was well at the first look; null while there is none. */
    private @Nullable ServerAddress found;

    /**
     * @param better at least one, the best first
     * @param attempts makes a connection without layers, for this one
     * @param onWell gets the first that is well, at most once
     */
    BetterServer(
            Shard shard,
            RandomGenerator random,
            List<ServerAddress> better,
            long graceNs,
            Attempts attempts,
            Consumer<ServerAddress> onWell) {
        this.shard = shard;
        this.random = random;
        this.better = better;
        this.graceNs = graceNs;
        this.attempts = server -> attempts.to(server, this);
        this.onWell = onWell;
    }

    /** Makes attempts to connect. */
    interface Attempts {

        ConnectAttempt to(ServerAddress server, Connector owner);
    }

    void begin() {
        after(EVERY_NS / 2 + random.nextLong(EVERY_NS), this::look);
    }

    void stop() {
        if (next != null) {
            shard.cancel(next);
        }
        if (attempt != null) {
            attempt.stop();
        }
        left.clear();
    }

    private void after(long delayNs, Runnable step) {
        next = new Deadline(step);
        shard.arm(next, delayNs);
    }

    private void look() {
        left.addAll(better);
        tryNext();
    }

    private void tryNext() {
        ServerAddress server = left.peek();
        if (server == null) {
            attempt = null;
            found = null;
            begin();
            return;
        }
        attempt = attempts.apply(server);
        attempt.begin();
    }

    @Override
    public ConnectionHandler onOpen(Connection connection) {
        connection.close();
        attempt = null;
        ServerAddress server = left.peek();
        left.clear();
        if (server == null) {
            return new UnwantedConnection(); // It was stopped meanwhile.
        }
        if (server.equals(found)) {
            onWell.accept(server);
        } else {
            found = server;
            after(random.nextLong(graceNs + 1), this::look);
        }
        return new UnwantedConnection();
    }

    @Override
    public void onConnectFailed(IOException cause) {
        if (left.poll() != null) {
            tryNext();
        }
    }
}
