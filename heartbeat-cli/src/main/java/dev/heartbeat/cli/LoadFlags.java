package dev.heartbeat.cli;

import dev.heartbeat.bench.load.Contestant;
import dev.heartbeat.bench.load.LoadRun;
import dev.heartbeat.bench.load.Subject;
import dev.heartbeat.bench.load.generator.Sessions;
import dev.heartbeat.bench.load.report.Environment;
import dev.heartbeat.bench.load.report.Report;
import dev.heartbeat.bench.load.report.ReportFolder;
import dev.heartbeat.bench.load.server.Endpoint;
import dev.heartbeat.bench.load.server.Terms;
import dev.heartbeat.tls.BenchmarkTls;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/**
 * The common options of all scenarios of {@code load}: who is put under load, how often, for how
 * long, and where.
 */
final class LoadFlags {
    private static final int MAX_PAIRS = 1000;
    private static final double MIN_SECONDS = 0.05;
    private static final double MAX_SECONDS = 86_400;

    /** A turn warms up for this part of the time it is measured. */
    private static final int WARM_UP = 3;

    private static final Duration MAX_WARM_UP = Duration.ofSeconds(5);
    private static final int MAX_CORE = 1023;

    @Spec(Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--pairs",
            paramLabel = "N",
            defaultValue = "10",
            description = "Measured turns per server (default: ${DEFAULT-VALUE}).")
    private int pairs;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description =
                    "Measured seconds per turn, fractions allowed; a third of it is added before to warm up (default: 1; soak: 60, plan: 8).")
    private double seconds = 1;

    @Option(
            names = "--subjects",
            paramLabel = "NAME",
            split = ",",
            description =
                    "Servers to measure, separated by commas: heartbeat-nio, heartbeat-netty, netty, nio-echo, epoll-echo (default: all suitable ones).")
    private @Nullable List<String> subjects;

    @Option(
            names = "--tls",
            paramLabel = "ENGINE",
            description =
                    "Servers speak TLS 1.3 by this engine, jdk or openssl; those of Heartbeat run without TLS too.")
    private @Nullable String tls;

    @Option(
            names = "--resume",
            description = "Nodes resume their TLS sessions; without it each handshake is a full one.")
    private boolean resume;

    @Option(names = "--server", paramLabel = "HOST:PORT", description = "Running HBP/2 server to measure instead.")
    private @Nullable String server;

    @Option(
            names = "--server-pid",
            paramLabel = "PID",
            description = "Process id of that server, to measure its CPU time and memory.")
    private long serverPid;

    @Option(names = "--server-java", paramLabel = "OPTION", description = "JVM option for the servers.")
    private List<String> serverJava = new ArrayList<>();

    @Option(
            names = "--server-core",
            paramLabel = "CORE",
            defaultValue = "0",
            description = "CPU core for the servers (default: ${DEFAULT-VALUE}).")
    private int serverCore;

    @Option(
            names = "--load-core",
            paramLabel = "CORE",
            defaultValue = "1",
            description = "CPU core for the load (default: ${DEFAULT-VALUE}).")
    private int loadCore;

    @Option(
            names = "--out",
            paramLabel = "FOLDER",
            description = "Writes a Markdown page, its pictures, and all numbers as JSON into this folder.")
    private @Nullable Path out;

    /**
     * Each of those that were asked for, on the same terms; where nobody was, of all that are
     * suitable.
     */
    LoadRun.Options options(Terms terms, Predicate<Subject> suitable) {
        return options(contestants(terms, suitable));
    }

    /**
     * The same, each in two forms: one answers every heartbeat, the other every N-th.
     */
    LoadRun.Options optionsOneWay(Terms terms, int answerEvery) {
        Terms oneWay = new Terms(terms.interval(), terms.grace(), answerEvery);
        if (server != null) {
            return options(List.of(running(server, oneWay)));
        }
        if (tls != null) {
            throw bad("--tls is " + tls + ", and this scenario has no TLS");
        }
        List<Contestant> contestants = new ArrayList<>();
        for (Subject subject : chosen(subject -> !subject.isEcho())) {
            contestants.add(Contestant.of(subject, subject.label() + ", each answered", terms, true));
            contestants.add(
                    Contestant.of(subject, subject.label() + ", each " + answerEvery + "th answered", oneWay, false));
        }
        return options(contestants);
    }

    /** The same, each over TLS and without it, if TLS was asked for. */
    LoadRun.Options optionsOverBoth(Terms terms, Predicate<Subject> suitable) {
        List<Contestant> contestants = new ArrayList<>(plain(terms, suitable));
        if (tls != null) {
            contestants.addAll(0, overTls(tls, terms, suitable));
        }
        return options(contestants);
    }

    private LoadRun.Options options(List<Contestant> contestants) {
        requireRange("--pairs", pairs, 1, MAX_PAIRS);
        if (!(seconds >= MIN_SECONDS && seconds <= MAX_SECONDS)) {
            throw bad("--seconds is " + seconds + ", allowed is " + MIN_SECONDS + " to " + MAX_SECONDS);
        }
        requireRange("--server-core", serverCore, 0, MAX_CORE);
        requireRange("--load-core", loadCore, 0, MAX_CORE);
        requireEngine();
        requireFolder();
        Duration measured = Duration.ofMillis(Math.round(seconds * 1000));
        Duration warmUp = measured.dividedBy(WARM_UP);
        return new LoadRun.Options(
                contestants,
                pairs,
                warmUp.compareTo(MAX_WARM_UP) < 0 ? warmUp : MAX_WARM_UP,
                measured,
                serverCore,
                loadCore,
                serverJava);
    }

    private List<Contestant> contestants(Terms terms, Predicate<Subject> suitable) {
        if (server != null) {
            return List.of(running(server, terms));
        }
        if (tls == null) {
            return plain(terms, suitable);
        }
        List<Contestant> contestants = new ArrayList<>(overTls(tls, terms, suitable));
        for (Subject subject : chosen(suitable)) {
            if (isHeartbeat(subject)) {
                contestants.add(Contestant.of(subject, subject.label(), terms, true));
            }
        }
        return contestants;
    }

    private List<Contestant> plain(Terms terms, Predicate<Subject> suitable) {
        return chosen(suitable).stream()
                .map(subject -> Contestant.of(subject, subject.label(), terms, isBaseline(subject)))
                .toList();
    }

    private List<Contestant> overTls(String engine, Terms terms, Predicate<Subject> suitable) {
        return chosen(suitable).stream()
                .filter(Subject::hasTls)
                .map(subject -> Contestant.over(Endpoint.over(engine), sessions(), subject, terms, isBaseline(subject)))
                .toList();
    }

    private static boolean isBaseline(Subject subject) {
        return !isHeartbeat(subject);
    }

    private static boolean isHeartbeat(Subject subject) {
        return !subject.isEcho() && subject != Subject.NETTY;
    }

    private Sessions sessions() {
        if (tls == null) {
            return Sessions.PLAIN;
        }
        return resume ? Sessions.RESUMED : Sessions.FULL;
    }

    /** Nodes resume their sessions where a server can open the tickets of the one before it. */
    void resumeAfterRestart() {
        resume = "openssl".equals(tls);
    }

    /** Sets the pairs if nothing else was said. */
    void pairsByDefault(int value) {
        if (!spec.commandLine().getParseResult().hasMatchedOption("--pairs")) {
            pairs = value;
        }
    }

    /** That there is an engine to speak TLS with. */
    private void requireEngine() {
        if (tls != null) {
            BenchmarkTls.objection(tls).ifPresent(why -> {
                throw bad("--tls is " + tls + ", which cannot be: " + why);
            });
        } else if (resume) {
            throw bad("--resume needs --tls");
        }
    }

    private List<Subject> chosen(Predicate<Subject> suitable) {
        if (subjects == null) {
            return Arrays.stream(Subject.values()).filter(suitable).toList();
        }
        for (String name : subjects) {
            if (Arrays.stream(Subject.values())
                    .noneMatch(subject -> subject.id().equals(name))) {
                throw bad("--subjects has " + name + ", allowed are " + Arrays.toString(Subject.values()));
            }
        }
        return Arrays.stream(Subject.values())
                .filter(subject -> subjects.contains(subject.id()))
                .toList();
    }

    double seconds() {
        return seconds;
    }

    /** Sets the seconds if nothing else was said. */
    void secondsByDefault(double value) {
        if (!spec.commandLine().getParseResult().hasMatchedOption("--seconds")) {
            seconds = value;
        }
    }

    void requireRange(String option, long value, long smallest, long largest) {
        Allowed.range(spec.commandLine(), option, value, smallest, largest);
    }

    void requireInterval(String option, Duration value) {
        Allowed.range(spec.commandLine(), option, value, Duration.ofMillis(100), Duration.ofHours(24));
    }

    /** That one process may hold so many connections. */
    void requireConnections(String option, long value) {
        if (value < 1 || value > Limits.localConnections()) {
            throw bad(Limits.outOfRange(option, value, 1, Limits.localConnections()));
        }
    }

    /** Prints how much was measured of a run that ends before its time, and the lines of that. */
    void print(String measured, List<String> lines) {
        PrintWriter to = spec.commandLine().getOut();
        to.println(measured + " were measured");
        to.println();
        lines.forEach(to::println);
        to.flush();
    }

    /** Prints the report, and keeps it where that was asked for. */
    void tell(String scenario, Report report) throws InterruptedException {
        PrintWriter to = spec.commandLine().getOut();
        report.markdown().forEach(to::println);
        to.flush();
        if (out == null) {
            return;
        }
        List<String> words = spec.root().commandLine().getParseResult().originalArgs();
        try {
            new ReportFolder(out).write(scenario, new Environment("./heartbeat " + String.join(" ", words)), report);
        } catch (IOException e) {
            throw new Failure("cannot write the report into " + out + ": " + Reasons.of(e));
        }
    }

    /** Before the load, and not after it, which may take hours. */
    private void requireFolder() {
        if (out == null) {
            return;
        }
        try {
            Files.createDirectories(out);
        } catch (IOException e) {
            throw bad("--out is " + out + ", and cannot be created: " + Reasons.of(e));
        }
        if (!Files.isWritable(out)) {
            throw bad("--out is " + out + ", and cannot be written: permission denied");
        }
    }

    private Contestant running(String address, Terms terms) {
        HostAndPort at = HostAndPort.parse(spec.commandLine(), "--server", address);
        return Contestant.at(at.host(), at.port(), serverPid, terms.answerEvery(), sessions());
    }

    ParameterException bad(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
