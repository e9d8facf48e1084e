package dev.heartbeat.cli.doctor;

import static dev.heartbeat.cli.doctor.Amount.bytes;
import static dev.heartbeat.cli.doctor.Amount.count;
import static dev.heartbeat.cli.doctor.Amount.millis;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The options of the Java virtual machine, and the bounds of its container. */
public final class JavaChecks {
    private static final String CGROUP = "sys/fs/cgroup/";

    /** As measured over java.nio: docs/PLANNING.md. */
    private static final long HEAP_PER_NODE = 1261;

    private static final long LEAST_DIRECT_BYTES = 64L << 20;

    /** Collectors that stop the application for all of their work are quick with less. */
    private static final long SMALL_HEAP_BYTES = 2L << 30;

    /** Control groups of version 1 say by a larger number that there is no limit. */
    private static final long UNLIMITED_BYTES = 1L << 60;

    /** As late as a loop may be before a server counts it as load. */
    private static final Duration LONG_PAUSE = Duration.ofMillis(150);

    /** A clock that is set right slowly differs by less in a second. */
    private static final Duration STEP = Duration.ofMillis(50);

    private final MachineFiles files;
    private final JavaFacts java;
    private final long nodes;
    private final Supplier<Pauses> measurement;

    /**
     * @param measurement takes as long as it measures
     */
    public JavaChecks(MachineFiles files, JavaFacts java, long nodes, Supplier<Pauses> measurement) {
        this.files = files;
        this.java = java;
        this.nodes = nodes;
        this.measurement = measurement;
    }

    /** All of them, in the order of the page. */
    public List<Supplier<Finding>> all() {
        return List.of(this::heap, this::directMemory, this::containerMemory, this::collector, this::processors);
    }

    Finding heap() {
        long needs = nodes * HEAP_PER_NODE;
        return Finding.enough(
                "heap",
                "the heap may have " + bytes(java.maxHeapBytes()) + ", " + count(nodes) + " nodes hold " + bytes(needs),
                "a collector needs twice of what is held; with less it works without end, and the server refuses nodes",
                "HEARTBEAT_JAVA_OPTS=-Xmx" + Math.max(64, (2 * needs >> 20) + 1) + "m, or -XX:MaxRAMPercentage=70",
                java.maxHeapBytes(),
                needs,
                2 * needs);
    }

    Finding directMemory() {
        String seen = "direct buffers may have " + bytes(java.maxDirectBytes());
        if (java.maxDirectBytes() < LEAST_DIRECT_BYTES) {
            return Finding.warn(
                    "direct memory",
                    seen,
                    "what waits for the sockets is in direct buffers; a server withholds credit, and then refuses nodes,"
                            + " when they are nearly full",
                    "-XX:MaxDirectMemorySize=" + (LEAST_DIRECT_BYTES >> 20) + "m or more");
        }
        return Finding.ok("direct memory", seen, "what waits for the sockets is in direct buffers");
    }

    Finding containerMemory() {
        Long limit = ofGroup("memory.max");
        if (limit == null) {
            limit = files.number(CGROUP + "memory/memory.limit_in_bytes");
        }
        if (limit == null || limit > UNLIMITED_BYTES) {
            return files.isLinux()
                    ? Finding.ok("container memory", "no limit", "the kernel ends no process for its memory alone")
                    : Finding.skip("container memory", "control groups cannot be read on this system");
        }
        return Finding.enough(
                "container memory",
                "the container may have " + bytes(limit) + ", heap and direct buffers may have "
                        + bytes(java.maxHeapBytes() + java.maxDirectBytes()),
                "beyond its limit the kernel kills the process, with no line of its log; code, threads and the kernel's"
                        + " own memory of the connections count too",
                "a smaller -Xmx and -XX:MaxDirectMemorySize, or a larger limit of the container",
                limit,
                java.maxHeapBytes(),
                java.maxHeapBytes() + Math.min(java.maxDirectBytes(), LEAST_DIRECT_BYTES));
    }

    Finding collector() {
        String names = String.join(", ", java.collectors());
        String lower = names.toLowerCase(Locale.ROOT);
        String seen = "the collectors are " + names;
        if (lower.contains("epsilon")) {
            return Finding.fail(
                    "collector",
                    seen,
                    "nothing is ever collected, so a server ends when its heap is full",
                    "-XX:+UseG1GC in place of -XX:+UseEpsilonGC");
        }
        boolean stops = lower.contains("marksweep") || lower.contains("ps scavenge");
        if (stops && java.maxHeapBytes() > SMALL_HEAP_BYTES) {
            return Finding.warn(
                    "collector",
                    seen + " with a heap of " + bytes(java.maxHeapBytes()),
                    "they stop all threads while they collect the whole heap, for about a second per gigabyte that is"
                            + " held; Java takes them by itself on one processor or with little memory",
                    "-XX:+UseG1GC, or -XX:+UseZGC for the shortest pauses");
        }
        return Finding.ok("collector", seen, "pauses stay short with a heap of " + bytes(java.maxHeapBytes()));
    }

