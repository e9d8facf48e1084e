package dev.heartbeat.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.cli.doctor.Finding.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each check of the Java is OK by good facts, and is not by a single bad one. */
@Tag("once")
final class JavaChecksTest {
    private static final long MIB = 1 << 20;
    private static final List<String> G1 = List.of("G1 Young Generation", "G1 Concurrent GC", "G1 Old Generation");
    private static final JavaFacts GOOD = new JavaFacts(512 * MIB, 512 * MIB, G1, 2);
    private static final Pauses CALM =
            new Pauses(Duration.ofSeconds(1), Duration.ofMillis(3), 2, Duration.ofMillis(2), Duration.ofMillis(-1));

    @TempDir
    private Path root;

    @BeforeEach
    void beLinux() throws IOException {
        write("proc/self/limits", "Max open files  1024  1024  files");
        write("proc/self/cgroup", "0::/app");
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private List<Finding> findings(JavaFacts java, Pauses pauses) {
        JavaChecks checks = new JavaChecks(new MachineFiles(root), java, 100_000, () -> pauses);
        return Stream.concat(checks.all().stream().map(Supplier::get), checks.measured().stream())
                .toList();
    }

    @Test
    void allIsWellWithAGoodJava() {
        assertThat(findings(GOOD, CALM)).hasSize(7).allMatch(finding -> finding.verdict() == Verdict.OK);
    }

    static Stream<Arguments> badFacts() {
        return Stream.of(
                Arguments.of("heap", Verdict.FAIL, new JavaFacts(100 * MIB, 512 * MIB, G1, 2)),
                Arguments.of("heap", Verdict.WARN, new JavaFacts(200 * MIB, 512 * MIB, G1, 2)),
                Arguments.of("direct memory", Verdict.WARN, new JavaFacts(512 * MIB, 16 * MIB, G1, 2)),
                Arguments.of(
                        "collector", Verdict.FAIL, new JavaFacts(512 * MIB, 512 * MIB, List.of("Epsilon Heap"), 2)),
                Arguments.of(
                        "collector",
                        Verdict.WARN,
                        new JavaFacts(4096 * MIB, 512 * MIB, List.of("Copy", "MarkSweepCompact"), 2)),
                Arguments.of(
                        "collector",
                        Verdict.WARN,
                        new JavaFacts(4096 * MIB, 512 * MIB, List.of("PS MarkSweep", "PS Scavenge"), 2)));
    }

    @ParameterizedTest
    @MethodSource("badFacts")
    void aBadFactIsFoundByItsCheckAlone(String subject, Verdict verdict, JavaFacts facts) {
        requireOnly(subject, verdict, findings(facts, CALM));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "processors|sys/fs/cgroup/app/cpu.max|50000 100000|WARN",
                "processors|sys/fs/cgroup/cpu.max|100000 100000|WARN",
                "processors|sys/fs/cgroup/app/cpu.max|200000 100000|OK",
                "processors|sys/fs/cgroup/app/cpu.max|max 100000|OK",
                "container memory|sys/fs/cgroup/app/memory.max|300000000|FAIL",
                "container memory|sys/fs/cgroup/memory.max|550000000|WARN",
                "container memory|sys/fs/cgroup/memory/memory.limit_in_bytes|300000000|FAIL",
                "container memory|sys/fs/cgroup/memory/memory.limit_in_bytes|9223372036854771712|OK",
                "container memory|sys/fs/cgroup/app/memory.max|2000000000|OK",
                "container memory|sys/fs/cgroup/app/memory.max|max|OK",
            })
    void theBoundsOfAContainerAreRead(String subject, String file, String fact, Verdict verdict) throws IOException {
        write(file, fact);

        requireOnly(subject, verdict, findings(GOOD, CALM));
    }

    @Test
    void aBoundInTheFormOfVersion1IsRead() throws IOException {
        write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "50000");
        write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000");

        requireOnly("processors", Verdict.WARN, findings(GOOD, CALM));
    }

    @Test
    void aContainerThatIsStoppedOftenIsFound() throws IOException {
        write("sys/fs/cgroup/app/cpu.max", "200000 100000");
        write("sys/fs/cgroup/app/cpu.stat", "usage_usec 12\nnr_periods 1000\nnr_throttled 11\nthrottled_usec 9");

        requireOnly("processors", Verdict.WARN, findings(GOOD, CALM));
    }

    @Test
    void aLongPauseIsFound() {
        Pauses late = new Pauses(Duration.ofSeconds(1), Duration.ofMillis(151), 0, Duration.ZERO, Duration.ZERO);

        requireOnly("pauses", Verdict.WARN, findings(GOOD, late));
    }

    @ParameterizedTest
    @CsvSource({"51", "-51"})
    void aStepOfTheClockIsFoundEitherWay(long millis) {
        Pauses stepped = new Pauses(Duration.ofSeconds(1), Duration.ZERO, 0, Duration.ZERO, Duration.ofMillis(millis));

        requireOnly("clock steps", Verdict.WARN, findings(GOOD, stepped));
    }

    @Test
    void aMeasurementLastsAsLongAsItSays() {
        Pauses measured = Pauses.measure(Duration.ofMillis(20));

        assertThat(measured.measured()).isGreaterThanOrEqualTo(Duration.ofMillis(20));
        assertThat(measured.longest()).isLessThanOrEqualTo(measured.measured());
    }

    @Test
    void theCurrentJavaHasAHeapAndACollector() {
        JavaFacts current = JavaFacts.current();

        assertThat(current.maxHeapBytes()).isPositive();
        assertThat(current.maxDirectBytes()).isPositive();
        assertThat(current.collectors()).isNotEmpty();
    }

    private static void requireOnly(String subject, Verdict verdict, List<Finding> findings) {
        assertThat(findings)
                .filteredOn(finding -> finding.verdict() != Verdict.OK)
                .allSatisfy(finding -> {
                    assertThat(finding.subject()).isEqualTo(subject);
                    assertThat(finding.change()).isNotBlank();
                });
        assertThat(findings)
                .filteredOn(finding -> finding.subject().equals(subject))
                .extracting(Finding::verdict)
                .containsExactly(verdict);
    }
}
