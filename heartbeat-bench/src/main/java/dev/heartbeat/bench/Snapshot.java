package dev.heartbeat.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * The work that one process has done by now.
 *
 * @param nanos its clock
 * @param messages how many it has sent or had
 * @param cpuNanos the processor time it has taken, of all its threads
 * @param loopBytes what its threads that read and write sockets have allocated
 * @param otherBytes what its other threads have allocated: workers, and the application that sends
 */
record Snapshot(long nanos, long messages, long cpuNanos, long loopBytes, long otherBytes) {
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    static Snapshot of(long messages, Allocations allocations) {
        allocations.count();
        return new Snapshot(
                System.nanoTime(), messages, SYSTEM.getProcessCpuTime(), allocations.loops(), allocations.others());
    }

    String toLine() {
        return LongStream.of(nanos, messages, cpuNanos, loopBytes, otherBytes)
                .mapToObj(Long::toString)
                .collect(Collectors.joining(" "));
    }

    static Snapshot parse(String line) {
        long[] numbers =
                Arrays.stream(line.split(" ")).mapToLong(Long::parseLong).toArray();
        return new Snapshot(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]);
    }

    Snapshot minus(Snapshot before) {
        return new Snapshot(
                nanos - before.nanos,
                messages - before.messages,
                cpuNanos - before.cpuNanos,
                loopBytes - before.loopBytes,
                otherBytes - before.otherBytes);
    }

    double perSecond() {
        return messages * 1e9 / nanos;
    }

    double perMessage(long amount) {
        return messages == 0 ? Double.NaN : (double) amount / messages;
    }
}
