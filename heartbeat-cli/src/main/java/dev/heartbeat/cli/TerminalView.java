package dev.heartbeat.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Keeps some lines beneath the story, and draws them again in place: the fleet's numbers and a bar
 * of who is online.
 */
final class TerminalView extends View {
    private static final Duration EVERY = Duration.ofMillis(200);
    private static final String CLEAR_BELOW = "\r\u001b[J";
    private static final String UP = "\u001b[A";
    private static final String BETWEEN = ", ";

    private final int width;
    private final ProgressBar bar;
    private @Nullable Repeater repeater;
    private List<String> numbers = List.of();
    private String drawnBar = "";
    private boolean ended;

    TerminalView(PrintStream out, int width, int nodes) {
        super(out);
        this.width = width;
        bar = new ProgressBarBuilder()
                .setTaskName("online")
                .setInitialMax(nodes)
                .setStyle(ProgressBarStyle.ASCII)
                .hideEta()
                .continuousUpdate()
                .setUpdateIntervalMillis((int) EVERY.toMillis())
                .setConsumer(new Canvas())
                .build();
    }

    @Override
    void watch(Supplier<FleetStatus> fleet) {
        repeater = Repeater.every(EVERY, "view", () -> show(fleet.get()));
    }

    @Override
    synchronized void tell(String line) {
        out().print(CLEAR_BELOW + stamped(line) + "\n" + (ended ? "" : block()));
        out().flush();
    }

    @Override
    void end() {
        if (repeater != null) {
            repeater.stop();
        }
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            out().print(CLEAR_BELOW);
            out().flush();
        }
        bar.close();
    }

    private synchronized void show(FleetStatus status) {
        numbers = wrapped(status.numbers(), width);
        bar.stepTo(status.online());
        bar.setExtraMessage(" " + status.missing());
    }

    private synchronized void drawBar(String drawn) {
        if (!ended) {
            drawnBar = ProgressLine.whole(drawn, width);
            out().print(CLEAR_BELOW + block());
            out().flush();
        }
    }

    /** The lines, and the cursor back at their beginning. */
    private String block() {
        return String.join("", numbers.stream().map(line -> line + "\n").toList())
                + drawnBar
                + UP.repeat(numbers.size())
                + "\r";
    }

    /** As few lines as no longer ones can hold them; only what is longer by itself is cut. */
    static List<String> wrapped(List<String> numbers, int width) {
        List<String> lines = new ArrayList<>();
        String line = "";
        for (String number : numbers) {
            String longer = line.isEmpty() ? number : line + BETWEEN + number;
            if (longer.length() > width && !line.isEmpty()) {
                lines.add(line);
                longer = number;
            }
            line = longer.substring(0, Math.min(longer.length(), width));
        }
        if (!line.isEmpty()) {
            lines.add(line);
        }
        return lines;
    }

    /**
     * Takes the bar as the library draws it. The library's own consumer asks its terminal how wide
     * it is, and thereby hands SIGINT back to the system: Ctrl-C would end this program before it
     * has ended its processes.
     */
    private final class Canvas implements ProgressBarConsumer {
        @Override
        public int getMaxRenderedLength() {
            return width;
        }

        @Override
        public void accept(String drawn) {
            drawBar(drawn);
        }

        @Override
        public void close() {}
    }
}
