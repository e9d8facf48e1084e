package dev.heartbeat.jfr;

import dev.heartbeat.OverloadCause;
import dev.heartbeat.OverloadLevel;
import java.util.function.Supplier;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import org.jspecify.annotations.Nullable;

/** The step of a server against overload is another than before. */
@Name("dev.heartbeat.Overload")
@Label("Overload")
@Description("The level of overload changed within the last period")
@Period("1 s")
final class OverloadEvent extends HeartbeatEvent {
    @Label("Port")
    int port;

    @Label("Level")
    @Nullable
    String level;

    @Label("Cause")
    @Nullable
    String cause;

    /** Makes one event for each period with a change. On the recorder's thread. */
    static final class Reader implements Runnable {
        private final int port;
        private final Supplier<OverloadLevel> levels;
        private final Supplier<@Nullable OverloadCause> causes;
        private OverloadLevel level = OverloadLevel.NONE;

        Reader(int port, Supplier<OverloadLevel> levels, Supplier<@Nullable OverloadCause> causes) {
            this.port = port;
            this.levels = levels;
            this.causes = causes;
        }

        @Override
        public void run() {
            OverloadLevel now = levels.get();
            if (now != level) {
                level = now;
                OverloadCause cause = causes.get();
                OverloadEvent event = new OverloadEvent();
                event.port = port;
                event.level = level.name();
                event.cause = cause == null ? null : cause.name();
                event.commit();
            }
        }
    }
}
