package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every numbered requirement of docs/PROTOCOL.md that is in force is shown: by a line of faults, or
 * by a test of any module that carries its number as a tag. A requirement specified ahead (◇) is
 * not in force.
 */
@Tag("once")
final class ProtocolCoverageTest {
    private static final Path ROOT = Path.of("..");

    private static final Pattern REQUIREMENT = Pattern.compile("\\*\\*M(\\d+)\\*\\*");
    private static final Pattern TAG = Pattern.compile("@Tag\\(\"M(\\d+)\"\\)");
    private static final Pattern FAULT = Pattern.compile(
            "^ *[a-z0-9-]+ +(?:new|registered|gateway|channel) +M(\\d+)(?:,M(\\d+))?(?:,M(\\d+))? ", Pattern.MULTILINE);
    private static final Pattern PYTHON = Pattern.compile("\\bM(\\d+)\\b");

    @Test
    void everyRequirementIsShown() throws IOException {
        Set<Integer> required = required(ROOT);
        assertThat(required).as("requirements").hasSizeGreaterThan(50);
        assertThat(shown(ROOT)).containsAll(required);
    }

    @Test
    void everyNumberIsGivenOnce() throws IOException {
        assertThat(REQUIREMENT
                        .matcher(Files.readString(ROOT.resolve("docs/PROTOCOL.md")))
                        .results())
                .extracting(found -> found.group(1))
                .doesNotHaveDuplicates();
    }

    @Test
    void nothingIsShownThatIsNotRequired() throws IOException {
        assertThat(required(ROOT)).containsAll(shown(ROOT));
    }

    @Test
    void findsWhatIsNotShown(@TempDir Path root) throws IOException {
        plant(root, "docs/PROTOCOL.md", """
            - **M1** By a tag. **M2** By a fault. **M3** By another, see M6. **M7** By a test for others.
            - **M4** By a peer in another language. - **M5◇** Not yet. **M6** Nowhere.
            ```faults
            name-1   new        M2,M3  00 → ignored
            ```
            """);
        plant(root, "module/src/test/java/SomeTest.java", "@Tag(\"M1\") // Not M6.");
        plant(root, "module/src/main/java/Some.java", "@Tag(\"M6\")");
        plant(root, "tests/src/main/java/OtherTest.java", "@Tag(\"M7\")");
        plant(root, "examples/python/test_some.py", "# M4");
        assertThat(required(root)).containsExactly(1, 2, 3, 4, 6, 7);
        assertThat(shown(root)).containsExactly(1, 2, 3, 4, 7);
    }

    private static void plant(Path root, String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private static Set<Integer> required(Path root) throws IOException {
        return numbers(REQUIREMENT, List.of(root.resolve("docs/PROTOCOL.md")));
    }

    private static Set<Integer> shown(Path root) throws IOException {
        Set<Integer> shown = numbers(FAULT, List.of(root.resolve("docs/PROTOCOL.md")));
        for (Path module : children(root)) {
            List<Path> tests = tests(module);
            shown.addAll(numbers(TAG, tests));
            shown.addAll(numbers(FAULT, tests));
        }
        shown.addAll(numbers(PYTHON, sources(root.resolve("examples/python"))));
        return shown;
    }

    /** Those that other modules run stand among the sources of their own. */
    private static List<Path> tests(Path module) throws IOException {
        return Stream.concat(
                        sources(module.resolve("src/test/java")).stream(),
                        sources(module.resolve("src/main/java")).stream()
                                .filter(file -> file.getFileName().toString().endsWith("Test.java")))
                .toList();
    }

    private static List<Path> children(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.toList();
        }
    }

    /** Java but for this file, in which more is planted than shown, and tests in Python. */
    private static List<Path> sources(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(file -> file.getFileName().toString().matches(".*\\.java|test_.*\\.py"))
                    .filter(file -> !file.endsWith("ProtocolCoverageTest.java"))
                    .toList();
        }
    }

    private static Set<Integer> numbers(Pattern pattern, List<Path> files) throws IOException {
        Set<Integer> numbers = new TreeSet<>();
        for (Path file : files) {
            Matcher found = pattern.matcher(Files.readString(file));
            while (found.find()) {
                for (int group = 1; group <= found.groupCount(); group++) {
                    if (found.group(group) != null) {
                        numbers.add(Integer.valueOf(found.group(group)));
                    }
                }
            }
        }
        return numbers;
    }
}
