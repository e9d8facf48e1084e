package dev.heartbeat.cli;

import dev.heartbeat.bench.load.Contestant;
import dev.heartbeat.bench.load.LoadRun;
import dev.heartbeat.bench.load.Subject;
import dev.heartbeat.bench.load.server.Terms;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** What all scenarios of {@code load} have in common: who is put under load, how often, for how long, and where. */
final class LoadFlags {
    private static final int MAX_PAIRS = 1000;
    private static final double MIN_SECONDS = 0.05;
    private static final double MAX_SECONDS = 86_400;

    /** A turn warms up for this part of the time it is measured. */
    private static final int WARM_UP = 3;

    @Spec(Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--pairs",
            paramLabel = "N",
            defaultValue = "10",
            description = "How many turns of each server are counted (default: ${DEFAULT-VALUE}).")
    private int pairs;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "1",
            description =
                    "How long a turn is measured, fractions allowed; a third more before is to warm up (default: ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(
            names = "--subjects",
            paramLabel = "NAME",
            split = ",",
            description = "Which servers, divided by commas (default: all there are).")
    private List<String> subjects =
            Arrays.stream(Subject.values()).map(Subject::id).toList();

    @Option(
            names = "--server",
            paramLabel = "HOST:PORT",
            description = "A server by Heartbeat's protocol that runs already, instead of those.")
    private @Nullable String server;

    @Option(
            names = "--server-pid",
            paramLabel = "PID",
            description = "The process id of that server, for its processor time and memory.")
    private long serverPid;

    @Option(names = "--server-java", paramLabel = "OPTION", description = "An option for the Java of the servers.")
    private List<String> serverJava = new ArrayList<>();

    @Option(
            names = "--server-core",
            paramLabel = "CORE",
            defaultValue = "0",
            description = "The core the servers run on (default: ${DEFAULT-VALUE}).")
    private int serverCore;

    @Option(
            names = "--load-core",
            paramLabel = "CORE",
            defaultValue = "1",
            description = "The core the load runs on (default: ${DEFAULT-VALUE}).")
    private int loadCore;

    LoadRun.Options options(List<Contestant> contestants) {
        if (pairs < 1 || pairs > MAX_PAIRS) {
            throw bad("--pairs is " + pairs + ", allowed is 1 to " + MAX_PAIRS);
        }
        if (!(seconds >= MIN_SECONDS && seconds <= MAX_SECONDS)) {
            throw bad("--seconds is " + seconds + ", allowed is " + MIN_SECONDS + " to " + MAX_SECONDS);
        }
        Duration measured = Duration.ofMillis(Math.round(seconds * 1000));
        return new LoadRun.Options(
                contestants, pairs, measured.dividedBy(WARM_UP), measured, serverCore, loadCore, serverJava);
    }

    /** Those that were asked for, each on the same terms. */
    List<Contestant> contestants(Terms terms) {
        if (server != null) {
            return List.of(running(server, terms));
        }
        for (String name : subjects) {
            if (Arrays.stream(Subject.values())
                    .noneMatch(subject -> subject.id().equals(name))) {
                throw bad("--subjects has " + name + ", which is none of " + Arrays.toString(Subject.values()));
            }
        }
        return Arrays.stream(Subject.values())
                .filter(subject -> subjects.contains(subject.id()))
                .map(subject ->
                        Contestant.of(subject, subject.label(), terms, subject.isEcho() || subject == Subject.NETTY))
                .toList();
    }

    private Contestant running(String address, Terms terms) {
        int colon = address.lastIndexOf(':');
        try {
            int port = Integer.parseInt(address.substring(colon + 1));
            if (colon > 0 && port > 0 && port < 65_536) {
                return Contestant.at(address.substring(0, colon), port, serverPid, terms.answerEvery());
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw bad("--server is " + address + ", expected is an address and a port like 127.0.0.1:9501");
    }

    ParameterException bad(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
