package dev.heartbeat.internal.server;

import dev.heartbeat.Measure;
import dev.heartbeat.spi.Distribution;
import dev.heartbeat.spi.LoopFailures;
import dev.heartbeat.spi.Recorder;
import dev.heartbeat.spi.RecorderProvider;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The measures of one loop: written by that loop alone, and read by anybody. A recorder is made
 * with its first value.
 */
final class Measures {

    /** The kinds of measure. */
    enum Kind {
        /** From the last sign of life, or the loss of the connection, to OFFLINE. */
        DETECTION,
        /** From SUSPECT to being heard again. */
        RECOVERY,
        /** Of heartbeats, as nodes report their round trips. */
        LATENCY,
        /** From an answer to a heartbeat until the socket has taken it, where anything was before it. */
        CONTROL_DELAY,
        /** From the mass guard's beginning to its end. */
        GUARD_HOLD,
        /** Time in which the loop was itself stopped, and that was credited. */
        PAUSE,
        /** The time by which the loop woke up later than it meant to. */
        LOOP_LAG
    }

    private final RecorderProvider provider;
    /** A verdict does not depend on whether it could be measured. */
    private final LoopFailures failures;

    private final Map<Kind, AtomicReference<@Nullable Recorder>> recorders = new EnumMap<>(Kind.class);

    Measures(RecorderProvider provider, LoopFailures failures) {
        this.provider = provider;
        this.failures = failures;
        for (Kind kind : Kind.values()) {
            recorders.put(kind, new AtomicReference<>());
        }
    }

    void record(Kind kind, long nanos) {
        try {
            Recorder recorder = of(kind).get();
            if (recorder == null) {
                recorder = provider.newRecorder();
                of(kind).set(recorder);
            }
            recorder.record(Math.max(0, nanos));
        } catch (Throwable e) {
            failures.add("a recorder", kind, e);
        }
    }

    private AtomicReference<@Nullable Recorder> of(Kind kind) {
        return Objects.requireNonNull(recorders.get(kind));
    }

    /** The sum of all these; any thread. */
    static Measure sum(RecorderProvider provider, List<Measures> all, Kind kind) {
        List<Recorder> used = all.stream()
                .map(measures -> measures.of(kind).get())
                .filter(Objects::nonNull)
                .map(Recorder.class::cast)
                .toList();
        Distribution sum = provider.summarize(used);
        return new Measure(
                sum.count(),
                Duration.ofNanos(sum.total()),
                Duration.ofNanos(sum.max()),
                percentile(sum.count(), sum.p50()),
                percentile(sum.count(), sum.p99()));
    }

    private static @Nullable Duration percentile(long count, long nanos) {
        return count == 0 || nanos == Distribution.UNKNOWN ? null : Duration.ofNanos(nanos);
    }
}
