package dev.heartbeat.internal.liveness;

import dev.heartbeat.internal.loop.LogicalClock;
import dev.heartbeat.internal.loop.Timer;
import dev.heartbeat.internal.loop.TimerWheel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
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
 * The cost of a heartbeat where nodes are known and watched: one sign of life of a node, chosen at
 * random among all of them. Beside it a bare write to one field of as many objects of the same
 * size, which is what the memory of this machine makes of such an access, and nothing of the bus's.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 3,
        jvmArgsAppend = {"-Xms4g", "-Xmx4g"})
public class HeardBenchmark {
    private static final long SECOND = 1_000_000_000L;

    @Param({"1000", "1000000"})
    int nodes = 1;

    private Monitor[] monitors = {};
    private Bare[] bare = {};
    private int next;

    /**
     * A node's watch, without what it would report; as large as a node's stay on a server, which
     * has a registration and a handle here.
     */
    @SuppressWarnings("unused")
    private static final class Monitor extends PeerMonitor {
        private final Loop loop;
        private final Object registration = Monitor.class;
        private int handle;

        Monitor(Loop loop) {
            this.loop = loop;
            start();
        }

        @Override
        protected Watch watch() {
            return loop;
        }

        @Override
        protected void onSuspect() {}

        @Override
        protected void onRecovered() {}

        @Override
        protected boolean onGivenUp(boolean lost) {
            return true;
        }
    }

    /** As large as a {@link Monitor}. */
    @SuppressWarnings("unused")
    private static final class Bare {
        long a;
        long b;
        long c;
        long d;
        long lastHeard;
    }

    /**
     * The part that the monitors of a loop share: a clock that stands still, and a wheel that
     * nobody turns.
     */
    private static final class Loop implements PeerMonitor.Watch {
        private final LogicalClock clock = new LogicalClock(0);
        private final TimerWheel wheel = new TimerWheel(0, thrown -> {
            throw new AssertionError(thrown);
        });
        private final FailureDetector detector = new FailureDetector(25 * SECOND, 30 * SECOND);

        @Override
        public LogicalClock clock() {
            return clock;
        }

        @Override
        public FailureDetector detector() {
            return detector;
        }

        @Override
        public long graceNs() {
            return 30 * SECOND;
        }

        @Override
        public void arm(Timer timer, long delayNs) {
            wheel.arm(timer, clock.realNs() + delayNs);
        }

        @Override
        public void cancel(Timer timer) {
            wheel.cancel(timer);
        }
    }

    /**
     * Made in one order and visited in another, as nodes come in some order and beat in another.
     */
    @Setup
    public void fill() {
        Loop loop = new Loop();
        List<Monitor> made = new ArrayList<>();
        List<Bare> others = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            made.add(new Monitor(loop));
            others.add(new Bare());
        }
        Collections.shuffle(made, new Random(1));
        Collections.shuffle(others, new Random(1));
        monitors = made.toArray(new Monitor[0]);
        bare = others.toArray(new Bare[0]);
    }

    private int next() {
        next = next + 1 < nodes ? next + 1 : 0;
        return next;
    }

    @Benchmark
    public void heard() {
        monitors[next()].heard();
    }

    @Benchmark
    public void bareFieldWrite() {
        bare[next()].lastHeard = next;
    }
}
