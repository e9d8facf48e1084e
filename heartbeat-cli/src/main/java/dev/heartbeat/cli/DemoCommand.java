package dev.heartbeat.cli;

import dev.heartbeat.cli.Detection.Verdict;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Shows what the bus does, on this machine and in half a minute: a fleet connects, parts of it are
 * hurt, and come back.
 */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        description = {
            "Injects faults into a fleet on this machine, and shows how soon the server detects them.",
            "A server and many nodes run in processes of their own; one process is killed, another is stopped. The detection"
                    + " times are compared with the limits that follow from the options. The exit status is 0 if each fault was"
                    + " detected in time and no node was falsely OFFLINE."
        })
final class DemoCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private DemoOptions options;

    @Option(names = "--plain", description = "Prints line after line, on a terminal too.")
    private boolean plain;

    @Option(
            names = "--page",
            description = "Shows the live page of the server while the demo runs, and prints its address."
                    + " --steady 10m leaves time to look.")
    private boolean page;

    @Option(names = "--server-main", hidden = true, defaultValue = "dev.heartbeat.cli.Main")
    private String serverMain;

    @Override
    public Integer call() throws Exception {
        options.check();
        PrintStream out = System.out;
        View view = !plain && isTerminal()
                ? new TerminalView(out, spec.usageMessage().width(), options.nodes())
                : new PlainView(out);
        // An interrupted demo leaves the terminal in order, too.
        Runtime.getRuntime().addShutdownHook(new Thread(view::end, "view-end"));
        String host = options.serverHost();
        try (DemoFleet fleet = new DemoFleet(serverMain, host, options.nodes(), options.promise(), page, view::tell)) {
            DemoStory story = new DemoStory(options, fleet, view);
            return Termination.bySignal(() -> interrupted(story, fleet, view), () -> play(story, fleet, view));
        } finally {
            view.end();
        }
    }

    private int play(DemoStory story, DemoFleet fleet, View view) throws InterruptedException {
        story.connect();
        if (page) {
            view.tell("live page: http://127.0.0.1:" + fleet.pagePort() + "/");
        }
        story.steady();
        story.kill();
        story.stop();
        story.comeBack();

        Verdict verdict = story.verdict();
        FleetStatus status = FleetStatus.of(fleet);
        view.end();
        fleet.end();
        new SummaryTable(System.out, false).print(options.promise(), verdict, status, fleet.totalRoundTrips());
        return verdict.passed() ? 0 : 1;
    }

    /** Ends the processes at once, and prints what the server noticed by then. */
    private int interrupted(DemoStory story, DemoFleet fleet, View view) {
        Verdict verdict = story.verdict();
        FleetStatus status = FleetStatus.of(fleet);
        view.end();
        fleet.close();
        new SummaryTable(System.out, true).print(options.promise(), verdict, status, fleet.totalRoundTrips());
        System.out.flush();
        return LongRun.INTERRUPTED;
    }

    /**
     * The launcher knows it of the output alone; Java by itself, on a JDK before 22, only where the
     * input is one too.
     */
    private static boolean isTerminal() {
        boolean launchedOnOne = Boolean.getBoolean("heartbeat.terminal.out");
        return (launchedOnOne && !"dumb".equals(System.getenv("TERM"))) || Ansi.AUTO.enabled();
    }
}
