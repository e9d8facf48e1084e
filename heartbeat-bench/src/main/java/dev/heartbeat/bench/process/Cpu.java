package dev.heartbeat.bench.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Processor time a process has taken, of all its threads, as the kernel counts it: in ticks of 10
 * ms.
 *
 * @param userNanos in its own code
 * @param systemNanos in the kernel on its behalf
 */
public record Cpu(long userNanos, long systemNanos) {
    /** The unit in which {@code /proc} counts, whatever the kernel itself does. */
    private static final long NANOS_PER_TICK = 10_000_000;

    /**
     * The field of {@code /proc/<pid>/stat} that user time is, counted from the one behind the
     * name.
     */
    private static final int USER_FIELD = 11;

    /** Nothing yet. */
    public static final Cpu NONE = new Cpu(0, 0);

    /** The times of a process that lives, on Linux. */
    public static Cpu of(long pid) throws IOException {
        String stat = new String(Files.readAllBytes(Path.of("/proc/" + pid + "/stat")), StandardCharsets.US_ASCII);
        // The name may have blanks and brackets itself.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return new Cpu(ticks(fields, USER_FIELD), ticks(fields, USER_FIELD + 1));
    }

    /**
     * The times of everything on this machine, its idle time and what other machines on the same
     * host were given left out. On Linux.
     */
    public static Cpu ofMachine() throws IOException {
        String stat = new String(Files.readAllBytes(Path.of("/proc/stat")), StandardCharsets.US_ASCII);
        // user nice system idle iowait irq softirq ..., behind "cpu" and two blanks
        String[] fields = stat.substring(0, stat.indexOf('\n')).split(" +", -1);
        return new Cpu(ticks(fields, 1) + ticks(fields, 2), ticks(fields, 3) + ticks(fields, 6) + ticks(fields, 7));
    }

    private static long ticks(String[] fields, int at) {
        return Long.parseLong(fields[at]) * NANOS_PER_TICK;
    }

    /** The part that was added since. */
    public Cpu minus(Cpu before) {
        return new Cpu(userNanos - before.userNanos, systemNanos - before.systemNanos);
    }

    /** User and system. */
    public long nanos() {
        return userNanos + systemNanos;
    }
}
