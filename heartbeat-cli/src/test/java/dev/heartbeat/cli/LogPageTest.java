package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The page of the log has each line that the library writes at INFO or above, and no other. */
@Tag("once")
final class LogPageTest {
    private static final List<String> MODULES =
            List.of("core", "sockets", "nio", "netty", "tls", "auth", "jwt", "admin");

    /** A call of a logger, or of a method of its class with the same name, and its text. */
    private static final Pattern LINE = Pattern.compile(
            "(?:\\b(info|warn|error)|LOG\\.atLevel[^;]*?\\.log)\\(\\s*((?:\"(?:[^\"\\\\]|\\\\.)*\"\\s*\\+?\\s*)+)");

    private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern PACKAGE = Pattern.compile("(?m)^package (?:dev\\.heartbeat\\.)?([\\w.]+);");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^`]+)` \\| ([A-Z]+) \\| `([^`]+)` \\| [^|]+ \\|$");

    private static Stream<Path> sources(String module) {
        try (Stream<Path> files = Files.walk(Page.ROOT.resolve("heartbeat-" + module + "/src/main/java"))) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> lines(Path file) {
        String source;
        try {
            source = Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Matcher room = PACKAGE.matcher(source);
        if (!source.contains("LoggerFactory.getLogger(") || !room.find()) {
            return Stream.empty();
        }
        String logger = room.group(1) + "." + file.getFileName().toString().replace(".java", "");
        return LINE.matcher(source).results().map(line -> {
            String level = line.group(1) == null ? "WARN" : line.group(1).toUpperCase(Locale.ROOT);
            return logger + " " + level + " " + text(line.group(2));
        });
    }

    private static String text(String literals) {
        return LITERAL.matcher(literals).results().map(part -> part.group(1)).collect(Collectors.joining());
    }

    private static String row(MatchResult row) {
        return row.group(3) + " " + row.group(2) + " " + row.group(1);
    }

    @Test
    void thePageHasEachLine() {
        Set<String> written = MODULES.stream()
                .flatMap(LogPageTest::sources)
                .flatMap(LogPageTest::lines)
                .collect(Collectors.toCollection(TreeSet::new));
        String page = Page.read(Page.ROOT.resolve("docs/MONITORING.md")).text();
        Set<String> listed =
                ROW.matcher(page).results().map(LogPageTest::row).collect(Collectors.toCollection(TreeSet::new));

        assertThat(written).hasSizeGreaterThan(40);
        assertThat(listed).isEqualTo(written);
    }
}
