package dev.heartbeat.cli;

import dev.heartbeat.cli.DemoFleet.Group;
import dev.heartbeat.cli.Detection.Signal;
import dev.heartbeat.cli.Detection.Verdict;
import dev.heartbeat.cli.Promise.Expectation;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows what the bus does, on this machine and in half a minute: a fleet connects, parts of it are hurt, and come back. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        description = {
            "Starts a server and many nodes in processes of their own, kills one process and stops another,",
            "and compares how long the server took to notice with what its options promise.",
            "The exit status is 0 if every node was noticed in time and none was called OFFLINE falsely."
        })
final class DemoCommand implements Callable<Integer> {
    private static final Duration START = Duration.ofSeconds(30);
    private static final Duration COME_BACK = Duration.ofSeconds(15);
    /** How much longer than promised is waited, so that late is told from never. */
    private static final Duration OVERTIME = Duration.ofSeconds(2);

    @Spec
    private CommandSpec spec;

    @Mixin
    private DemoOptions options;

    @Option(names = "--plain", description = "Print line after line, also on a terminal.")
    private boolean plain;

    @Option(names = "--server-main", hidden = true, defaultValue = "dev.heartbeat.cli.Main")
    private String serverMain;

    private final List<Signal> signals = new ArrayList<>();

    @Override
    public Integer call() throws InterruptedException {
        options.check();
        PrintStream out = System.out;
        View view = plain || !Ansi.AUTO.enabled()
                ? new PlainView(out)
                : new TerminalView(out, spec.usageMessage().width(), options.nodes());
        // An interrupted demo leaves the terminal in order, too.
        Runtime.getRuntime().addShutdownHook(new Thread(view::end, "view-end"));
        try (DemoFleet fleet = new DemoFleet(serverMain, options.nodes(), options.promise(), view::tell)) {
            connect(fleet, view);
            steady(fleet, view);
            kill(fleet, view);
            stop(fleet, view);
            comeBack(fleet, view);
            Verdict verdict = Detection.judge(fleet.log().nodeLines(), signals);
            FleetStatus status = FleetStatus.of(fleet);
            view.end();
            fleet.end();
            new SummaryTable(out)
                    .print(
                            options.promise(),
                            verdict,
                            status,
                            fleet.roundTrips().all());
            return verdict.passed() ? 0 : 1;
        } finally {
            view.end();
        }
    }

    private void connect(DemoFleet fleet, View view) throws InterruptedException {
        EventLog log = fleet.log();
        require(fleet, () -> log.last("listening").isPresent(), START, "the server does not listen");
        view.tell("server " + fleet.serverPid() + " listens on port "
                + (int) log.last("listening").orElseThrow().number("port"));
        view.watch(() -> FleetStatus.of(fleet));
        List<Group> groups = options.groups();
        view.tell(options.nodes() + " nodes connect from " + groups.size() + " processes");
        groups.forEach(fleet::connect);
        require(fleet, () -> log.count("online") >= options.nodes(), START, "not all nodes came online");
        view.tell("all " + options.nodes() + " nodes are online");
    }

    private void steady(DemoFleet fleet, View view) throws InterruptedException {
        view.tell(
                "each beats every " + DurationConverter.format(options.promise().interval()) + "; for "
                        + DurationConverter.format(options.steady()) + " nothing happens");
        await(fleet, () -> false, options.steady());
    }

    private void kill(DemoFleet fleet, View view) throws InterruptedException {
        Group victims = options.killed();
        view.tell("SIGKILL to process " + fleet.pid(victims) + ", " + victims.size() + " nodes");
        Promise promise = options.promise();
        signal("SIGKILL", victims, promise.suspectAfterKill(), promise.offlineAfterKill());
        fleet.kill(victims);
        awaitOffline(fleet, view, victims);
    }

    private void stop(DemoFleet fleet, View view) throws InterruptedException {
        Group victims = options.stopped();
        view.tell("SIGSTOP to process " + fleet.pid(victims) + ", " + victims.size() + " nodes");
        Promise promise = options.promise();
        signal("SIGSTOP", victims, promise.suspectAfterStop(), promise.offlineAfterStop());
        fleet.pause(victims);
        awaitOffline(fleet, view, victims);
    }

    private void comeBack(DemoFleet fleet, View view) throws InterruptedException {
        view.tell("SIGCONT to process " + fleet.pid(options.stopped()) + ", and the killed process starts anew");
        Expectation back = options.promise().back(COME_BACK);
        signal("SIGCONT", options.stopped(), back);
        fleet.resume(options.stopped());
        signal("restart", options.killed(), back);
        fleet.connect(options.killed());
        boolean all = await(fleet, () -> fleet.log().count("online") >= options.nodes(), COME_BACK.plus(OVERTIME));
        view.tell(all ? "all " + options.nodes() + " nodes are online again" : "not all nodes came back");
    }

    /** Whatever is sent is sent after this. */
    private void signal(String name, Group group, Expectation... expected) {
        signals.add(new Signal(name, Instant.now(), group.nodes(), List.of(expected)));
    }

    private void awaitOffline(DemoFleet fleet, View view, Group victims) throws InterruptedException {
        Promise promise = options.promise();
        List<String> nodes = victims.nodes();
        boolean all = await(
                fleet,
                () -> fleet.log().areAll(nodes, "offline"),
                promise.timeout().plus(promise.tolerance()).plus(OVERTIME));
        view.tell(all ? "the server calls all of them OFFLINE" : "the server has not noticed all of them");
    }

    private static void require(DemoFleet fleet, BooleanSupplier condition, Duration patience, String otherwise)
            throws InterruptedException {
        if (!await(fleet, condition, patience)) {
            throw new Failure(otherwise + " within " + DurationConverter.format(patience));
        }
    }

    private static boolean await(DemoFleet fleet, BooleanSupplier condition, Duration patience)
            throws InterruptedException {
        return fleet.log()
                .await(
                        () -> {
                            fleet.requireAlive();
                            return condition.getAsBoolean();
                        },
                        patience);
    }
}
