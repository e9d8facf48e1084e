package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
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
            List.of("core", "sockets", "nio", "netty", "tls", "auth", "jwt", "admin", "tasks");

    private static final Pattern EVENT = Pattern.compile(
            "LogEvent (\\w+) =\\s*LogEvent\\.(info|warn|error)\\(\\s*(\\w+)\\.class,\\s*\"([^\"]+)\",\\s*"
                    + "((?:\"(?:[^\"\\\\]|\\\\.)*\"\\s*\\+?\\s*)+)\\)");

    private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern VALUE = Pattern.compile("\\{\\w+}");
    private static final Pattern PACKAGE = Pattern.compile("(?m)^package (?:dev\\.heartbeat\\.)?([\\w.]+);");
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `([\\w.]+)` \\| `([^`]+)` \\| ([A-Z]+) \\| `([^`]+)` \\| [^|]+ \\|$");

    /** A call past {@code LogEvent}. */
    private static final Pattern BARE = Pattern.compile("\\b(LOG|log)\\.(info|warn|error|at\\w+)\\(");

    /** One kind of line, as the page has it. */
    private record Line(String name, String text, String level, String logger) {}

    private static List<Path> sources() {
        return MODULES.stream()
                .map(module -> Page.ROOT.resolve("heartbeat-" + module + "/src/main/java"))
                .flatMap(LogPageTest::files)
                .toList();
    }

    private static Stream<Path> files(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Line> lines(Path file) {
        String source = text(file);
        Matcher room = PACKAGE.matcher(source);
        return room.find() ? EVENT.matcher(source).results().map(event -> line(room.group(1), event)) : Stream.empty();
    }

    private static Line line(String room, MatchResult event) {
        String level = event.group(2).toUpperCase(Locale.ROOT);
        return new Line(event.group(4), textOf(event), level, room + "." + event.group(3));
    }

    private static String textOf(MatchResult event) {
        return LITERAL.matcher(event.group(5))
                .results()
                .map(part -> part.group(1))
                .collect(Collectors.joining());
    }

    @Test
    void thePageHasEachLine() {
        List<Line> written = sources().stream().flatMap(LogPageTest::lines).toList();
        String page = Page.read(Page.ROOT.resolve("docs/MONITORING.md")).text();
        List<Line> listed = ROW.matcher(page)
                .results()
                .map(row -> new Line(row.group(1), row.group(2), row.group(3), row.group(4)))
                .toList();

        assertThat(written).hasSizeGreaterThan(40);
        assertThat(listed).containsExactlyInAnyOrderElementsOf(written);
        assertThat(written.stream().map(Line::name)).doesNotHaveDuplicates();
        assertThat(written).allSatisfy(line -> assertThat(line.name()).matches("heartbeat(\\.[a-z_]+){2}"));
    }

    @Test
    void eachLineIsAnEventOfItsClassWithAValueForEachName() {
        for (Path file : sources()) {
            String source = text(file);
            assertThat(BARE.matcher(source).results().map(MatchResult::group))
                    .as(file.toString())
                    .isEmpty();
            EVENT.matcher(source).results().forEach(event -> {
                String constant = event.group(1);
                assertThat(file).hasFileName(event.group(3) + ".java");
                List<Integer> given = Pattern.compile("\\b" + constant + "\\.log(Cause)?\\(")
                        .matcher(source)
                        .results()
                        .map(call -> arguments(source.substring(call.end())) - (call.group(1) == null ? 0 : 1))
                        .toList();
                int named = (int) VALUE.matcher(textOf(event)).results().count();
                assertThat(given).as(file + " " + constant).isNotEmpty().containsOnly(named);
            });
        }
    }

    /** How many a call has whose text begins behind its opening bracket. */
    private static int arguments(String call) {
        int depth = 0;
        int commas = 0;
        for (int at = 0; ; at++) {
            char next = call.charAt(at);
            if (next == ')' && depth == 0) {
                return call.substring(0, at).isBlank() ? 0 : commas + 1;
            }
            depth += next == '(' ? 1 : next == ')' ? -1 : 0;
            commas += next == ',' && depth == 0 ? 1 : 0;
        }
    }
}