    Finding processors() {
        Double quota = quota();
        String seen = "Java sees " + java.processors() + " processors, so a server has as many event loops";
        if (quota == null) {
            return files.isLinux()
                    ? Finding.ok("processors", seen, "no container bounds their time")
                    : Finding.skip("processors", "control groups cannot be read on this system");
        }
        String both = seen + "; the container may use " + String.format(Locale.ROOT, "%.1f", quota);
        String throttled = throttled();
        if (java.processors() > Math.ceil(quota) || quota < 1 || throttled != null) {
            return Finding.warn(
                    "processors",
                    both + (throttled == null ? "" : throttled),
                    "when the time of a period is used up, all threads stand still until the next one, up to 100 ms; a"
                            + " server counts that as a stall of its own",
                    "a limit of whole processors, or none (only a request), and -XX:ActiveProcessorCount="
                            + Math.max(1, Math.round(quota)));
        }
        return Finding.ok("processors", both, "there is time for each event loop");
    }

    /** Processors' worth of time; null without a bound. */
    private @Nullable Double quota() {
        String max = textOfGroup("cpu.max");
        if (max != null && max.matches("\\d{1,15} \\d{1,15}")) {
            String[] words = max.split(" ", -1);
            return Double.parseDouble(words[0]) / Double.parseDouble(words[1]);
        }
        Long quota = files.number(CGROUP + "cpu/cpu.cfs_quota_us");
        Long period = files.number(CGROUP + "cpu/cpu.cfs_period_us");
        return quota == null || period == null || quota <= 0
                ? null
                : (Double) (quota.doubleValue() / period.doubleValue());
    }

    private @Nullable String throttled() {
        Long times = files.numberAfter(groupFile("cpu.stat"), "nr_throttled");
        Long periods = files.numberAfter(groupFile("cpu.stat"), "nr_periods");
        if (times == null || periods == null || times * 100 <= periods) {
            return null;
        }
        return ", and was stopped in " + count(times) + " of " + count(periods) + " periods";
    }

    private @Nullable String textOfGroup(String file) {
        return files.text(groupFile(file));
    }

    private @Nullable Long ofGroup(String file) {
        return files.number(groupFile(file));
    }

    /** A process sees its group's files below the group's name, and in a container at the root. */
    private String groupFile(String file) {
        String groups = files.text("proc/self/cgroup");
        if (groups != null) {
            for (String line : groups.split("\n", -1)) {
                if (line.startsWith("0::/")) {
                    String path = CGROUP + line.substring("0::/".length()) + "/" + file;
                    return files.text(path) == null ? CGROUP + file : path;
                }
            }
        }
        return CGROUP + file;
    }

    /** {@return the pauses, and the steps of the clock, both of one measurement} */
    public List<Finding> measured() {
        Pauses pauses = measurement.get();
        return List.of(pauses(pauses), steps(pauses));
    }

    private static Finding pauses(Pauses pauses) {
        String seen = "the longest in " + millis(pauses.measured()) + " was " + millis(pauses.longest())
                + "; garbage collections: " + pauses.collections() + ", " + millis(pauses.collectionTime())
                + " together";
        if (pauses.longest().compareTo(LONG_PAUSE) > 0) {
            return Finding.warn(
                    "pauses",
                    seen,
                    "this machine lets a process stand still even while that does nothing; a server judges nobody for"
                            + " such a time, and notices dead nodes later by it",
                    "look for other processes (top), for a busy host (the column st of vmstat 1), and for swap"
                            + " (vmstat 1); -Xlog:safepoint shows those of Java");
        }
        return Finding.ok(
                "pauses",
                seen,
                "this is of a process that holds next to nothing; for a server with nodes read"
                        + " stats().loops().pauses() of that server");
    }

    private static Finding steps(Pauses pauses) {
        Duration step = pauses.clockStep();
        String seen = "the time of day went " + millis(step.abs()) + (step.isNegative() ? " slower" : " faster")
                + " than the monotonic clock in " + millis(pauses.measured());
        if (step.abs().compareTo(STEP) > 0) {
            return Finding.warn(
                    "clock steps",
                    seen,
                    "verdicts do not depend on the time of day; the times of events and of the log do, and tokens and"
                            + " certificates are judged by it",
                    "a clock that is set right slowly: chronyd, or systemd-timesyncd, instead of ntpdate or the host's"
                            + " tools");
        }
        return Finding.ok("clock steps", seen, "the time of day does not step");
    }
}
