package dev.heartbeat.cli;

import dev.heartbeat.cli.DemoFleet.Group;
import dev.heartbeat.cli.Detection.Signal;
import dev.heartbeat.cli.Detection.Verdict;
import dev.heartbeat.cli.Promise.Expectation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;

/**
 * The chapters of the demo. Each does one thing to the fleet, waits for what comes of it, and
 * reports both.
 */
final class DemoStory {
    private static final Duration START = Duration.ofSeconds(30);
    private static final Duration START_PER_NODE = Duration.ofMillis(2);
    private static final Duration COME_BACK = Duration.ofSeconds(15);
    /** The wait beyond what is promised, so that late is distinguished from never. */
    private static final Duration OVERTIME = Duration.ofSeconds(2);

    private final DemoOptions options;
    private final DemoFleet fleet;
    private final View view;
    private final EventLog log;
    private final List<Signal> signals = new CopyOnWriteArrayList<>();

    DemoStory(DemoOptions options, DemoFleet fleet, View view) {
        this.options = options;
        this.fleet = fleet;
        this.view = view;
        this.log = fleet.log();
    }

    void connect() throws InterruptedException {
        require(() -> log.last("listening").isPresent(), START, "the server does not listen");
        view.tell("server " + fleet.serverPid() + " listens on port " + fleet.port());
        List<Group> groups = options.groups();
        view.tell(options.nodes() + " nodes connect from " + groups.size() + " processes");
        view.watch(() -> FleetStatus.of(fleet));
        groups.forEach(fleet::connect);
        require(this::allOnline, START.plus(START_PER_NODE.multipliedBy(options.nodes())), "not all nodes came online");
        view.tell("all " + options.nodes() + " nodes are online");
    }

    void steady() throws InterruptedException {
        String interval = DurationConverter.format(options.promise().interval());
        String steady = DurationConverter.format(options.steady());
        view.tell("heartbeat interval " + interval + "; no faults for " + steady);
        await(() -> false, options.steady());
    }

    void kill() throws InterruptedException {
        Group victims = options.killed();
        Promise promise = options.promise();
        view.tell("SIGKILL to process " + fleet.pid(victims) + ", " + victims.size() + " nodes");
        signal("SIGKILL", victims, promise.suspectAfterKill(), promise.offlineAfterKill());
        fleet.kill(victims);
        awaitOffline(victims);
    }

    void stop() throws InterruptedException {
        Group victims = options.stopped();
        Promise promise = options.promise();
        view.tell("SIGSTOP to process " + fleet.pid(victims) + ", " + victims.size() + " nodes");
        signal("SIGSTOP", victims, promise.suspectAfterStop(), promise.offlineAfterStop());
        fleet.pause(victims);
        awaitOffline(victims);
    }

    void comeBack() throws InterruptedException {
        Expectation back = options.promise().back(COME_BACK);
        view.tell("SIGCONT to process " + fleet.pid(options.stopped()) + "; the killed process starts again");
        signal("SIGCONT", options.stopped(), back);
        fleet.resume(options.stopped());
        signal("restart", options.killed(), back);
        fleet.connect(options.killed());
        boolean all = await(this::allOnline, COME_BACK.plus(OVERTIME));
        view.tell(all ? "all " + options.nodes() + " nodes are online again" : "not all nodes came back");
    }

    /** The verdict on the server so far. Any thread. */
    Verdict verdict() {
        return Detection.judge(log.nodeLines(), signals);
    }

    /** Notes the time; whatever is sent is sent after this. */
    private void signal(String name, Group group, Expectation... expected) {
        signals.add(new Signal(name, Instant.now(), group.nodes(), List.of(expected)));
    }

    private boolean allOnline() {
        return log.count("online") >= options.nodes();
    }

    private void awaitOffline(Group victims) throws InterruptedException {
        Promise promise = options.promise();
        List<String> nodes = victims.nodes();
        Duration patience = promise.timeout().plus(promise.tolerance()).plus(OVERTIME);
        boolean all = await(() -> log.areAll(nodes, "offline"), patience);
        view.tell(all ? "the server reports all of them OFFLINE" : "the server has not detected all of them");
    }

    private void require(BooleanSupplier condition, Duration patience, String otherwise) throws InterruptedException {
        if (!await(condition, patience)) {
            throw new Failure(otherwise + " within " + DurationConverter.format(patience));
        }
    }

    private boolean await(BooleanSupplier condition, Duration patience) throws InterruptedException {
        BooleanSupplier orDead = () -> {
            fleet.requireAlive();
            return condition.getAsBoolean();
        };
        return log.await(orDead, patience);
    }
}
