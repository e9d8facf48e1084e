package dev.heartbeat.cli;

import dev.heartbeat.bench.load.Closed;
import dev.heartbeat.bench.load.Connect;
import dev.heartbeat.bench.load.LoadRun;
import dev.heartbeat.bench.load.Open;
import dev.heartbeat.bench.load.Scenario;
import dev.heartbeat.bench.load.report.Comparison;
import dev.heartbeat.bench.load.server.Terms;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Puts load on servers over real sockets. */
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        description = "Puts load on Heartbeat over real sockets, and on what it is compared with.")
final class LoadCommand implements Runnable {
    private static final Terms CALM = new Terms(Duration.ofSeconds(20), Duration.ZERO, 1);

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which scenario?");
    }

    @Command(
            name = "closed",
            mixinStandardHelpOptions = true,
            description = "Each connection sends a heartbeat for each answer.")
    int closed(
            @Option(names = "--connections", defaultValue = "1000") int connections,
            @Option(names = "--in-flight", defaultValue = "1") int inFlight,
            @Mixin LoadFlags flags)
            throws InterruptedException {
        return run(new Closed("closed", connections, inFlight, 1), CALM, flags);
    }

    @Command(
            name = "pipeline",
            mixinStandardHelpOptions = true,
            description = "Few connections that write many heartbeats together.")
    int pipeline(
            @Option(names = "--connections", defaultValue = "10") int connections,
            @Option(names = "--per-write", defaultValue = "64") int perWrite,
            @Mixin LoadFlags flags)
            throws InterruptedException {
        return run(new Closed("pipeline", connections, perWrite, perWrite), CALM, flags);
    }

    @Command(name = "open", mixinStandardHelpOptions = true, description = "Heartbeats at a fixed rate.")
    int open(
            @Option(names = "--connections", defaultValue = "10000") int connections,
            @Option(names = "--rate", defaultValue = "10000") double rate,
            @Mixin LoadFlags flags)
            throws InterruptedException {
        return run(new Open("open", connections, rate, Duration.ZERO), CALM, flags);
    }

    @Command(name = "connect", mixinStandardHelpOptions = true, description = "Nodes connect and register.")
    int connect(@Option(names = "--connections", defaultValue = "10000") int connections, @Mixin LoadFlags flags)
            throws InterruptedException {
        return run(new Connect(connections, Connect.AT_ONCE), CALM, flags);
    }

    private int run(Scenario scenario, Terms terms, LoadFlags flags) throws InterruptedException {
        LoadRun.Options options = flags.options(flags.contestants(terms));
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try (ProgressBar bar = new ProgressBarBuilder()
                .setTaskName("turns")
                .setInitialMax(options.turns())
                .setStyle(ProgressBarStyle.ASCII)
                .setConsumer(new ProgressLine(err))
                .build()) {
            LoadRun run = new LoadRun(options, new LoadRun.Progress() {
                @Override
                public void turn(String label) {
                    bar.setExtraMessage(label).step();
                }

                @Override
                public void note(String text) {
                    err.println(text);
                }
            });
            new Comparison(scenario, run.run(scenario)).markdown().forEach(out::println);
            out.flush();
        } catch (IOException e) {
            throw new Failure(String.valueOf(e.getMessage()));
        }
        return 0;
    }
}
