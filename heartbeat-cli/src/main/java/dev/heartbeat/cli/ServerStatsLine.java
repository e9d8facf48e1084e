package dev.heartbeat.cli;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.LivenessStats;
import dev.heartbeat.LoopStats;
import dev.heartbeat.OverloadLevel;
import dev.heartbeat.ServerStats;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Makes the server's periodic line of numbers. */
final class ServerStatsLine {
    private final HeartbeatServer server;
    private final @Nullable HeapMeter heap;
    private long heartbeatsBefore;
    private long nanosBefore = System.nanoTime();

    /** With a meter, the heap per node is measured too. */
    ServerStatsLine(HeartbeatServer server, @Nullable HeapMeter heap) {
        this.server = server;
        this.heap = heap;
    }

    /** The numbers now, and the rates since the last call. */
    EventLine line() {
        ServerStats stats = server.stats();
        LivenessStats liveness = stats.liveness();
        LoopStats loops = stats.loops();
        long nanos = System.nanoTime();
        double seconds = (nanos - nanosBefore) / 1e9;
        long heartbeats = liveness.heartbeats() - heartbeatsBefore;
        nanosBefore = nanos;
        heartbeatsBefore = liveness.heartbeats();
        return EventLine.now("stats")
                .with("online", liveness.online())
                .with("suspect", liveness.suspect())
                .with("connections", stats.connections().open())
                .with("heartbeatsPerSecond", Math.round(heartbeats / seconds))
                .with("registrations", liveness.registrations())
                .with("registrationsRefused", liveness.registrationsRefused())
                .with("coalescedEvents", liveness.coalescedEvents())
                .with("stallsCredited", loops.stalls())
                .with("massGuardEngaged", stats.massGuard().isEngaged())
                .with("overloaded", stats.overload().level() != OverloadLevel.NONE)
                .with("loopLagP99Micros", micros(loops.lag().p99()))
                .with("detections", liveness.detection().count())
                .with("detectionP99Millis", millis(liveness.detection().p99()))
                .with("recoveries", liveness.recovery().count())
                .with("heapUsedBytes", HeapMeter.used())
                .with(
                        "heapBytesPerNode",
                        heap == null ? null : heap.bytesPerNode(liveness.online() + liveness.suspect()));
    }

    private static @Nullable Long micros(@Nullable Duration measured) {
        return measured == null ? null : measured.toNanos() / 1000;
    }

    private static @Nullable Long millis(@Nullable Duration measured) {
        return measured == null ? null : measured.toMillis();
    }
}
