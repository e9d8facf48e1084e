package dev.heartbeat.cli;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** The limits of what one process may open. */
final class Limits {
    /** The files that a JVM opens beside its connections: jars, pipes, selectors. */
    private static final int OWN_FILES = 100;

    /**
     * The ports that macOS and the BSDs have for outgoing connections to one address, less those
     * that others use.
     */
    private static final int LOCAL_PORTS = 16_000;

    private Limits() {}

    /**
     * Whether every address of 127.0.0.0/8 is this machine without further ado, so that local ports
     * never run out.
     */
    static boolean hasManyLoopbackAddresses() {
        return System.getProperty("os.name").equals("Linux");
    }

    /** The number of connections that one process may hold that all come from this machine. */
    static long localConnections() {
        return hasManyLoopbackAddresses() ? connections() : Math.min(connections(), LOCAL_PORTS);
    }

    /**
     * The number of connections that one process may hold; the JVM has raised its soft limit to the
     * hard one already.
     */
    static long connections() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? Math.max(0, unix.getMaxFileDescriptorCount() - OWN_FILES)
                : Integer.MAX_VALUE;
    }

    /** The sentence for an option that asks for more than that, or for too few. */
    static String outOfRange(String option, long value, long smallest, long largest) {
        String range = option + " is " + value + ", allowed is " + smallest + " to " + largest;
        if (value < smallest) {
            return range;
        }
        String why = largest < connections()
                ? "one address has no more local ports here; use fewer"
                : "a process may open no more files here; raise the limit (ulimit -Hn), use more processes, or use fewer";
        return range + ": " + why;
    }
}
