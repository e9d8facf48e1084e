package dev.heartbeat.bench.load.report;

import java.util.ArrayList;
import java.util.List;

/** A table in Markdown, with numbers to the right of the first column. */
final class MarkdownTable {
    private final List<String> lines = new ArrayList<>();

    MarkdownTable(List<String> head) {
        add(head);
        lines.add("| --- |" + " ---: |".repeat(head.size() - 1));
    }

    void add(List<String> cells) {
        lines.add("| " + String.join(" | ", cells) + " |");
    }

    List<String> lines() {
        return lines;
    }
}
