package dev.heartbeat.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.openjdk.jmh.Main;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
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
        Main.main(arguments.toArray(new String[0]));
        return 0;
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
