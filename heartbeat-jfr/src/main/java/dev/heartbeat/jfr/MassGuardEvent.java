package dev.heartbeat.jfr;

import dev.heartbeat.MassGuardStatus;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** The mass guard began to hold verdicts, began to release them, or ended. */
@Name("dev.heartbeat.MassGuard")
@Label("Mass Guard")
@Description("The mass guard began to hold verdicts, began to release them, or ended")
final class MassGuardEvent extends HeartbeatEvent {
    @Label("Phase")
    @Nullable
    String phase;

    @Label("Suspect Nodes")
    long suspects;

    @Label("Nodes")
    long nodes;

    @Label("Held Verdicts")
    long held;

    @Label("Released Verdicts")
    long released;

    @Label("Engaged For")
    @Timespan(Timespan.NANOSECONDS)
    long engagedFor;

    static MassGuardEvent of(MassGuardStatus status) {
        MassGuardEvent event = new MassGuardEvent();
        if (event.isEnabled()) {
            event.phase = status.phase().name();
            event.suspects = status.suspects();
            event.nodes = status.nodes();
            event.held = status.held();
            event.released = status.released();
            event.engagedFor = status.engagedFor().toNanos();
        }
        return event;
    }
}
