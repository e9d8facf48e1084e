package dev.heartbeat.internal.mux;

import dev.heartbeat.internal.frame.ProtocolException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The cost of a message's credit on either side: of a frame of 112 bytes, and of one window. A
 * message has two of them, its channel's and its connection's.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class CreditBenchmark {
    private static final int WINDOW = 64 * 1024;
    private static final int FRAME = 112;

    private final SendWindow ours = new SendWindow(WINDOW);
    private final ReceiveWindow theirs = new ReceiveWindow(WINDOW);
    private long limit = WINDOW;

    /** It is written, and the other side gives back what it took. */
    @Benchmark
    public long send() {
        if (ours.available() < FRAME) {
            limit += WINDOW;
            ours.raise(limit);
        }
        ours.send(FRAME);
        return ours.available();
    }

    /** It comes and is taken, and the other side is notified when it is time. */
    @Benchmark
    public long receive() throws ProtocolException {
        theirs.receive(FRAME);
        theirs.take(FRAME);
        return theirs.isGrantDue() ? theirs.grant() : theirs.unconsumed();
    }
}
