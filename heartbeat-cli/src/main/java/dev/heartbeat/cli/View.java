package dev.heartbeat.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Shows a story and, beneath it, how the fleet does meanwhile. */
abstract class View {
    private final PrintStream out;
    private final long startedAt = System.nanoTime();

    View(PrintStream out) {
        this.out = out;
    }

    /** One that redraws in place, or one that prints line after line where that is no terminal's business. */
    static View open(boolean redraw, PrintStream out, int nodes) {
        return redraw ? new TerminalView(out, nodes) : new PlainView(out);
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

    /** Line after line. */
    private static final class PlainView extends View {
        private static final Duration EVERY = Duration.ofSeconds(1);
        private @Nullable Repeater repeater;

        PlainView(PrintStream out) {
            super(out);
        }

        @Override
        void watch(Supplier<FleetStatus> fleet) {
            repeater = Repeater.every(EVERY, "view", () -> {
                FleetStatus status = fleet.get();
                tell("        " + status.online() + " online, " + status.missing() + "; " + status.numbers());
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
}
