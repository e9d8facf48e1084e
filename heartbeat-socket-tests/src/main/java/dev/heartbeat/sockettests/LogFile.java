package dev.heartbeat.sockettests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.slf4j.LoggerFactory;

/** The log since this was made. Each JVM of tests has a file of its own. */
final class LogFile {
    private static final Path FILE = Path.of(System.getProperty("org.slf4j.simpleLogger.logFile", "target/tests.log"));
    /** The level, and not the frame of that name in the text of a warning. */
    private static final Pattern ERROR = Pattern.compile("\\[[^]]*] ERROR ");

    static {
        // The first logger begins the file anew.
        LoggerFactory.getLogger(LogFile.class).trace("begins");
    }

    private final int before = lines().size();

    /** Lines of stack traces, and whatever was logged as an error. */
    List<String> stackTraces() {
        List<String> all = lines();
        return all.subList(before, all.size()).stream()
                .filter(line -> line.startsWith("\tat ") || ERROR.matcher(line).lookingAt())
                .toList();
    }

    private static List<String> lines() {
        try {
            return Files.exists(FILE) ? Files.readAllLines(FILE) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
