package dev.heartbeat.cli;

import dev.heartbeat.bench.load.Closed;
import dev.heartbeat.bench.load.Connect;
import dev.heartbeat.bench.load.LoadRun;
import dev.heartbeat.bench.load.Open;
import dev.heartbeat.bench.load.Plan;
import dev.heartbeat.bench.load.Scenario;
import dev.heartbeat.bench.load.Soak;
import dev.heartbeat.bench.load.Storm;
import dev.heartbeat.bench.load.Subject;
import dev.heartbeat.bench.load.report.Comparison;
import dev.heartbeat.bench.load.report.PlanReport;
import dev.heartbeat.bench.load.report.SoakReport;
import dev.heartbeat.bench.load.server.Terms;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Puts load on servers over real sockets, one method for each scenario. */
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        subcommands = BenchBulkCommand.class,
        description = {
            "Puts load on Heartbeat over real sockets, and in the same run on what one would write by hand, on a bare echo in Java, and on one in C.",
            "Each server is a process on one core, and the load is another on another core. Every answer is checked.",
            "The exit status is 1 if a server does not do as it should; no figure is told then."
        })
final class LoadCommand implements Runnable {
    private static final int MAX_IN_FLIGHT = 512;

    /** More would wait for a listener, whose backlog is as large, and not for the server. */
    private static final int MAX_AT_ONCE = 4096;

    private static final double MAX_RATE = 1_000_000;

    /** An answer has to come more often than this, or the server is taken for dead. */
    private static final Duration LONGEST_BETWEEN_ANSWERS = Duration.ofSeconds(4);

    /** Nobody is suspected while others have their turn, and who goes is not waited for. */
    private static final Terms CALM = new Terms(Duration.ofSeconds(60), Duration.ZERO, 1);

    private static final Terms WITH_GRACE = new Terms(Duration.ofSeconds(10), Duration.ofSeconds(30), 1);

