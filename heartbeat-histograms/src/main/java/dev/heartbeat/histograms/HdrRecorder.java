package dev.heartbeat.histograms;

import dev.heartbeat.spi.Recorder;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;
import org.jspecify.annotations.Nullable;

/**
 * One thread writes without waiting; whoever reads collects what was written since the last time.
 * Kept in microseconds.
 */
final class HdrRecorder implements Recorder {
    private static final long LONGEST = TimeUnit.DAYS.toMicros(1);
    private static final int DIGITS = 2;
    private static final long UNIT_NS = 1000;

    private final SingleWriterRecorder recent = new SingleWriterRecorder(1, LONGEST, DIGITS);
    private final AtomicLong total = new AtomicLong();
    private final AtomicLong max = new AtomicLong();

    /** Guarded by this. */
    private final Histogram collected = newHistogram();

    private @Nullable Histogram spare;

    static Histogram newHistogram() {
        return new Histogram(1, LONGEST, DIGITS);
    }

    static long nanos(long recorded) {
        return recorded * UNIT_NS;
    }

    @Override
    public void record(long nanos) {
        recent.recordValue(Math.min(nanos / UNIT_NS, LONGEST));
        total.setOpaque(total.getPlain() + nanos);
        max.setOpaque(Math.max(max.getPlain(), nanos));
    }

    synchronized void addTo(Histogram sum) {
        spare = recent.getIntervalHistogram(spare);
        collected.add(spare);
        sum.add(collected);
    }

    long total() {
        return total.getOpaque();
    }

    long max() {
        return max.getOpaque();
    }
}
