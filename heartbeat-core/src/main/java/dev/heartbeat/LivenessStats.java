package dev.heartbeat;

import dev.heartbeat.internal.server.Counter;
import dev.heartbeat.internal.server.ServerCounts;
import java.util.Map;
import java.util.Objects;

/**
 * Counts the nodes of a server and what became of them: {@link ServerStats#liveness}.
 *
 * The numbers are those of one moment, read one after the other while the loops go on, so they may
 * differ by what happened in between. Immutable.
 *
 * @since 0.1
 */
public final class LivenessStats {
    private final long online;
    private final long suspect;
    private final Map<OfflineReason, Long> offline;
    private final long registrations;
    private final long registrationsRefused;
    private final long refusedByQuota;
    private final long registrationBytes;
    private final long heartbeats;
    private final long coalescedEvents;
    private final Measure detection;
    private final Measure recovery;
    private final Measure latency;

    LivenessStats(ServerCounts counts) {
        online = counts.nodes(NodeState.ONLINE);
        suspect = counts.nodes(NodeState.SUSPECT);
        offline = counts.ends();
        registrations = counts.registrations();
        registrationsRefused = counts.sum(Counter.REGISTRATIONS_REFUSED);
        refusedByQuota = counts.sum(Counter.REFUSED_BY_QUOTA);
        registrationBytes = counts.registrationBytes();
        heartbeats = counts.sum(Counter.HEARTBEATS);
        coalescedEvents = counts.coalescedEvents();
        detection = counts.detection();
        recovery = counts.recovery();
        latency = counts.latency();
    }

    /** {@return nodes ONLINE now} */
    public long online() {
        return online;
    }

    /** {@return nodes SUSPECT now} */
    public long suspect() {
        return suspect;
    }

    /** {@return stays that ended, for each reason there is; unmodifiable} */
    public Map<OfflineReason, Long> offline() {
        return offline;
    }

    /** {@return registrations ever granted, reconnects included} */
    public long registrations() {
        return registrations;
    }

    /** {@return registrations refused: stale, in use, invalid, no room} */
    public long registrationsRefused() {
        return registrationsRefused;
    }

    /**
     * {@return registrations and metadata refused, because a limit of their principal or address was
     * reached: {@link ServerSetters#maxNodesPerPrincipal},
     * {@link ServerSetters#maxMetadataBytesPerPrincipal} and the two per address}
     *
     * @since 0.1
     */
    public long refusedByQuota() {
        return refusedByQuota;
    }

    /**
     * {@return an estimate of how much of the heap registrations hold now:
     * {@link HeartbeatServer.Builder#registrationBudgetBytes}}
     */
    public long registrationBytes() {
        return registrationBytes;
    }

    /** {@return heartbeat requests received} */
    public long heartbeats() {
        return heartbeats;
    }

    /**
     * {@return transitions not reported one by one, because the listener was too slow for them}
     */
    public long coalescedEvents() {
        return coalescedEvents;
    }

    /**
     * {@return the time from the last sign of life to OFFLINE by timeout, or from the loss of a
     * connection to OFFLINE} Its clock stands still while the server itself is stopped.
     */
    public Measure detection() {
        return detection;
    }

    /**
     * {@return the time from SUSPECT to being heard again, or from the loss of a connection to the
     * next}
     */
    public Measure recovery() {
        return recovery;
    }

    /**
     * {@return the time from a heartbeat to its answer, as nodes measure and report it} Of nodes with
     * a connection of their own; an event loop takes one report every 10 ms.
     *
     * @since 0.1
     */
    public Measure latency() {
        return latency;
    }

    /** {@return stays that ended for this reason} */
    public long offline(OfflineReason reason) {
        return offline.getOrDefault(Objects.requireNonNull(reason, "reason"), 0L);
    }

    /** All names and values. */
    @Override
    public String toString() {
        return new StatsText()
                .with("online", online)
                .with("suspect", suspect)
                .with("offline", offline)
                .with("registrations", registrations)
                .with("registrationsRefused", registrationsRefused)
                .with("refusedByQuota", refusedByQuota)
                .with("registrationBytes", registrationBytes)
                .with("heartbeats", heartbeats)
                .with("coalescedEvents", coalescedEvents)
                .with("detection", detection)
                .with("recovery", recovery)
                .with("latency", latency)
                .toString();
    }
}
