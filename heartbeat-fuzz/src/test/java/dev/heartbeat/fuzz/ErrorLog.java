package dev.heartbeat.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Everything that is logged at ERROR, which nothing a peer sends may cause. */
final class ErrorLog extends Handler {
    /** Held here: a logger that nobody holds forgets its handlers. */
    private final Logger watched = Logger.getLogger("dev.heartbeat");

    private final List<String> lines = new ArrayList<>();

    ErrorLog() {
        watched.setUseParentHandlers(false);
        watched.setLevel(Level.SEVERE);
        watched.addHandler(this);
        setFormatter(new SimpleFormatter());
    }

    /** The lines since the last call. */
    List<String> take() {
        List<String> taken = List.copyOf(lines);
        lines.clear();
        return taken;
    }

    @Override
    public void publish(LogRecord line) {
        lines.add(getFormatter().format(line));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
