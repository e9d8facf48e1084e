package dev.heartbeat;

import dev.heartbeat.internal.server.Counter;
import dev.heartbeat.internal.server.ServerCounts;
import java.util.Map;

/**
 * Counts the connections of a server, and what came over them: {@link ServerStats#connections}.
 *
 * The numbers are those of one moment, read one after the other while the loops go on, so they may
 * differ by what happened in between. Immutable.
 *
 * @since 0.1
 */
public final class ConnectionStats {
    private final long open;
    private final long accepted;
    private final long unregistered;
    private final Map<ConnectionRefusal, Long> refusals;
    private final long foreign;
    private final long layerFailures;
    private final long handshakeTimeouts;
    private final Map<CloseReason, Long> closes;
    private final long floods;
    private final long banned;
    private final long framesIn;
    private final long bytesIn;
    private final long forbidden;
    private final long unauthorized;
    private final Map<String, Long> errorsSent;
    private final Measure controlDelay;

    ConnectionStats(ServerCounts counts) {
        open = counts.openConnections();
        accepted = counts.sum(Counter.ACCEPTED);
        unregistered = counts.unregisteredConnections();
        refusals = counts.refusedConnections();
        foreign = counts.sum(Counter.FOREIGN);
        layerFailures = counts.sum(Counter.LAYER_FAILURES);
        handshakeTimeouts = counts.sum(Counter.HANDSHAKE_TIMEOUTS);
        closes = counts.closes();
        floods = counts.sum(Counter.FLOODS);
        banned = counts.sum(Counter.BANNED);
        framesIn = counts.sum(Counter.FRAMES_IN);
        bytesIn = counts.sum(Counter.BYTES_IN);
        forbidden = counts.forbidden();
        unauthorized = counts.sum(Counter.UNAUTHORIZED);
        errorsSent = counts.errorsSent();
        controlDelay = counts.controlDelay();
    }

    /** {@return connections open now, registered or not} */
    public long open() {
        return open;
    }

    /** {@return connections ever accepted} */
    public long accepted() {
        return accepted;
    }

    /**
     * {@return connections open now that have no node yet}
     *
     * @since 0.1
     */
    public long unregistered() {
        return unregistered;
    }

    /** {@return connections closed at once; the sum of {@link #refusals}} */
    public long refused() {
        return refusals.values().stream().mapToLong(Long::longValue).sum();
    }

    /**
     * {@return connections closed at once, by reason; unmodifiable}
     *
     * @since 0.1
     */
    public Map<ConnectionRefusal, Long> refusals() {
        return refusals;
    }

    /** {@return connections closed without an answer, since they spoke another protocol} */
    public long foreign() {
        return foreign;
    }

    /**
     * Counts what failed between the transport and the bus, such as TLS handshakes.
     *
     * @return connections that ended before their {@link dev.heartbeat.spi.ConnectionLayer} was
     *     ready
     * @since 0.1
     */
    public long layerFailures() {
        return layerFailures;
    }

    /** {@return connections closed, since they did not register in time} */
    public long handshakeTimeouts() {
        return handshakeTimeouts;
    }

    /** {@return connections closed, since they took no bytes for too long} */
    public long writeStalls() {
        return closes.getOrDefault(CloseReason.WRITE_STALLED, 0L);
    }

    /**
     * {@return connections that ended, for each reason there is; unmodifiable} Those that were closed
     * at once are {@link #refusals}, and those that ended in a layer {@link #layerFailures}.
     *
     * @since 0.1
     */
    public Map<CloseReason, Long> closes() {
        return closes;
    }

    /**
     * {@return the time from the answer to a heartbeat until the socket has taken it} It is taken
     * where the answer stands behind other bytes, such as those of messages; other answers leave
     * at once.
     *
     * @since 0.1
     */
    public Measure controlDelay() {
        return controlDelay;
    }

    /**
     * {@return connections closed, since they sent more than
     * {@link ServerSetters#controlFramesPerSecond}}
     *
     * @since 0.1
     */
    public long floods() {
        return floods;
    }

    /**
     * {@return registrations refused, since a connection of the node was one of {@link #floods}
     * before: {@link ServerSetters#banTime}}
     *
     * @since 0.1
     */
    public long banned() {
        return banned;
    }

    /** {@return whole frames received} */
    public long framesIn() {
        return framesIn;
    }

    /** {@return bytes received} */
    public long bytesIn() {
        return bytesIn;
    }

    /**
     * {@return frames refused, because what they asked for was not granted to their node: a channel,
     * another node, a group}
     *
     * @since 0.1
     */
    public long forbidden() {
        return forbidden;
    }

    /**
     * {@return credentials that were not accepted: the authenticator refused them, or the node is
     * another principal's}
     *
     * @since 0.1
     */
    public long unauthorized() {
        return unauthorized;
    }

    /**
     * {@return errors sent, as ERROR or CHANNEL_RESET, by the name of their code in the protocol;
     * unmodifiable}
     */
    public Map<String, Long> errorsSent() {
        return errorsSent;
    }

    /** All names and values. */
    @Override
    public String toString() {
        return new StatsText()
                .with("open", open)
                .with("accepted", accepted)
                .with("unregistered", unregistered)
                .with("refused", refused())
                .with("refusals", refusals)
                .with("foreign", foreign)
                .with("handshakeTimeouts", handshakeTimeouts)
                .with("writeStalls", writeStalls())
                .with("floods", floods)
                .with("banned", banned)
                .with("framesIn", framesIn)
                .with("bytesIn", bytesIn)
                .with("forbidden", forbidden)
                .with("unauthorized", unauthorized)
                .with("errorsSent", errorsSent)
                .with("closes", closes)
                .with("controlDelay", controlDelay)
                .toString();
    }
}
