package dev.heartbeat.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.openjdk.jmh.Main;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** JMH, with the benchmarks of heartbeat-bench on its class path. */
@Command(
        name = "bench",
        subcommands = {
            BenchMessagesCommand.class,
            BenchBulkCommand.class,
            BenchBroadcastCommand.class,
            BenchDeafCommand.class
        },
        description = {
            "Runs the JMH benchmarks that match, with all options of JMH: -h lists them, -l lists the benchmarks.",
            "./heartbeat bench HeardBenchmark -prof gc",
            "What is no matter of one JVM has a command of its own."
        })
final class BenchCommand implements Callable<Integer> {
    @Unmatched
    private final List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        Main.main(arguments.toArray(new String[0]));
        return 0;
    }
}
