package dev.heartbeat.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/METRICS.md and deploy/ name what a scrape has. */
@Tag("once")
final class MetricsPageTest {
    private static final Path PAGE = Path.of("..", "docs", "METRICS.md");
    private static final Path DEPLOY = Path.of("..", "deploy");

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final World world = new World(3);

    MetricsPageTest() {
        new HeartbeatServerMetrics(world.server).bindTo(registry);
        new HeartbeatClientMetrics(world.client("a"), Tags.empty()).bindTo(registry);
        world.advance(Duration.ofSeconds(5));
    }

    @AfterEach
    void close() {
        registry.close();
    }

    @Test
    void everyMeterHasItsRowAndEveryRowItsMeter() throws IOException {
        List<PageRow> rows = Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith("| `heartbeat."))
                .map(PageRow::read)
                .toList();

        assertThat(rows).containsExactlyInAnyOrderElementsOf(meters());
    }

    @Test
    void prometheusHasTheNamesOfTheRows() {
        Set<String> exposed = matches("# TYPE (\\w+) (\\w+)", registry.scrape())
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(meters()).extracting(PageRow::prometheus).containsExactlyElementsOf(exposed);
    }

    private List<PageRow> meters() {
        return registry.getMeters().stream()
                .collect(Collectors.groupingBy(
                        meter -> meter.getId().getName(), TreeMap::new, Collectors.<Meter>toList()))
                .values()
                .stream()
                .map(PageRow::of)
                .sorted((a, b) -> a.prometheus().compareTo(b.prometheus()))
                .toList();
    }

    @Test
    void everyMetricOfDeployExists() throws IOException {
        String files = deployed().map(MetricsPageTest::read).collect(Collectors.joining("\n"));
        Set<String> known = Stream.concat(
                        matches("(?m)^(heartbeat_\\w+)", registry.scrape()), matches("- record: ([\\w:]+)", files))
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> used = matches("(?<![\\w:])((?:job:)?heartbeat_[\\w:]+)", files)
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(used).isNotEmpty();
        assertThat(known).containsAll(used);
    }

    @Test
    void pageAndRulesHaveTheSameAlerts() throws IOException {
        Set<String> rules = deployed()
                .flatMap(file -> matches("- alert: (Heartbeat\\w+)", read(file)))
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> page = matches("`(Heartbeat[A-Z]\\w+)` \\|", Files.readString(PAGE))
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(page).isEqualTo(rules).isNotEmpty();
    }

    @Test
    void promtoolFindsNoFault(@TempDir Path folder) throws Exception {
        assumeTrue(isInstalled("promtool"), "promtool is not installed (package prometheus of Debian)");
        Path scrape = Files.writeString(folder.resolve("scrape"), registry.scrape());

        assertThat(run(scrape.toFile(), "promtool", "check", "metrics")).isEmpty();

        List<Path> rules = deployed()
                .filter(file -> file.toString().endsWith(".rules.yml"))
                .toList();
        assertThat(rules).isNotEmpty();
        for (Path file : rules) {
            assertThat(run(null, "promtool", "check", "rules", file.toString())).contains("SUCCESS");
        }
    }

    private static boolean isInstalled(String program) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    /** What the program prints; it must succeed. */
    private static String run(File input, String... command) throws Exception {
        Path output = Files.createTempFile("promtool", ".out");
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
            if (input != null) {
                builder.redirectInput(input);
            }
            Process process = builder.start();
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(Files.readString(output)).isZero();
            return Files.readString(output);
        } finally {
            Files.delete(output);
        }
    }

    private static Stream<Path> deployed() throws IOException {
        try (Stream<Path> files = Files.walk(DEPLOY)) {
            return files.filter(Files::isRegularFile).toList().stream();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<MatchResult> matches(String pattern, String text) {
        return Pattern.compile(pattern).matcher(text).results();
    }
}
