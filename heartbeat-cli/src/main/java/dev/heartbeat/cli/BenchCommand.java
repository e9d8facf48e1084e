package dev.heartbeat.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.Main;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** JMH, with the benchmarks of heartbeat-bench on its class path. */
@Command(
        name = "bench",
        subcommands = {
            BenchMessagesCommand.class,
            BenchBulkCommand.class,
            BenchBroadcastCommand.class,
            BenchSlowConsumersCommand.class
        },
        customSynopsis = {"heartbeat bench REGEXP... [JMH OPTIONS]", "heartbeat bench COMMAND [OPTIONS]"},
        description = {
            "Runs the matching JMH benchmarks. All options of JMH are available: -h lists them, -l lists the benchmarks.",
            "Example: ./heartbeat bench HeardBenchmark -prof gc",
            "./heartbeat bench '.*' runs all of them and takes hours.",
            "Benchmarks that need several processes are commands of their own."
        })
final class BenchCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    /** Picocli acts on it. */
    @SuppressWarnings("UnusedVariable")
    @Option(names = "--help", usageHelp = true, description = "Show this help message and exit.")
    private boolean help;

    @Unmatched
    private final List<String> arguments = new ArrayList<>();

    /** Without arguments it says what there is: to begin with all of it would be no answer. */
    @Override
    public Integer call() throws Exception {
        if (arguments.isEmpty()) {
            PrintWriter out = spec.commandLine().getOut();
            spec.commandLine().usage(out);
            out.println("Benchmarks:");
            benchmarks().forEach(name -> out.println("  " + name));
            out.flush();
            return 0;
        }
        String[] given = arguments.toArray(new String[0]);
        CommandLineOptions options = parsed(given);
        if (options == null || onlyTells(options)) {
            Main.main(given);
            return 0;
        }
        return run(options);
    }

    /** JMH's own options; null where it refuses them, which it says better itself. */
    private static @Nullable CommandLineOptions parsed(String[] given) {
        try {
            return new CommandLineOptions(given);
        } catch (CommandLineOptionException e) {
            return null;
        }
    }

    private static boolean onlyTells(CommandLineOptions options) {
        return options.shouldHelp()
                || options.shouldList()
                || options.shouldListWithParams()
                || options.shouldListProfilers()
                || options.shouldListResultFormats();
    }

    /** Runs the benchmarks; Ctrl-C prints the results of those that were measured. */
    private static int run(CommandLineOptions options) throws Exception {
        MeasuredSoFar measured = new MeasuredSoFar();
        OutputFormat output = OutputFormatFactory.createFormatInstance(
                System.out, options.verbosity().orElse(VerboseMode.NORMAL));
        return Termination.bySignal(
                () -> {
                    System.out.println();
                    System.out.println("interrupted: " + measured.size() + " benchmarks were measured");
                    measured.print(System.out);
                    System.out.flush();
                    return LongRun.INTERRUPTED;
                },
                () -> {
                    runAll(options, measured.listeningTo(output));
                    return 0;
                });
    }

    private static void runAll(CommandLineOptions options, OutputFormat output) {
        try {
            new Runner(options, output).run();
        } catch (NoBenchmarksException e) {
            throw new Failure("no benchmark matches " + options.getIncludes() + "; -l lists them");
        } catch (RunnerException e) {
            throw new Failure(String.valueOf(e.getMessage()));
        }
    }

    private static Set<String> benchmarks() {
        Set<String> classes = new TreeSet<>();
        for (BenchmarkListEntry entry : BenchmarkList.defaultList()
                .getAll(OutputFormatFactory.createFormatInstance(System.err, VerboseMode.SILENT), List.of())) {
            String className = entry.getUserClassQName();
            classes.add(className.substring(className.lastIndexOf('.') + 1));
        }
        return classes;
    }
}
