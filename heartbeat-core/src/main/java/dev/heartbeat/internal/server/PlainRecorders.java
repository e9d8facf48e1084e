package dev.heartbeat.internal.server;

import dev.heartbeat.spi.Distribution;
import dev.heartbeat.spi.Recorder;
import dev.heartbeat.spi.RecorderProvider;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Count, sum and maximum, for whoever has nothing better on the class path. */
final class PlainRecorders implements RecorderProvider {

    /** The first that is found, or this. */
    static RecorderProvider orBetter() {
        return RecorderProvider.first().orElseGet(PlainRecorders::new);
    }

    private static final class Plain implements Recorder {
        private final AtomicLong count = new AtomicLong();
        private final AtomicLong total = new AtomicLong();
        private final AtomicLong max = new AtomicLong();

        @Override
        public void record(long nanos) {
            count.setOpaque(count.getPlain() + 1);
            total.setOpaque(total.getPlain() + nanos);
            max.setOpaque(Math.max(max.getPlain(), nanos));
        }
    }

    @Override
    public Recorder newRecorder() {
        return new Plain();
    }

    @Override
    public Distribution summarize(List<Recorder> recorders) {
        long count = 0;
        long total = 0;
        long max = 0;
        for (Recorder recorder : recorders) {
            Plain plain = (Plain) recorder;
            count += plain.count.getOpaque();
            total += plain.total.getOpaque();
            max = Math.max(max, plain.max.getOpaque());
        }
        return new Distribution(count, total, max, Distribution.UNKNOWN, Distribution.UNKNOWN);
    }
}
