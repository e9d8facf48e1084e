package dev.heartbeat.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The log of the tests of this JVM. */
final class LogFile {
    private static final Path FILE = Path.of(System.getProperty("org.slf4j.simpleLogger.logFile", "target/tests.log"));

    private LogFile() {}

    /**
     * The entries with this name, without their stack traces. All tests of the JVM log to one file,
     * so each test names its subject differently.
     */
    static List<String> entries(String name) throws IOException {
        return Files.readAllLines(FILE).stream()
                .filter(line -> line.contains(name) && !line.startsWith("\t") && !line.startsWith("java."))
                .toList();
    }
}
