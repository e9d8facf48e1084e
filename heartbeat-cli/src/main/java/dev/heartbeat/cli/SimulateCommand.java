package dev.heartbeat.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Runs whole fleets in a simulated world, a seed each, and explains every seed that breaks a
 * promise.
 */
@Command(
        name = "simulate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        subcommands = CalmCommand.class,
        description = {
            "Runs fleets in a simulated network under faults chosen by each seed, and checks the bus's promises.",
            "The exit status is 0 only if no seed broke a promise. A seed that did is explained, and can be run alone.",
            "Ctrl-C prints the summary so far; the exit status is then 130, or 1 if a seed broke a promise."
        })
final class SimulateCommand implements Callable<Integer> {
    private static final int MAX_THREADS = 1000;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "100",
            description = "Seeds to run (default: ${DEFAULT-VALUE}).")
    private int seeds;

    @Option(
            names = "--from",
            paramLabel = "SEED",
            defaultValue = "1",
            description = "First seed (default: ${DEFAULT-VALUE}).")
    private long from;

    @Option(names = "--threads", paramLabel = "N", description = "Seeds at a time (default: one per core).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--resume",
            paramLabel = "FILE",
            description = "Keeps the progress in this file; a further run continues from there.")
    private @Nullable Path resume;

    @Override
    public Integer call() throws Exception {
        Allowed.range(spec.commandLine(), "--seeds", seeds, 1, Integer.MAX_VALUE);
        Allowed.range(spec.commandLine(), "--threads", threads, 1, MAX_THREADS);
        // Simulated servers and clients are stopped, killed and lied to all the time; their
        // complaints are of no interest here.
        System.setProperty("org.slf4j.simpleLogger.log.dev.heartbeat", "off");

        PrintWriter out = spec.commandLine().getOut();
        SeedSweep sweep = new SeedSweep(from, seeds, threads, resume);
        new LongRun(spec, "seeds", seeds)
                .run(
                        bar -> {
                            sweep.run(bar::stepTo, broken -> out.println(broken.explanation()));
                            return sweep;
                        },
                        () -> interrupted(sweep));
        out.println(sweep.summary());
        out.flush();
        return sweep.broken() == 0 ? 0 : 1;
    }

    private int interrupted(SeedSweep sweep) {
        sweep.stop();
        spec.commandLine().getOut().println(sweep.summary());
        return sweep.broken() == 0 ? 0 : 1;
    }
}
