package dev.heartbeat.examples;

import java.util.ArrayList;
import java.util.List;

/**
 * A document that is written by whoever is registered as its author. A process that was replaced
 * without hearing of it is refused, however late its words come: each author shows the epoch of his
 * registration, and the document takes none that is lower than one it has seen.
 */
public final class FencedDocument {
    private final List<String> lines = new ArrayList<>();
    private long newest;

    /** Adds a line; false if another process has written since this one was registered. */
    public synchronized boolean write(long epoch, String line) {
        if (epoch < newest) {
            return false;
        }
        newest = epoch;
        lines.add(line);
        return true;
    }

    /** What was written. */
    public synchronized List<String> lines() {
        return List.copyOf(lines);
    }
}
