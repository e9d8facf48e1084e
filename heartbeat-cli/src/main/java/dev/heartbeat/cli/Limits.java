package dev.heartbeat.cli;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** What one process may open. */
final class Limits {
    /** What a JVM opens beside its connections: jars, pipes, selectors. */
    private static final int OWN_FILES = 100;

    private Limits() {}

    /** How many connections one process may hold; the JVM has raised its soft limit to the hard one already. */
    static long connections() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? Math.max(0, unix.getMaxFileDescriptorCount() - OWN_FILES)
                : Integer.MAX_VALUE;
    }

    /** The sentence for an option that asks for more. */
    static String tooMany(String option, long value, long smallest) {
        return option + " is " + value + ", allowed is " + smallest + " to " + connections()
                + ": a process may open no more files here; raise the limit (ulimit -Hn) or ask for fewer";
    }
}
