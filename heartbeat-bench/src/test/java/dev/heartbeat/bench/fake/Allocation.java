package dev.heartbeat.bench.fake;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * Counts the bytes that a step allocates in its thread. They are not timed, so they are the same on
 * any machine. Rounds are repeated until they allocate no more than is promised, because the code may
 * not be compiled before; one that allocates for good never does.
 */
public final class Allocation {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int ROUNDS = 200;
    private static final int STEPS = 2_000;

    private Allocation() {}

    /** The measured step. It may throw anything. */
    public interface Step {
        void take() throws Exception;
    }

    /** Not a byte. */
    public static void assertNone(Step step) throws Exception {
        assertAtMost(0, step);
    }

    /** So many bytes for each step, and not a byte more. */
    public static void assertAtMost(long bytes, Step step) throws Exception {
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS && least > bytes * STEPS; round++) {
            least = Math.min(least, bytesOfARound(step));
        }
        assertThat((double) least / STEPS).as("bytes for each step").isLessThanOrEqualTo((double) bytes);
    }

    private static long bytesOfARound(Step step) throws Exception {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < STEPS; i++) {
            step.take();
        }
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
}
