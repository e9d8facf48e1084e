package dev.heartbeat.bench.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The machine's memory that a process has, its pages that are really there. */
public final class Resident {
    private Resident() {}

    /** Bytes; 0 where the system does not report it. */
    public static long bytes(long pid) throws IOException {
        Path status = Path.of("/proc/" + pid + "/status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }
}
