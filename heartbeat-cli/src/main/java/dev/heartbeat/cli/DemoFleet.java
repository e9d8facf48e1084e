package dev.heartbeat.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/**
 * The processes of the demo: one server, and the clients in groups, each group a process that can
 * be hurt by itself.
 */
final class DemoFleet implements AutoCloseable {
    private static final Duration GOODBYE = Duration.ofSeconds(10);
    private static final String STATS_EVERY = "500ms";

    /**
     * The nodes of one process.
     *
     * @param name what they are
     * @param size how many
     * @param server the address at which they find the server
     */
    record Group(String name, int size, String server) {
        List<String> nodes() {
            return NodeIds.upTo(prefix(), size);
        }

        private String prefix() {
            return name + "-";
        }
    }

    private final EventLog log = new EventLog();
    private final RoundTrips roundTrips = new RoundTrips();
    private final Consumer<String> notes;
    private final Thread lastResort = new Thread(this::close, "demo-end");
    private final Map<Group, ChildProcess> clients = new LinkedHashMap<>();
    private final List<ChildProcess> children = new ArrayList<>();
    private final ChildProcess server;
    private boolean closed;
    private volatile boolean ending;

    /** Starts the server; notes are for people. */
    DemoFleet(String serverMain, String host, int nodes, Promise promise, boolean hasPage, Consumer<String> notes) {
        this.notes = note -> {
            // Whoever is being ended has nothing to say that is of interest.
            if (!ending) {
                notes.accept(note);
            }
        };
        Runtime.getRuntime().addShutdownHook(lastResort);
        server = start("server", 64 + nodes / 50, serverMain, serverArguments(host, promise, hasPage), log::add);
    }

    private static List<String> serverArguments(String host, Promise promise, boolean hasPage) {
        List<String> arguments = new ArrayList<>(List.of(
                "server",
                "--host=" + host,
                "--port=0",
                "--interval=" + DurationConverter.format(promise.interval()),
                "--suspect=" + DurationConverter.format(promise.suspect()),
                "--timeout=" + DurationConverter.format(promise.timeout()),
                "--stats-every=" + STATS_EVERY,
                "--measure-heap"));
        if (hasPage) {
            arguments.add("--admin=0");
        }
        return arguments;
    }

    /** The log of what the server reports. */
    EventLog log() {
        return log;
    }

    /** The round trips of the last moments, as the clients measure them. */
    Histogram recentRoundTrips() {
        return roundTrips.now();
    }

    /** All round trips. */
    Histogram totalRoundTrips() {
        return roundTrips.all();
    }

    /** The port where the server listens, once it does. */
    int port() {
        return (int) log.last("listening").orElseThrow().number("port");
    }

    /** The port of the live page, once the server listens. */
    int pagePort() {
        return (int) log.last("listening").orElseThrow().number("adminPort");
    }

    long serverPid() {
        return server.pid();
    }

    /** The process that a group's nodes are in now. */
    long pid(Group group) {
        return process(group).pid();
    }

    /** Starts the nodes of a group, for the first time or anew; the server must be listening. */
    void connect(Group group) {
        ChildProcess process = start(
                group.name(),
                64 + group.size() / 50,
                Main.class.getName(),
                List.of(
                        "client",
                        "--host=" + group.server(),
                        "--port=" + port(),
                        "--node-id-prefix=" + group.prefix(),
                        "--count=" + group.size(),
                        "--quiet",
                        "--stats-every=" + STATS_EVERY,
                        "--rtt-histogram"),
                line -> roundTrips.add(group.name(), line));
        clients.put(group, process);
    }

    /** SIGKILL: its nodes are gone without a word, and the kernel closes their connections. */
    void kill(Group group) {
        process(group).kill();
        clients.remove(group);
    }

    /** SIGSTOP: its nodes fall silent, and their connections stay. */
    void pause(Group group) {
        process(group).pause();
    }

    /** SIGCONT. */
    void resume(Group group) {
        process(group).resume();
    }

    /** Fails if a process is gone that nobody killed. */
    void requireAlive() {
        requireAlive(server);
        clients.values().forEach(this::requireAlive);
    }

    /** Ends every process in order, the server last. */
    void end() throws InterruptedException {
        ending = true;
        for (ChildProcess process : clients.values()) {
            process.terminate();
        }
        for (ChildProcess process : clients.values()) {
            process.awaitEnd(GOODBYE);
        }
        server.terminate();
        if (!server.awaitEnd(GOODBYE) || server.exitStatus() != 0) {
            throw new Failure("the server did not stop in order");
        }
    }

    /** Ends every process that is still there, whatever it does, and lets no further one start. */
    @Override
    public void close() {
        List<ChildProcess> rest;
        synchronized (children) {
            closed = true;
            rest = List.copyOf(children);
        }
        rest.forEach(ChildProcess::kill);
        rest.forEach(ChildProcess::resume);
    }

    private ChildProcess start(
            String name, int heapMegabytes, String main, List<String> arguments, Consumer<EventLine> events) {
        synchronized (children) {
            requireOpen();
            ChildProcess process = ChildProcess.start(
                    name,
                    javaOptions(heapMegabytes),
                    main,
                    arguments,
                    line -> events.accept(EventLine.parse(line)),
                    note -> notes.accept(name + ": " + note));
            children.add(process);
            return process;
        }
    }

    private static List<String> javaOptions(int heapMegabytes) {
        return List.of(
                "-Xmx" + heapMegabytes + "m",
                "-XX:+UseSerialGC",
                // Quick to start: several of them start at once, on as few as two cores, and live
                // for half a minute.
                "-XX:TieredStopAtLevel=1",
                // The reader notes the time, and knows nothing of the threads.
                "-Dorg.slf4j.simpleLogger.showDateTime=false",
                "-Dorg.slf4j.simpleLogger.showThreadName=false");
    }

    private void requireOpen() {
        if (closed) {
            throw new Failure("the demo was interrupted");
        }
    }

    private ChildProcess process(Group group) {
        return Objects.requireNonNull(clients.get(group), () -> "no process of " + group);
    }

    private void requireAlive(ChildProcess process) {
        if (!process.isAlive()) {
            synchronized (children) {
                requireOpen();
            }
            throw new Failure("the process \"" + process.name() + "\" ended by itself, status " + process.exitStatus());
        }
    }
}
