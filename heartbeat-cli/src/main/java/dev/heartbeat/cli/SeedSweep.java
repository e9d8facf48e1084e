package dev.heartbeat.cli;

import dev.heartbeat.testkit.fleet.FleetRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs many seeds, several at a time. Its state is what has been run; where a file is given it is
 * kept there, so that a sweep that was interrupted goes on.
 */
final class SeedSweep {
    private static final Duration SAVE_EVERY = Duration.ofSeconds(5);

    private final long first;
    private final int seeds;
    private final int threads;
    private final @Nullable Path file;
    private final long startedAt = System.nanoTime();

    /** Seeds are handed out in order; those below are handed out, those finished are counted. */
    private int next;

    private boolean stopped;
    private @Nullable Throwable failure;
    private int finished;
    private int broken;
    private long heartbeats;
    private long messages;
    private long channels;
    private long channelMessages;
    private long requests;
    private long simulatedMillis;
    private long savedAt;

    SeedSweep(long first, int seeds, int threads, @Nullable Path file) {
        this.first = first;
        this.seeds = seeds;
        this.threads = threads;
        this.file = file;
        load();
    }

    /** Runs all that has not been run. A file that cannot be written is reported before that. */
    void run(LongConsumer progress, Consumer<FleetRun.Result> explain) {
        save();
        progress.accept(finished);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        for (int i = 0; i < threads; i++) {
            pool.execute(() -> work(progress, explain));
        }
        pool.shutdown();
        try {
            pool.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            stop();
            throw new Failure("interrupted after " + finished + " seeds");
        }
        rethrow();
        save();
    }

    /** Begins no further seed, and keeps what has been run. */
    synchronized void stop() {
        stopped = true;
        save();
    }

    private void work(LongConsumer progress, Consumer<FleetRun.Result> explain) {
        try {
            for (int seed = take(); seed >= 0; seed = take()) {
                finish(FleetRun.run(first + seed), progress, explain);
            }
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    private synchronized void fail(Throwable cause) {
        stopped = true;
        failure = failure == null ? cause : failure;
    }

    private synchronized void rethrow() {
        if (failure instanceof Failure told) {
            throw told;
        }
        if (failure != null) {
            throw new IllegalStateException("a seed could not be run", failure);
        }
    }

    private synchronized int take() {
        return next < seeds && !stopped ? next++ : -1;
    }

    private synchronized void finish(FleetRun.Result result, LongConsumer progress, Consumer<FleetRun.Result> explain) {
        finished++;
        heartbeats += result.heartbeats();
        messages += result.messages();
        channels += result.channels();
        channelMessages += result.channelMessages();
        requests += result.requests();
        simulatedMillis += result.simulated().toMillis();
        if (result.violation() != null) {
            broken++;
            explain.accept(result);
        }
        progress.accept(finished);
        if (System.nanoTime() - savedAt > SAVE_EVERY.toNanos()) {
            save();
        }
    }

    synchronized int broken() {
        return broken;
    }

    synchronized String summary() {
        return String.format(
                Locale.ROOT,
                "%,d seeds from %d in %,d s: %,d broke a promise; %,.1f simulated hours, %,d heartbeats, %,d messages,"
                        + " %,d channels with %,d messages and %,d requests",
                finished,
                first,
                (System.nanoTime() - startedAt) / 1_000_000_000,
                broken,
                simulatedMillis / 3_600_000.0,
                heartbeats,
                messages,
                channels,
                channelMessages,
                requests);
    }

    // ---- the file

    private void load() {
        if (file == null || !Files.exists(file)) {
            return;
        }
        Properties kept = new Properties();
        try (var in = Files.newBufferedReader(file)) {
            kept.load(in);
        } catch (IOException e) {
            throw new Failure("--resume is " + file + ", which cannot be read: " + Reasons.of(e));
        }
        if (number(kept, "first") != first) {
            throw new Failure("--resume is " + file + ", which belongs to a sweep from seed " + number(kept, "first")
                    + ", not from seed " + first);
        }
        // Those that were under way are run again.
        finished = (int) number(kept, "finished");
        next = finished;
        broken = (int) number(kept, "broken");
        heartbeats = number(kept, "heartbeats");
        messages = number(kept, "messages");
        channels = number(kept, "channels");
        channelMessages = number(kept, "channelMessages");
        requests = number(kept, "requests");
        simulatedMillis = number(kept, "simulatedMillis");
    }

    private long number(Properties kept, String name) {
        try {
            return Long.parseLong(kept.getProperty(name, ""));
        } catch (NumberFormatException e) {
            throw new Failure("--resume is " + file + ", which has no number for " + name);
        }
    }

    private synchronized void save() {
        savedAt = System.nanoTime();
        if (file == null) {
            return;
        }
        Properties kept = new Properties();
        kept.setProperty("first", Long.toString(first));
        kept.setProperty("finished", Integer.toString(finished));
        kept.setProperty("broken", Integer.toString(broken));
        kept.setProperty("heartbeats", Long.toString(heartbeats));
        kept.setProperty("messages", Long.toString(messages));
        kept.setProperty("channels", Long.toString(channels));
        kept.setProperty("channelMessages", Long.toString(channelMessages));
        kept.setProperty("requests", Long.toString(requests));
        kept.setProperty("simulatedMillis", Long.toString(simulatedMillis));
        try (var out = Files.newBufferedWriter(file)) {
            kept.store(out, "Progress of ./heartbeat simulate");
        } catch (IOException e) {
            throw new Failure("--resume is " + file + ", which cannot be written: " + Reasons.of(e));
        }
    }
}
