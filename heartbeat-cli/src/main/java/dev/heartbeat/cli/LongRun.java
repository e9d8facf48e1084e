package dev.heartbeat.cli;

import dev.heartbeat.bench.Progress;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.function.IntSupplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Work that takes long: a line on standard error shows how far it is, and where it is interrupted
 * the command prints what was found so far.
 */
final class LongRun {
    /** As a shell has it for a program that SIGINT ends. */
    static final int INTERRUPTED = 130;

    private static final int UPDATE_MILLIS = 1000;

    private final CommandSpec command;
    private final String name;
    private final long steps;

    /** Whatever takes so many steps. */
    LongRun(CommandSpec command, String name, long steps) {
        this.command = command;
        this.name = name;
        this.steps = steps;
    }

    /** The work itself. */
    interface Work<T> {
        T run(Bar bar) throws Exception;
    }

    /** How far it is. */
    static final class Bar implements Progress {
        private final ProgressBar bar;
        private final PrintWriter err;

        private Bar(ProgressBar bar, PrintWriter err) {
            this.bar = bar;
            this.err = err;
        }

        @Override
        public void step(String label) {
            bar.setExtraMessage(" " + label).step();
        }

        void stepTo(long step) {
            bar.stepTo(step);
        }

        @Override
        public void note(String text) {
            err.println(text);
        }
    }

    /**
     * Runs it, to be interrupted at any time.
     *
     * @param soFar prints what was found, on another thread
     */
    <T> T orSoFar(Runnable soFar, Work<T> work) throws InterruptedException {
        return run(work, () -> {
            soFar.run();
            return INTERRUPTED;
        });
    }

    /**
     * Runs it, to be interrupted at any time.
     *
     * @param interrupted prints what was found, on another thread, and tells the status, which is 0
     *     for that of a program that was interrupted
     */
    <T> T run(Work<T> work, IntSupplier interrupted) throws InterruptedException {
        PrintWriter err = command.commandLine().getErr();
        try (ProgressBar bar = new ProgressBarBuilder()
                .setTaskName(name)
                .setInitialMax(steps)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(UPDATE_MILLIS)
                .setConsumer(new ProgressLine(err))
                .build()) {
            return Termination.bySignal(() -> stop(bar, interrupted), () -> work.run(new Bar(bar, err)));
        } catch (IOException e) {
            throw new Failure(String.valueOf(e.getMessage()));
        } catch (InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private int stop(ProgressBar bar, IntSupplier interrupted) {
        bar.close();
        PrintWriter out = command.commandLine().getOut();
        out.println();
        out.print("interrupted: ");
        int status = interrupted.getAsInt();
        out.flush();
        return status == 0 ? INTERRUPTED : status;
    }
}
