package dev.heartbeat;

import dev.heartbeat.internal.server.Counter;
import dev.heartbeat.internal.server.ServerCounts;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The load of a server, and its steps against overload: {@link ServerStats#overload}.
 *
 * The numbers are those of one moment, read one after the other while the loops go on, so they may
 * differ by what happened in between. Immutable.
 *
 * @since 0.1
 */
public final class OverloadStats {
    private final OverloadLevel level;
    private final @Nullable OverloadCause cause;
    private final Map<OverloadCause, Double> loads;
    private final Map<OverloadLevel, Long> entries;
    private final long refusedRegistrations;
    private final long closedConnections;

    OverloadStats(ServerCounts counts) {
        level = counts.overloadLevel();
        cause = counts.overloadCause();
        loads = counts.loads();
        entries = counts.overloadEntries();
        refusedRegistrations = counts.sum(Counter.REFUSED_BY_OVERLOAD);
        closedConnections = counts.sum(Counter.SHED);
    }

    /** {@return what the server does now} */
    public OverloadLevel level() {
        return level;
    }

    /** {@return what made the server go to this level; null at {@link OverloadLevel#NONE}} */
    public @Nullable OverloadCause cause() {
        return cause;
    }

    /**
     * {@return how near each cause is to its bound now, 0 for not at all and 1 for there;
     * unmodifiable} The greatest of them decides. A server whose transport has no
     * {@link dev.heartbeat.spi.MemoryGauge} measures nothing, and all are 0.
     */
    public Map<OverloadCause, Double> loads() {
        return loads;
    }

    /** {@return how often each level was entered from the one below it; unmodifiable} */
    public Map<OverloadLevel, Long> entries() {
        return entries;
    }

    /** {@return how often this level was entered from the one below it} */
    public long entries(OverloadLevel of) {
        return entries.getOrDefault(Objects.requireNonNull(of, "of"), 0L);
    }

    /** {@return registrations that were refused because of overload} */
    public long refusedRegistrations() {
        return refusedRegistrations;
    }

    /** {@return connections without a node that were closed because of overload} */
    public long closedConnections() {
        return closedConnections;
    }

    /** All names and values. */
    @Override
    public String toString() {
        return new StatsText()
                .with("level", level)
                .with("cause", String.valueOf(cause))
                .with("loads", loads)
                .with("entries", entries)
                .with("refusedRegistrations", refusedRegistrations)
                .with("closedConnections", closedConnections)
                .toString();
    }
}