    /** As fast as a fleet beats in practice. */
    private static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(1);

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which scenario?");
    }

    @Command(
            name = "closed",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = "Each connection sends a heartbeat for each answer.")
    int closed(
            @Option(
                            names = "--connections",
                            paramLabel = "N",
                            defaultValue = "1000",
                            description = "How many there are (default: ${DEFAULT-VALUE}).")
                    int connections,
            @Option(
                            names = "--in-flight",
                            paramLabel = "N",
                            defaultValue = "1",
                            description = "How many heartbeats of each are not answered (default: ${DEFAULT-VALUE}).")
                    int inFlight,
            @Mixin LoadFlags flags)
            throws InterruptedException {
        flags.requireConnections("--connections", connections);
        flags.requireRange("--in-flight", inFlight, 1, MAX_IN_FLIGHT);
        return compare(new Closed("closed", connections, inFlight, 1), flags.options(CALM, subject -> true), flags);
    }

    @Command(
            name = "pipeline",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description =
                    "Few connections, each of which writes many heartbeats together when all before are answered.")
    int pipeline(
            @Option(
                            names = "--connections",
                            paramLabel = "N",
                            defaultValue = "10",
                            description = "How many there are (default: ${DEFAULT-VALUE}).")
                    int connections,
            @Option(
                            names = "--per-write",
                            paramLabel = "N",
                            defaultValue = "64",
                            description = "How many heartbeats are in a write (default: ${DEFAULT-VALUE}).")
                    int perWrite,
            @Mixin LoadFlags flags)
            throws InterruptedException {
        flags.requireConnections("--connections", connections);
        flags.requireRange("--per-write", perWrite, 1, MAX_IN_FLIGHT);
        return compare(
                new Closed("pipeline", connections, perWrite, perWrite), flags.options(CALM, subject -> true), flags);
    }

    @Command(
            name = "open",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "Heartbeats at a fixed rate, whatever the servers do; latency counts from when each was due.",
                "Nodes are SUSPECT after 2.5 times the time between their heartbeats, or 2.5 s if that is less than 1 s."
            })
    int open(
            @Option(
                            names = "--connections",
                            paramLabel = "N",
                            defaultValue = "10000",
                            description = "How many there are (default: ${DEFAULT-VALUE}).")
                    int connections,
            @Option(
                            names = "--rate",
                            paramLabel = "N",
                            defaultValue = "10000",
                            description = "Heartbeats per second, on all together (default: ${DEFAULT-VALUE}).")
                    double rate,
            @Option(
                            names = "--garbage",
                            paramLabel = "S",
                            defaultValue = "0",
                            description =
                                    "For so many seconds of each turn the application around the server makes garbage that young collections dislike (default: ${DEFAULT-VALUE}).")
                    double garbage,
            @Mixin LoadFlags flags)
            throws InterruptedException {
        requireRate(connections, rate, 1, flags);
        if (!(garbage >= 0 && garbage <= flags.seconds())) {
            throw flags.bad("--garbage is " + garbage + ", allowed is 0 to --seconds, which is " + flags.seconds());
        }
        Open scenario = new Open("open", connections, rate, Duration.ofMillis(Math.round(garbage * 1000)));
        return compare(scenario, flags.options(beating(connections, rate), subject -> true), flags);
    }

    @Command(
            name = "oneway",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "Heartbeats at a fixed rate, each answered or only some of them; no two in one read.",
                "At a low rate each wakes the server, which is most of what it takes, answered or not."
            })
    int oneWay(
            @Option(
                            names = "--connections",
                            paramLabel = "N",
                            defaultValue = "1000",
                            description = "How many there are (default: ${DEFAULT-VALUE}).")
                    int connections,
            @Option(
                            names = "--rate",
                            paramLabel = "N",
                            defaultValue = "100000",
                            description = "Heartbeats per second, on all together (default: ${DEFAULT-VALUE}).")
                    double rate,
            @Option(
                            names = "--ack-every",
                            paramLabel = "N",
                            defaultValue = "10",
                            description = "Each so many-th is answered (default: ${DEFAULT-VALUE}).")
                    int answerEvery,
            @Mixin LoadFlags flags)
            throws InterruptedException {
        flags.requireRange("--ack-every", answerEvery, 2, 1000);
        requireRate(connections, rate, answerEvery, flags);
        return compare(
                new Open("oneway", connections, rate, Duration.ZERO), flags.optionsOneWay(CALM, answerEvery), flags);
    }

    @Command(
            name = "connect",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = "Nodes connect and register, as fast as the server takes them.")
    int connect(
            @Option(
                            names = "--connections",
                            paramLabel = "N",
                            defaultValue = "10000",
                            description = "How many there are (default: ${DEFAULT-VALUE}).")
                    int connections,
            @Option(
                            names = "--at-once",
                            paramLabel = "N",
                            defaultValue = "100",
                            description = "How many are not registered yet at a time (default: ${DEFAULT-VALUE}).")
                    int atOnce,
            @Mixin LoadFlags flags)
            throws InterruptedException {
        flags.requireConnections("--connections", connections);
        flags.requireRange("--at-once", atOnce, 1, MAX_AT_ONCE);
        return compare(new Connect(connections, atOnce), flags.options(CALM, subject -> true), flags);
    }

    @Command(
            name = "storm",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description =
                    "All nodes lose their connection in the same moment and come back at once. Each is SUSPECT for it, and OFFLINE should be nobody: the grace is 30 s.")
    int storm(
            @Option(
                            names = "--connections",
                            paramLabel = "N",
                            defaultValue = "10000",
                            description = "How many there are (default: ${DEFAULT-VALUE}).")
                    int connections,
            @Option(
                            names = "--at-once",
                            paramLabel = "N",
                            defaultValue = "2000",
                            description = "How many are not registered yet at a time (default: ${DEFAULT-VALUE}).")
                    int atOnce,
            @Mixin LoadFlags flags)
            throws InterruptedException {
        flags.requireConnections("--connections", connections);
        flags.requireRange("--at-once", atOnce, 1, MAX_AT_ONCE);
        return compare(new Storm(connections, atOnce), flags.options(WITH_GRACE, subject -> !subject.isEcho()), flags);
    }

    @Command(
            name = "soak",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "One server under a fixed rate for long: --seconds 3600, for example. Its memory and processor time are looked at again and again.",
                "The exit status is 1 if a node was suspected or given up, or a heartbeat not answered."
            })
    int soak(
            @Option(
                            names = "--connections",
                            paramLabel = "N",
                            defaultValue = "10000",
                            description = "How many there are (default: ${DEFAULT-VALUE}).")
                    int connections,
            @Option(
                            names = "--rate",
                            paramLabel = "N",
                            defaultValue = "10000",
                            description = "Heartbeats per second, on all together (default: ${DEFAULT-VALUE}).")
                    double rate,
            @Mixin LoadFlags flags)
            throws InterruptedException {
        requireRate(connections, rate, 1, flags);
        flags.secondsByDefault(60);
        LoadRun.Options options =
                flags.options(beating(connections, rate), subject -> subject == Subject.HEARTBEAT_NIO);
        Open scenario = new Open("soak", connections, rate, Duration.ZERO);
        Soak.Result result =
                underWay(Soak.samples(options.measured()), progress -> new Soak(options, progress).run(scenario));
        flags.tell("soak", new SoakReport(scenario, result));
        return result.isCalm() ? 0 : 1;
    }

    @Command(
            name = "plan",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "What one server takes for idle nodes that only beat, at several sizes of the fleet, and by a straight line through these for larger ones.",
                "--seconds is how long each size is measured at each interval; --pairs means nothing here."
            })
    int plan(
            @Option(
                            names = "--sizes",
                            paramLabel = "N",
                            split = ",",
                            defaultValue = "1000,2000,5000,10000,18000",
                            description = "How many nodes, growing (default: ${DEFAULT-VALUE}).")
                    List<Integer> sizes,
            @Option(
                            names = "--intervals",
                            paramLabel = "TIME",
                            split = ",",
                            defaultValue = "10s,30s",
                            description = "How often they beat (default: ${DEFAULT-VALUE}).")
                    List<Duration> intervals,
            @Mixin LoadFlags flags)
            throws InterruptedException {
        flags.secondsByDefault(8);
        intervals.forEach(interval -> flags.requireInterval("--intervals", interval));
        for (int size : sizes) {
            flags.requireConnections("--sizes", size);
            intervals.forEach(interval -> requireRate(size, size * 1e9 / interval.toNanos(), 1, flags));
        }
        LoadRun.Options options = flags.options(
                new Terms(Duration.ofMinutes(10), Duration.ZERO, 1), subject -> subject == Subject.HEARTBEAT_NIO);
        int steps = 1 + sizes.size() * intervals.size();
        flags.tell(
                "plan",
                new PlanReport(underWay(steps, progress -> new Plan(options, sizes, intervals, progress).run())));
        return 0;
    }

    private static Terms beating(int connections, double rate) {
        Duration interval = Duration.ofMillis(Math.round(connections * 1000 / rate));
        return new Terms(interval.compareTo(SHORTEST_INTERVAL) < 0 ? SHORTEST_INTERVAL : interval, Duration.ZERO, 1);
    }

    private static void requireRate(int connections, double rate, int answerEvery, LoadFlags flags) {
        flags.requireConnections("--connections", connections);
        if (!(rate > 0 && rate <= MAX_RATE)) {
            throw flags.bad("--rate is " + rate + ", allowed is more than 0 to " + (long) MAX_RATE);
        }
        double seconds = (answerEvery == 1 ? 1 : (double) connections * answerEvery) / rate;
        if (seconds > LONGEST_BETWEEN_ANSWERS.toSeconds()) {
            throw flags.bad("at a rate of " + rate + " the first answer comes after " + seconds + " s, allowed is "
                    + LONGEST_BETWEEN_ANSWERS.toSeconds() + " s");
        }
    }

    private int compare(Scenario scenario, LoadRun.Options options, LoadFlags flags) throws InterruptedException {
        flags.tell(
                scenario.name(),
                new Comparison(
                        scenario, underWay(options.turns(), progress -> new LoadRun(options, progress).run(scenario))));
        return 0;
    }

    /** Work that takes long, and reports how far it is. */
    private interface Work<T> {
        T run(LoadRun.Progress progress) throws IOException, InterruptedException;
    }

    private <T> T underWay(int steps, Work<T> work) throws InterruptedException {
        PrintWriter err = spec.commandLine().getErr();
        try (ProgressBar bar = new ProgressBarBuilder()
                .setTaskName("load")
                .setInitialMax(steps)
                .setStyle(ProgressBarStyle.ASCII)
                .setConsumer(new ProgressLine(err))
                .build()) {
            return work.run(new LoadRun.Progress() {
                @Override
                public void turn(String label) {
                    bar.setExtraMessage(label).step();
                }

                @Override
                public void note(String text) {
                    err.println(text);
                }
            });
        } catch (IOException e) {
            throw new Failure(String.valueOf(e.getMessage()));
        }
    }
}
