package dev.heartbeat.jfr;

import dev.heartbeat.LoopStats;
import java.util.function.Supplier;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.Timespan;

/** Event loops of a server were themselves stopped. */
@Name("dev.heartbeat.LoopStall")
@Label("Loop Stall")
@Description("Event loops were stopped within the last period; nobody was judged for that time")
@Period("1 s")
final class LoopStallEvent extends HeartbeatEvent {
    @Label("Port")
    int port;

    @Label("Stalls")
    @Description("Stalls that ended within the period")
    long stalls;

    @Label("Stalled Time")
    @Description("The time of those, all event loops together")
    @Timespan(Timespan.NANOSECONDS)
    long stalledTime;

    /** Makes one event for each period with a stall. On the recorder's thread. */
    static final class Reader implements Runnable {
        private final int port;
        private final Supplier<LoopStats> stats;
        private long stalls;
        private long stalledNs;

        Reader(int port, Supplier<LoopStats> stats) {
            this.port = port;
            this.stats = stats;
            LoopStats before = stats.get();
            stalls = before.stalls();
            stalledNs = before.stalledTime().toNanos();
        }

        @Override
        public void run() {
            LoopStats now = stats.get();
            long timeNs = now.stalledTime().toNanos();
            if (now.stalls() > stalls) {
                LoopStallEvent event = new LoopStallEvent();
                event.port = port;
                event.stalls = now.stalls() - stalls;
                event.stalledTime = timeNs - stalledNs;
                event.commit();
            }
            stalls = now.stalls();
            stalledNs = timeNs;
        }
    }
}
