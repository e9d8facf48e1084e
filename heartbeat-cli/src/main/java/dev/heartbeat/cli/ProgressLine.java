package dev.heartbeat.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ProgressBarConsumer;

/**
 * Draws a progress bar in one line of a terminal; elsewhere as a line now and then, and once more
 * at the end.
 */
final class ProgressLine implements ProgressBarConsumer {
    private static final int WIDTH = 78;
    private static final Duration EVERY = Duration.ofSeconds(5);

    private final PrintWriter err;
    private final boolean terminal;
    private final LongSupplier nanos;
    private String drawn = "";
    private String printed = "";
    private long printedAt;

    ProgressLine(PrintWriter err) {
        this(err, Boolean.getBoolean("heartbeat.terminal.err"), System::nanoTime);
    }

    ProgressLine(PrintWriter err, boolean terminal, LongSupplier nanos) {
        this.err = err;
        this.terminal = terminal;
        this.nanos = nanos;
    }

    @Override
    public int getMaxRenderedLength() {
        return WIDTH;
    }

    @Override
    public void accept(String bar) {
        drawn = whole(bar, WIDTH);
        if (terminal) {
            err.print("\r" + drawn);
            err.flush();
        } else if (printed.isEmpty() || nanos.getAsLong() - printedAt >= EVERY.toNanos()) {
            print();
        }
    }

    /** A bar that was cut to the width, without the word that was cut, which may be a number. */
    static String whole(String bar, int width) {
        int lastWord = bar.lastIndexOf(' ') + 1;
        return bar.length() < width || lastWord == 0
                ? bar
                : bar.substring(0, lastWord) + " ".repeat(bar.length() - lastWord);
    }

    @Override
    public void close() {
        if (terminal) {
            err.println();
            err.flush();
        } else if (!drawn.equals(printed)) {
            print();
        }
    }

    private void print() {
        printed = drawn;
        printedAt = nanos.getAsLong();
        err.println(drawn.stripTrailing());
        err.flush();
    }
}
