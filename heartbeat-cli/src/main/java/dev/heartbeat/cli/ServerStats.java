package dev.heartbeat.cli;

import dev.heartbeat.BusStats;
import dev.heartbeat.HeartbeatServer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Makes the server's periodic line of numbers. */
final class ServerStats {
    private final HeartbeatServer server;
    private final @Nullable HeapMeter heap;
    private long heartbeatsBefore;
    private long nanosBefore = System.nanoTime();

    /** With a meter, the heap per node is measured too. */
    ServerStats(HeartbeatServer server, @Nullable HeapMeter heap) {
        this.server = server;
        this.heap = heap;
    }

    /** The numbers now, and the rates since the last call. */
    EventLine line() {
        BusStats stats = server.stats();
        long nanos = System.nanoTime();
        double seconds = (nanos - nanosBefore) / 1e9;
        long heartbeats = stats.heartbeats() - heartbeatsBefore;
        nanosBefore = nanos;
        heartbeatsBefore = stats.heartbeats();
        return EventLine.now("stats")
                .with("online", stats.online())
                .with("suspect", stats.suspect())
                .with("connections", stats.connections())
                .with("heartbeatsPerSecond", Math.round(heartbeats / seconds))
                .with("registrations", stats.registrations())
                .with("registrationsRefused", stats.registrationsRefused())
                .with("coalescedEvents", stats.coalescedEvents())
                .with("stallsCredited", stats.stallsCredited())
                .with("massGuardEngaged", stats.massGuardEngaged())
                .with("loopLagP99Micros", micros(stats.loopLag().p99()))
                .with("detections", stats.detection().count())
                .with("detectionP99Millis", millis(stats.detection().p99()))
                .with("recoveries", stats.recovery().count())
                .with("heapUsedBytes", HeapMeter.used())
                .with("heapBytesPerNode", heap == null ? null : heap.bytesPerNode(stats.online() + stats.suspect()));
    }

    private static @Nullable Long micros(@Nullable Duration measured) {
        return measured == null ? null : measured.toNanos() / 1000;
    }

    private static @Nullable Long millis(@Nullable Duration measured) {
        return measured == null ? null : measured.toMillis();
    }
}
