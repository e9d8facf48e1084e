package dev.heartbeat.bench.load.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The facts that figures depend on besides the servers: with them they can be repeated, and without
 * them nothing is said.
 */
public final class Environment {
    private static final long GIB = 1L << 30;
    private static final long KIB = 1024;

    private final Map<String, String> facts = new LinkedHashMap<>();

    /**
     * The environment of this moment.
     *
     * @param command how it was called, as one would type it
     */
    public Environment(String command) throws InterruptedException {
        facts.put("command", command);
        facts.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        facts.put("commit", commit());
        facts.put("host", host());
        facts.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        facts.put("JDK", System.getProperty("java.vm.name") + " " + Runtime.version());
    }

    /** Each by its name. */
    Map<String, String> facts() {
        return facts;
    }

    private static String commit() throws InterruptedException {
        String commit = output("git", "rev-parse", "--short=10", "HEAD");
        if (commit.isEmpty()) {
            return "unknown";
        }
        return output("git", "status", "--porcelain", "--untracked-files=no").isEmpty()
                ? commit
                : commit + " and changes";
    }

    private static String output(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? output.strip() : "";
        } catch (IOException e) {
            return "";
        }
    }

    private static String host() {
        String memory = fact("/proc/meminfo", "MemTotal");
        String gibibytes = memory.isEmpty()
                ? ""
                : ", " + Math.round(Double.parseDouble(memory.replaceAll("\\D", "")) * KIB / GIB) + " GiB";
        String model = fact("/proc/cpuinfo", "model name");
        return Runtime.getRuntime().availableProcessors() + " × "
                + (model.isEmpty() ? System.getProperty("os.arch") : model) + gibibytes;
    }

    private static String fact(String file, String name) {
        Path path = Path.of(file);
        if (!Files.exists(path)) {
            return "";
        }
        try {
            return Files.readAllLines(path).stream()
                    .filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            return "";
        }
    }
}
