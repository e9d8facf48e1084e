package dev.heartbeat.internal.loop;

import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The cost of a timer among many: to move it to another time, and to run when it is due and arm
 * itself again, as a node's watch does about once per timeout.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms2g", "-Xmx2g"})
public class WheelBenchmark {
    private static final long TIMEOUT_NS = 30_000_000_000L;

    @Param({"1000", "100000", "1000000"})
    int timers = 1;

    private final TimerWheel wheel = new TimerWheel(0, thrown -> {
        throw new AssertionError(thrown);
    });
    private Timer[] all = {};
    private int next;
    private long nowNs;

    /** Due again a timeout later. */
    private final class Again extends Timer {
        @Override
        protected void onDue(long dueNs) {
            wheel.arm(this, dueNs + TIMEOUT_NS);
        }
    }

    /** Armed for any time within the timeout, and visited in another order than made. */
    @Setup
    public void arm() {
        Random random = new Random(1);
        List<Timer> made = Stream.generate(Again::new).limit(timers).collect(Collectors.toList());
        made.forEach(timer -> wheel.arm(timer, random.nextLong(TIMEOUT_NS)));
        Collections.shuffle(made, random);
        all = made.toArray(new Timer[0]);
    }

    /** The step is no multiple of anything, so that they stay spread. */
    @Benchmark
    public void rearm() {
        next = next + 1 < timers ? next + 1 : 0;
        wheel.arm(all[next], (next * 0x9E37_79B9L) % TIMEOUT_NS);
    }

    /** One timer that is due; time passes, tick by tick, while there is none. */
    @Benchmark
    public long expire() {
        while (wheel.poll(nowNs, 1) == 0) {
            nowNs += TimerWheel.TICK_NS;
        }
        return nowNs;
    }
}
