package dev.heartbeat.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Prints line after line, for pipes and files. */
final class PlainView extends View {
    private static final Duration EVERY = Duration.ofSeconds(1);
    private @Nullable Repeater repeater;

    PlainView(PrintStream out) {
        super(out);
    }

    @Override
    void watch(Supplier<FleetStatus> fleet) {
        repeater = Repeater.every(EVERY, "view", () -> {
            FleetStatus status = fleet.get();
            tell("        " + status.online() + " online, " + status.missing() + "; "
                    + String.join(", ", status.numbers()));
        });
    }

    @Override
    synchronized void tell(String line) {
        out().println(stamped(line));
    }

    @Override
    void end() {
        if (repeater != null) {
            repeater.stop();
        }
    }
}
