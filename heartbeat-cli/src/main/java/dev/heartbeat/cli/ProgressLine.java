package dev.heartbeat.cli;

import java.io.PrintWriter;
import me.tongfei.progressbar.ProgressBarConsumer;

/** Draws a progress bar in one line of a terminal; elsewhere as a line now and then. */
final class ProgressLine implements ProgressBarConsumer {
    private static final int WIDTH = 78;
    private static final int DRAWINGS_PER_LINE = 15;

    private final PrintWriter err;
    private final boolean terminal = Boolean.getBoolean("heartbeat.terminal.err");
    private int drawings;

    ProgressLine(PrintWriter err) {
        this.err = err;
    }

    @Override
    public int getMaxRenderedLength() {
        return WIDTH;
    }

    @Override
    public void accept(String drawn) {
        if (terminal) {
            err.print("\r" + drawn);
        } else if (drawings++ % DRAWINGS_PER_LINE == 0) {
            err.println(drawn.stripTrailing());
        }
        err.flush();
    }

    @Override
    public void close() {
        if (terminal) {
            err.println();
            err.flush();
        }
    }
}
