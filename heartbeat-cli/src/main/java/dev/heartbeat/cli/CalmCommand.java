package dev.heartbeat.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Simulates one fleet without faults, and prints how fast that was. */
@Command(
        name = "calm",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Simulates one fleet without faults on one thread, and prints the answered heartbeats per second of CPU.",
            "A million nodes: HEARTBEAT_JAVA_OPTS=-Xmx8g ./heartbeat simulate calm --nodes 1000000 --interval 30s --for 1m"
        })
final class CalmCommand implements Callable<Integer> {
    private static final int MAX_NODES = 10_000_000;
    private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(10);
    /** The timeout is three intervals, and at most 7 days. */
    private static final Duration LONGEST_INTERVAL = Duration.ofHours(24);

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--nodes",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Nodes (default: ${DEFAULT-VALUE}).")
    private int nodes;

    @Option(
            names = "--interval",
            paramLabel = "TIME",
            defaultValue = "1s",
            converter = DurationConverter.class,
            description = "Heartbeat interval (default: ${DEFAULT-VALUE}).")
    private Duration interval;

    @Option(
            names = "--for",
            paramLabel = "TIME",
            defaultValue = "10m",
            converter = DurationConverter.class,
            description = "Simulated time after all nodes are online (default: ${DEFAULT-VALUE}).")
    private Duration duration;

    @Override
    public Integer call() throws InterruptedException {
        Allowed.range(spec.commandLine(), "--nodes", nodes, 1, MAX_NODES);
        Allowed.range(spec.commandLine(), "--interval", interval, SHORTEST_INTERVAL, LONGEST_INTERVAL);
        if (duration.compareTo(interval) < 0) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--for is " + DurationConverter.format(duration) + ", allowed is at least --interval, which is "
                            + DurationConverter.format(interval));
        }
        // The simulated server's warnings, such as that everybody may register, are of no interest.
        System.setProperty("org.slf4j.simpleLogger.log.dev.heartbeat", "off");
        CalmFleet fleet = new CalmFleet(nodes, interval);
        CalmFleet.Result result = new LongRun(spec, "calm", CalmFleet.STEPS)
                .orSoFar(() -> print(spec.commandLine().getOut(), fleet.soFar()), bar -> fleet.run(duration, bar));
        print(spec.commandLine().getOut(), result);
        return result.violation() == null ? 0 : 1;
    }

    private static void print(PrintWriter out, CalmFleet.Result result) {
        out.printf(
                Locale.ROOT,
                "%,d nodes, a heartbeat every %,d ms, %,d simulated seconds%n",
                result.nodes(),
                result.interval().toMillis(),
                result.simulated().toSeconds());
        out.printf(
                Locale.ROOT,
                "heartbeats     %,d answered, %.2f events of the simulation each%n",
                result.heartbeats(),
                (double) result.events() / Math.max(1, result.heartbeats()));
        out.printf(
                Locale.ROOT,
                "CPU            %.2f s on one thread: %,.0f answered heartbeats per second%n",
                result.cpu().toNanos() / 1e9,
                result.heartbeatsPerCpuSecond());
        out.printf(
                Locale.ROOT,
                "heap           %,d bytes per node, for server, client and the network between%n",
                result.bytesPerNode());
        out.printf(
                Locale.ROOT,
                "oracle         %s, %,d nodes followed%n",
                result.violation() == null ? "nothing amiss" : result.violation(),
                result.sampled());
        out.flush();
    }
}
