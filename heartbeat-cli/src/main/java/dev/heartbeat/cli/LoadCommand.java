package dev.heartbeat.cli;

import dev.heartbeat.bench.load.Closed;
import dev.heartbeat.bench.load.Connect;
import dev.heartbeat.bench.load.Hostile;
import dev.heartbeat.bench.load.Idle;
import dev.heartbeat.bench.load.LoadRun;
import dev.heartbeat.bench.load.Open;
import dev.heartbeat.bench.load.Plan;
import dev.heartbeat.bench.load.Restart;
import dev.heartbeat.bench.load.Scenario;
import dev.heartbeat.bench.load.Series;
import dev.heartbeat.bench.load.Soak;
import dev.heartbeat.bench.load.Storm;
import dev.heartbeat.bench.load.Subject;
import dev.heartbeat.bench.load.report.Comparison;
import dev.heartbeat.bench.load.report.HostileReport;
import dev.heartbeat.bench.load.report.IdleReport;
import dev.heartbeat.bench.load.report.PlanReport;
import dev.heartbeat.bench.load.report.RestartReport;
import dev.heartbeat.bench.load.report.SoakReport;
import dev.heartbeat.bench.load.server.Terms;
import java.time.Duration;
import java.util.List;
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
        subcommands = {BenchBulkCommand.class, RollCommand.class},
        description = {
            "Measures Heartbeat under load over real sockets, and in the same run a Netty handler by hand, a plain echo in Java, and one in C.",
            "Each server is a process on one core; the load is a process on another core. Every answer is checked.",
            "If a server misbehaves, the exit status is 1 and no figure is printed."
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

    private static final Terms BRIEF_GRACE = new Terms(Duration.ofSeconds(1), Duration.ofSeconds(2), 1);

    /** Each attack has an address of its own, with so many ports. */
    private static final int MAX_HOSTILE = 20_000;

    private static final int MAX_FLOODS = 1000;

    /** As fast as a fleet beats in practice. */
    private static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(1);

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a scenario is missing");
    }

    @Command(
            name = "closed",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = "Each connection sends its next heartbeat when it has an answer.")
    int closed(
            @Option(
                            names = "--connections",
                            paramLabel = "N",
                            defaultValue = "1000",
                            description = "Connections (default: ${DEFAULT-VALUE}).")
                    int connections,
            @Option(
                            names = "--in-flight",
                            paramLabel = "N",
                            defaultValue = "1",
                            description = "Unanswered heartbeats per connection at a time (default: ${DEFAULT-VALUE}).")
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
                    "A few connections; each writes many heartbeats at once, after all earlier ones are answered.")
    int pipeline(
            @Option(
                            names = "--connections",
                            paramLabel = "N",
                            defaultValue = "10",
                            description = "Connections (default: ${DEFAULT-VALUE}).")
                    int connections,
            @Option(
                            names = "--per-write",
                            paramLabel = "N",
                            defaultValue = "64",
                            description = "Heartbeats per write (default: ${DEFAULT-VALUE}).")
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
                "Heartbeats at a fixed rate, independent of the servers; latency counts from the time each was due.",
                "Nodes are SUSPECT after 2.5 times their heartbeat interval, and after 2.5 s if the interval is below 1 s."
            })
    int open(
            @Mixin RateFlags rates,
            @Option(
                            names = "--garbage",
                            paramLabel = "S",
                            defaultValue = "0",
                            description =
                                    "Seconds of each turn in which the server's process makes garbage that lengthens young collections (default: ${DEFAULT-VALUE}).")
                    double garbage,
            @Mixin LoadFlags flags)
            throws InterruptedException {
        requireRate(rates, flags);
        if (!(garbage >= 0 && garbage <= flags.seconds())) {
            throw flags.bad("--garbage is " + garbage + ", allowed is 0 to --seconds, which is " + flags.seconds());
        }
        Open scenario =
                new Open("open", rates.connections(), rates.rate(), Duration.ofMillis(Math.round(garbage * 1000)));
        return compare(scenario, flags.options(beating(rates), subject -> true), flags);
    }

    @Command(
            name = "oneway",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "Heartbeats at a fixed rate, with all or only some of them answered; each read has one heartbeat.",
                "At a low rate each heartbeat wakes the server; the wake-up is most of its cost, with or without an answer."
            })
    int oneWay(
            @Option(
                            names = "--connections",
                            paramLabel = "N",
                            defaultValue = "1000",
                            description = "Connections (default: ${DEFAULT-VALUE}).")
                    int connections,
            @Option(
                            names = "--rate",
                            paramLabel = "N",
                            defaultValue = "100000",
                            description = "Heartbeats per second, over all connections (default: ${DEFAULT-VALUE}).")
                    double rate,
            @Option(
                            names = "--ack-every",
                            paramLabel = "N",
                            defaultValue = "10",
                            description = "Answers every N-th heartbeat (default: ${DEFAULT-VALUE}).")
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
            description = "Nodes connect and register as fast as the server allows.")
    int connect(
            @Option(
                            names = "--connections",
                            paramLabel = "N",
                            defaultValue = "10000",
                            description = "Connections (default: ${DEFAULT-VALUE}).")
                    int connections,
            @Option(
                            names = "--at-once",
                            paramLabel = "N",
                            defaultValue = "100",
                            description = "Unregistered connections at a time (default: ${DEFAULT-VALUE}).")
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
                    "All nodes lose their connections at once and come back. Each is SUSPECT meanwhile; none should be OFFLINE, because the grace is 30 s.")
    int storm(
            @Option(
                            names = "--connections",
                            paramLabel = "N",
                            defaultValue = "10000",
                            description = "Connections (default: ${DEFAULT-VALUE}).")
                    int connections,
            @Option(
                            names = "--at-once",
                            paramLabel = "N",
                            defaultValue = "2000",
                            description = "Unregistered connections at a time (default: ${DEFAULT-VALUE}).")
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
                "One server under a fixed rate for a long time, such as --seconds 3600. Its memory and CPU time are sampled.",
                "The exit status is 1 if a node was SUSPECT or OFFLINE, or if an answer is missing."
            })
    int soak(@Mixin RateFlags rates, @Mixin LoadFlags flags) throws InterruptedException {
        requireRate(rates, flags);
        flags.secondsByDefault(60);
        LoadRun.Options options = flags.options(beating(rates), subject -> subject == Subject.HEARTBEAT_NIO);
        Open scenario = new Open("soak", rates.connections(), rates.rate(), Duration.ZERO);
        Soak soak = new Soak(options);
        Soak.Result result = new LongRun(spec, "load", Soak.samples(options.measured()))
                .orSoFar(
                        () -> flags.print(soak.soFar().size() + " samples", SoakReport.overTime(soak.soFar())),
                        bar -> soak.run(scenario, bar));
        flags.tell("soak", new SoakReport(scenario, result));
        return result.isCalm() ? 0 : 1;
    }

    @Command(
            name = "plan",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "Memory and CPU time of one server for idle nodes that only send heartbeats: measured at several fleet sizes, and extrapolated linearly to larger ones.",
                "--seconds is the time to measure each size at each interval; --pairs has no effect."
            })
    int plan(
            @Option(
                            names = "--sizes",
                            paramLabel = "N",
                            split = ",",
                            defaultValue = "1000,2000,5000,10000,18000",
                            description = "Fleet sizes, ascending (default: ${DEFAULT-VALUE}).")
                    List<Integer> sizes,
            @Option(
                            names = "--intervals",
                            paramLabel = "TIME",
                            split = ",",
                            defaultValue = "10s,30s",
                            description = "Heartbeat intervals (default: ${DEFAULT-VALUE}).")
                    List<Duration> intervals,
            @Mixin LoadFlags flags)
            throws InterruptedException {
        flags.secondsByDefault(8);
        intervals.forEach(interval -> flags.requireInterval("--intervals", interval));
        for (int size : sizes) {
            flags.requireConnections("--sizes", size);
            intervals.forEach(interval -> requireRate(
                    "--sizes has " + size + " and --intervals " + DurationConverter.format(interval),
                    size * 1e9 / interval.toNanos(),
                    1,
                    flags));
        }
        LoadRun.Options options = flags.options(
                new Terms(Duration.ofMinutes(10), Duration.ZERO, 1), subject -> subject == Subject.HEARTBEAT_NIO);
        Plan plan = new Plan(options, sizes, intervals);
        Plan.Result result = new LongRun(spec, "load", 1 + (long) sizes.size() * intervals.size())
                .orSoFar(
                        () -> flags.print(
                                plan.soFar().sizes().size() + " of " + sizes.size() + " sizes",
                                new PlanReport(plan.soFar()).markdown()),
                        plan::run);
        flags.tell("plan", new PlanReport(result));
        return 0;
    }

    @Command(
            name = "idle",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "Memory that registered, idle nodes take on each server, per node: growth over the server without them.",
                "--pairs and --seconds have no effect."
            })
    int idle(
            @Option(
                            names = "--connections",
                            paramLabel = "N",
                            defaultValue = "10000",
                            description = "Connections (default: ${DEFAULT-VALUE}).")
                    int connections,
            @Mixin LoadFlags flags)
            throws InterruptedException {
        flags.requireConnections("--connections", connections);
        LoadRun.Options options = flags.optionsOverBoth(CALM, Subject::hasTls);
        Idle idle = new Idle(options, connections);
        List<Idle.Weight> seen = new LongRun(spec, "load", options.contestants().size())
                .orSoFar(
                        () -> flags.print(idle.soFar().size() + " servers", new IdleReport(idle.soFar()).markdown()),
                        idle::run);
        flags.tell("idle", new IdleReport(seen));
        return 0;
    }

    @Command(
            name = "restart",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "The server's process ends and another takes its place: all nodes come back at once.",
                "With --tls they resume their sessions, by ticket keys in a file. --pairs is 1 by default; the exit status is 1 if a node was OFFLINE."
            })
    int restart(
            @Option(
                            names = "--connections",
                            paramLabel = "N",
                            defaultValue = "10000",
                            description = "Connections (default: ${DEFAULT-VALUE}).")
                    int connections,
            @Option(
                            names = "--at-once",
                            paramLabel = "N",
                            defaultValue = "4000",
                            description = "Unregistered connections at a time (default: ${DEFAULT-VALUE}).")
                    int atOnce,
            @Mixin LoadFlags flags)
            throws InterruptedException {
        flags.requireConnections("--connections", connections);
        flags.requireRange("--at-once", atOnce, 1, MAX_AT_ONCE);
        flags.pairsByDefault(1);
        flags.resumeAfterRestart();
        LoadRun.Options options = flags.options(
                WITH_GRACE, subject -> subject == Subject.HEARTBEAT_NIO || subject == Subject.HEARTBEAT_NETTY);
        Restart restart = new Restart(options, connections, atOnce);
        List<Restart.Return> seen = new LongRun(
                        spec,
                        "load",
                        (long) options.rounds() * options.contestants().size())
                .orSoFar(
                        () -> flags.print(
                                restart.soFar().size() + " restarts", new RestartReport(restart.soFar()).markdown()),
                        restart::run);
        flags.tell("restart", new RestartReport(seen));
        return seen.stream().allMatch(each -> each.state().offline() == 0) ? 0 : 1;
    }

    @Command(
            name = "hostile",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "Peers of many kinds attack the server while honest nodes beat every second: some dawdle before their registration, some never read, some flood.",
                "--seconds is the length of the attack; --pairs has no effect. The exit status is 1 if an honest node was SUSPECT or OFFLINE, or the server was not idle again within 10 s."
            })
    int hostile(
            @Option(
                            names = "--honest",
                            paramLabel = "N",
                            defaultValue = "5000",
                            description = "Honest nodes (default: ${DEFAULT-VALUE}).")
                    int honest,
            @Option(
                            names = "--dawdlers",
                            paramLabel = "N",
                            defaultValue = "2000",
                            description =
                                    "Connections that dawdle in the handshake or before REGISTER (default: ${DEFAULT-VALUE}).")
                    int dawdlers,
            @Option(
                            names = "--deaf",
                            paramLabel = "N",
                            defaultValue = "2000",
                            description = "Registered peers that never read (default: ${DEFAULT-VALUE}).")
                    int deaf,
            @Option(
                            names = "--floods",
                            paramLabel = "N",
                            defaultValue = "10",
                            description =
                                    "Peers of each flood: REGISTER, takeover, attach, PING, UPDATE, garbage (default: ${DEFAULT-VALUE}).")
                    int floods,
            @Mixin LoadFlags flags)
            throws InterruptedException {
        flags.requireConnections("--honest", honest);
        flags.requireRange("--dawdlers", dawdlers, 0, MAX_HOSTILE);
        flags.requireRange("--deaf", deaf, 0, MAX_HOSTILE);
        flags.requireRange("--floods", floods, 0, MAX_FLOODS);
        flags.secondsByDefault(60);
        LoadRun.Options options = flags.options(
                BRIEF_GRACE, subject -> subject == Subject.HEARTBEAT_NIO || subject == Subject.HEARTBEAT_NETTY);
        Hostile hostile = new Hostile(options, new Hostile.Peers(honest, dawdlers, deaf, floods));
        List<Hostile.Result> seen = new LongRun(spec, "load", hostile.count())
                .orSoFar(
                        () -> flags.print(
                                hostile.soFar().size() + " servers", new HostileReport(hostile.soFar()).markdown()),
                        hostile::run);
        flags.tell("hostile", new HostileReport(seen));
        return seen.stream().allMatch(Hostile.Result::isBorne) ? 0 : 1;
    }

    private static Terms beating(RateFlags rates) {
        Duration interval = Duration.ofMillis(Math.round(rates.connections() * 1000 / rates.rate()));
        return new Terms(interval.compareTo(SHORTEST_INTERVAL) < 0 ? SHORTEST_INTERVAL : interval, Duration.ZERO, 1);
    }

    private static void requireRate(RateFlags rates, LoadFlags flags) {
        requireRate(rates.connections(), rates.rate(), 1, flags);
    }

    private static void requireRate(int connections, double rate, int answerEvery, LoadFlags flags) {
        flags.requireConnections("--connections", connections);
        requireRate("--rate is " + rate, rate, answerEvery == 1 ? 1 : (double) connections * answerEvery, flags);
    }

    /**
     * A rate in its bounds, by which the first answer is not so late that the server would be taken
     * for dead.
     *
     * @param option the option and its value, as an error begins
     * @param beats until the first answer
     */
    private static void requireRate(String option, double rate, double beats, LoadFlags flags) {
        if (!(rate > 0 && rate <= MAX_RATE)) {
            throw flags.bad(option + ", allowed is a rate of more than 0 to " + (long) MAX_RATE);
        }
        double seconds = beats / rate;
        if (seconds > LONGEST_BETWEEN_ANSWERS.toSeconds()) {
            throw flags.bad(option + ", by which the first answer comes after " + seconds + " s; allowed is "
                    + LONGEST_BETWEEN_ANSWERS.toSeconds() + " s");
        }
    }

    private int compare(Scenario scenario, LoadRun.Options options, LoadFlags flags) throws InterruptedException {
        LoadRun run = new LoadRun(options);
        List<Series> seen = new LongRun(spec, "load", options.turns())
                .orSoFar(() -> printSoFar(scenario, run.soFar(), flags), bar -> run.run(scenario, bar));
        flags.tell(scenario.name(), new Comparison(scenario, seen));
        return 0;
    }

    private static void printSoFar(Scenario scenario, List<Series> seen, LoadFlags flags) {
        int rounds = seen.isEmpty() ? 0 : seen.get(0).turns().size();
        flags.print(rounds + " rounds", rounds == 0 ? List.of() : new Comparison(scenario, seen).markdown());
    }
}
