package dev.heartbeat.histograms;

import dev.heartbeat.spi.Distribution;
import dev.heartbeat.spi.Recorder;
import dev.heartbeat.spi.RecorderProvider;
import java.util.List;
import java.util.Objects;
import org.HdrHistogram.Histogram;

/**
 * Recorders that keep a histogram each: percentiles are right within a hundredth, from a
 * microsecond to a day, for about 100 KiB for each measure and event loop that has a value. Counts,
 * sums and maxima are exact.
 *
 * @since 0.1
 */
public final class HdrRecorders implements RecorderProvider {
    private static final double HALF = 50;
    private static final double NEARLY_ALL = 99;

    /** For {@link java.util.ServiceLoader}. */
    public HdrRecorders() {}

    @Override
    public Recorder newRecorder() {
        return new HdrRecorder();
    }

    @Override
    public Distribution summarize(List<Recorder> recorders) {
        Objects.requireNonNull(recorders, "recorders");
        Histogram sum = HdrRecorder.newHistogram();
        long total = 0;
        long max = 0;
        for (Recorder recorder : recorders) {
            HdrRecorder hdr = (HdrRecorder) recorder;
            hdr.addTo(sum);
            total += hdr.total();
            max = Math.max(max, hdr.max());
        }
        long count = sum.getTotalCount();
        return new Distribution(count, total, max, percentile(sum, HALF, max), percentile(sum, NEARLY_ALL, max));
    }

    private static long percentile(Histogram histogram, double which, long max) {
        return Math.min(max, HdrRecorder.nanos(histogram.getValueAtPercentile(which)));
    }
}
