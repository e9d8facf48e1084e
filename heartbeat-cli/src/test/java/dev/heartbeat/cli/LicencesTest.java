package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * docs/LICENCES.md lists the versions that this build uses. {@code .ci/run} compares the whole page
 * with the bills of materials.
 */
@Tag("once")
final class LicencesTest {
    /** A dependency of more than the testkit, whose own are not on every class path. */
    private static final Pattern ROW = Pattern.compile(
            "(?m)^\\| `[\\w.]+:([\\w-]+)` \\| (\\S+) \\| ([^|]+) \\| (?!`heartbeat-testkit` \\|)`heartbeat-.*$");

    @Test
    void everyDependencyHasTheVersionOfTheClassPath() {
        Set<String> jars = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry).getFileName())
                .map(Path::toString)
                .filter(name -> name.endsWith(".jar"))
                .collect(Collectors.toSet());

        assertThat(ROW.matcher(Page.read(Page.ROOT.resolve("docs/LICENCES.md")).text())
                        .results())
                .hasSizeGreaterThan(10)
                .allSatisfy(row -> {
                    String jar = row.group(1) + "-" + row.group(2);
                    assertThat(jars).anyMatch(name -> name.startsWith(jar + ".jar") || name.startsWith(jar + "-"));
                    assertThat(row.group(3)).isNotEqualTo("not named");
                });
    }
}
