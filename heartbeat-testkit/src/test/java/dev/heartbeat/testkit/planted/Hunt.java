package dev.heartbeat.testkit.planted;

import dev.heartbeat.planted.BuggyClasses;
import java.util.PrimitiveIterator;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongFunction;
import java.util.stream.LongStream;

/**
 * The search for one planted bug. A run that does not end has found it, too: its thread is given
 * up.
 */
final class Hunt {
    static final String DOES_NOT_END = "does not end";
    private static final long LONGEST_RUN_SECONDS = 60;

    private Hunt() {}

    /**
     * The violation that was found, and its seed.
     *
     * @param seed 0 if nothing was found
     * @param violation empty if nothing was found
     */
    record Catch(long seed, String violation) {
        boolean isCaught() {
            return !violation.isEmpty();
        }

        /** The invariant's name, without what happened. */
        String invariant() {
            int colon = violation.indexOf(':');
            return colon < 0 ? violation : violation.substring(0, colon);
        }
    }

    /**
     * Tries one seed after another, until one breaks what it must.
     *
     * @param breaks how the violation begins that is looked for; empty for any
     */
    static Catch seeds(BuggyClasses classes, String breaks, LongStream seeds) {
        ExecutorService thread = Executors.newSingleThreadExecutor(run -> {
            Thread daemon = new Thread(run, "a planted bug");
            daemon.setDaemon(true);
            return daemon;
        });
        try {
            LongFunction<String> runner = runner(classes);
            PrimitiveIterator.OfLong tried = seeds.iterator();
            while (tried.hasNext()) {
                long seed = tried.nextLong();
                String violation = resultOf(thread.submit(() -> runner.apply(seed)));
                if (!violation.isEmpty() && violation.startsWith(breaks)) {
                    return new Catch(seed, violation);
                }
            }
            return new Catch(0, "");
        } finally {
            thread.shutdownNow();
        }
    }

    /** Runs a fleet by its seed; what it returns is the violation's message, or empty. */
    @SuppressWarnings("unchecked")
    private static LongFunction<String> runner(BuggyClasses classes) {
        try {
            return (LongFunction<String>) classes.loadClass(SeedRunner.class.getName())
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("the fleet cannot be loaded", e);
        }
    }

    private static String resultOf(Future<String> run) {
        try {
            return run.get(LONGEST_RUN_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            return DOES_NOT_END;
        } catch (ExecutionException e) {
            return "thrown: " + e.getCause();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
