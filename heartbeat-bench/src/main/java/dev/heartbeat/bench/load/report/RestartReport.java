package dev.heartbeat.bench.load.report;

import static dev.heartbeat.bench.load.report.Texts.count;
import static dev.heartbeat.bench.load.report.Texts.format;
import static dev.heartbeat.bench.load.report.Texts.milliseconds;
import static dev.heartbeat.bench.load.report.Texts.percent;

import dev.heartbeat.bench.load.Restart.Return;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** How long the nodes of a server take to come back after its restart. */
public final class RestartReport implements Report {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double NANOS_PER_MILLI = 1e6;

    private final List<Return> returns;

    /** A report of what was seen. */
    public RestartReport(List<Return> returns) {
        this.returns = returns;
    }

    @Override
    public List<String> markdown() {
        MarkdownTable table = new MarkdownTable(List.of(
                "restart of",
                "nodes",
                "99 % ONLINE after",
                "all after",
                "server CPU for each",
                "server busy",
                "load busy",
                "loop lag, p99",
                "SUSPECT",
                "OFFLINE"));
        for (Return each : returns) {
            table.add(List.of(
                    each.contestant().label(),
                    count(each.turn().answered()),
                    format("%.2f s", each.turn().most() / NANOS_PER_SECOND),
                    format("%.2f s", each.turn().nanos() / NANOS_PER_SECOND),
                    format(
                            "%.0f µs",
                            each.turn().server().nanos() / 1e3 / each.turn().answered()),
                    percent((double) each.turn().server().nanos() / each.turn().nanos()),
                    percent((double) each.turn().generator().nanos()
                            / each.turn().nanos()),
                    milliseconds(each.lagNanos() / NANOS_PER_MILLI),
                    count(each.state().suspect()),
                    count(each.state().offline())));
        }
        return table.lines();
    }

    @Override
    public Map<String, Object> json() {
        return Map.of(
                "restarts",
                returns.stream()
                        .map(each -> Map.of(
                                "server", each.contestant().label(),
                                "nodes", each.turn().answered(),
                                "mostSeconds", each.turn().most() / NANOS_PER_SECOND,
                                "seconds", each.turn().nanos() / NANOS_PER_SECOND,
                                "lagMillis", each.lagNanos() / NANOS_PER_MILLI,
                                "suspect", each.state().suspect(),
                                "offline", each.state().offline()))
                        .toList());
    }

    @Override
    public List<String> draw(Path folder, String name) {
        return List.of();
    }
}
