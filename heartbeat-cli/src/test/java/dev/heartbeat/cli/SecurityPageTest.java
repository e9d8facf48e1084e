package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Each threat of SECURITY.md names tests that are there. */
@Tag("once")
final class SecurityPageTest {
    private static final Pattern TESTS = Pattern.compile("`(\\w+Test)#(\\w+)`");

    @Test
    void everyThreatHasTestsThatAreThere() throws IOException {
        List<String> threats = Files.readString(Page.ROOT.resolve("SECURITY.md"))
                .split("\n## Threats\n", 2)[1]
                .split("\n## ", 2)[0]
                .lines()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| threat ") && !line.startsWith("| --- "))
                .toList();
        Map<String, Path> classes = testClasses();

        assertThat(threats).hasSizeGreaterThan(20).allSatisfy(threat -> {
            List<MatchResult> tests = TESTS.matcher(threat).results().toList();
            assertThat(tests).as(threat).isNotEmpty();
            for (MatchResult test : tests) {
                assertThat(classes).containsKey(test.group(1));
                assertThat(Files.readString(classes.get(test.group(1))))
                        .as(test.group())
                        .contains("void " + test.group(2) + "(");
            }
        });
    }

    private static Map<String, Path> testClasses() throws IOException {
        try (Stream<Path> modules = Files.list(Page.ROOT)) {
            return modules.filter(module -> module.getFileName().toString().startsWith("heartbeat-"))
                    .map(module -> module.resolve("src"))
                    .filter(Files::isDirectory)
                    .flatMap(SecurityPageTest::files)
                    .filter(file -> file.toString().endsWith("Test.java"))
                    .collect(Collectors.toMap(
                            file -> file.getFileName().toString().replace(".java", ""),
                            file -> file,
                            (one, other) -> one));
        }
    }

    private static Stream<Path> files(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
