package dev.heartbeat.internal.session;

import dev.heartbeat.internal.loop.Deadline;
import dev.heartbeat.internal.loop.Shard;
import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.ConnectionLayer;
import dev.heartbeat.spi.Connector;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose layer is not ready yet. It is closed if that takes too long. Its owner is
 * notified once how it ended, as a {@link Connector} is. Confined to the loop.
 */
public final class Opening implements Connector {
    private final Shard shard;
    private final Connection below;
    private final Connector owner;
    private final long timeoutNs;
    private final Deadline deadline = new Deadline(this::onTimeout);
    private boolean ended;
    private @Nullable IOException timeout;

    /**
     * One that has not begun.
     *
     * @param timeoutNs how long the layer may take
     */
    public Opening(Shard shard, Connection below, long timeoutNs, Connector owner) {
        this.shard = shard;
        this.below = below;
        this.timeoutNs = timeoutNs;
        this.owner = owner;
    }

    /** Begins, once. If this throws, the owner is not notified. */
    public ConnectionHandler begin(ConnectionLayer layer) {
        shard.arm(deadline, timeoutNs);
        try {
            return layer.onOpen(below, this);
        } catch (Throwable e) {
            end();
            throw e;
        }
    }

    /** Gives up: the owner is notified when the layer has heard of it. */
    public void close() {
        below.close();
    }

    private void onTimeout() {
        timeout = new SocketTimeoutException("the connection layer to " + below.remoteAddress()
                + " was not ready within " + TimeUnit.NANOSECONDS.toMillis(timeoutNs) + " ms");
        close();
    }

    @Override
    public ConnectionHandler onOpen(Connection connection) {
        end();
        return owner.onOpen(connection);
    }

    @Override
    public void onConnectFailed(IOException cause) {
        end();
        owner.onConnectFailed(timeout == null ? cause : timeout);
    }

    private void end() {
        if (ended) {
            throw new IllegalStateException("a connection layer opened or failed twice: " + below);
        }
        ended = true;
        shard.cancel(deadline);
    }
}
