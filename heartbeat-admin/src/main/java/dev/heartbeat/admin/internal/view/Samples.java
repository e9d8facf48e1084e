package dev.heartbeat.admin.internal.view;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.LivenessStats;
import dev.heartbeat.MassGuardStatus;
import dev.heartbeat.Measure;
import dev.heartbeat.MessageStats;
import dev.heartbeat.NodeState;
import dev.heartbeat.OverloadStats;
import dev.heartbeat.ServerState;
import dev.heartbeat.ServerStats;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The data of the page: one sample of the server each second, for ten minutes. */
public final class Samples {
    private static final int KEPT = 600;

    private final HeartbeatServer server;
    private final InstantSource clock;
    private final LongSupplier nanos;
    private final RoundTrips roundTrips;
    private final ArrayDeque<Map<String, Object>> kept = new ArrayDeque<>();
    private @Nullable Counts before;

    public Samples(HeartbeatServer server, InstantSource clock, LongSupplier nanos) {
        this.server = server;
        this.clock = clock;
        this.nanos = nanos;
        roundTrips = new RoundTrips(nanos);
    }

    /** Counters, whose differences are the rates of a sample. */
    private record Counts(long atNs, long heartbeats, long received, long sent, long registrations) {
        Map<String, Object> since(Counts before) {
            double seconds = Math.max(1, atNs - before.atNs) / (double) TimeUnit.SECONDS.toNanos(1);
            Map<String, Object> rates = new LinkedHashMap<>();
            rates.put("heartbeats", Math.round((heartbeats - before.heartbeats) / seconds));
            rates.put("received", Math.round((received - before.received) / seconds));
            rates.put("sent", Math.round((sent - before.sent) / seconds));
            rates.put("registrations", Math.round((registrations - before.registrations) / seconds));
            return rates;
        }
    }

    /**
     * Takes a sample. On one thread.
     *
     * @param isWatched whether somebody looks: round-trip times take a look at every node
     */
    public Map<String, Object> take(boolean isWatched) {
        Map<String, Object> sample = new LinkedHashMap<>();
        sample.put("at", clock.millis());
        sample.put("state", server.state().name());
        if (server.state() == ServerState.RUNNING || server.state() == ServerState.DRAINING) {
            add(server.stats(), sample);
            if (isWatched) {
                sample.putAll(roundTrips.of(server.nodes()));
            }
        }
        synchronized (this) {
            kept.addLast(sample);
            if (kept.size() > KEPT) {
                kept.removeFirst();
            }
        }
        return sample;
    }

    /** {@return the samples that are kept, the oldest first} */
    public synchronized List<Map<String, Object>> kept() {
        return new ArrayList<>(kept);
    }

    private void add(ServerStats stats, Map<String, Object> sample) {
        LivenessStats liveness = stats.liveness();
        sample.put("online", liveness.online());
        sample.put("suspect", liveness.suspect());
        sample.put("offline", server.nodes().count(NodeState.OFFLINE));
        sample.put("connections", stats.connections().open());
        sample.put("channels", stats.channels().open());
        MessageStats messages = stats.messages();
        Counts now = new Counts(
                nanos.getAsLong(),
                liveness.heartbeats(),
                messages.received(),
                messages.sent(),
                liveness.registrations());
        if (before != null) {
            sample.putAll(now.since(before));
        }
        before = now;
        addMeasure("detection", liveness.detection(), sample);
        addMeasure("lag", stats.loops().lag(), sample);
        MassGuardStatus guard = stats.massGuard().status();
        if (guard.isEngaged()) {
            sample.put("massGuard", Values.of(guard));
        }
        OverloadStats overload = stats.overload();
        sample.put("overload", overload.level().name());
        sample.put("overloadCause", Values.of(overload.cause()));
    }

    private static void addMeasure(String name, Measure measure, Map<String, Object> sample) {
        if (measure.p50() != null) {
            sample.put(name + "P50", Values.microsOrNull(measure.p50()));
            sample.put(name + "P99", Values.microsOrNull(measure.p99()));
        }
    }
}
