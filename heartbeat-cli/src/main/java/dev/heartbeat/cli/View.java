package dev.heartbeat.cli;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.Supplier;

/** Shows a story and, beneath it, how the fleet does meanwhile. */
abstract class View {
    private final PrintStream out;
    private final long startedAt = System.nanoTime();

    View(PrintStream out) {
        this.out = out;
    }

    /** Shows the fleet from now on. */
    abstract void watch(Supplier<FleetStatus> fleet);

    /** Prints a line of the story; any thread. */
    abstract void tell(String line);

    /** Stops showing the fleet; idempotent. */
    abstract void end();

    final PrintStream out() {
        return out;
    }

    final String stamped(String line) {
        return String.format(Locale.ROOT, "%6.1fs  %s", (System.nanoTime() - startedAt) / 1e9, line);
    }
}
