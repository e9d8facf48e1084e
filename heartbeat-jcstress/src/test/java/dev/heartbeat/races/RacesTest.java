package dev.heartbeat.races;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.openjdk.jcstress.Main;

/** Runs jcstress in a process of its own; an outcome that is forbidden or has no name fails it. */
final class RacesTest {
    private static final String TESTS = System.getProperty("heartbeat.races.tests", "Race");
    private static final String OPTIONS = System.getProperty("heartbeat.races.options", "-m quick -sc false");
    private static final Path FOLDER = Path.of(System.getProperty("heartbeat.races.folder", "target/jcstress"));

    @Test
    void everyOutcomeIsAllowed() throws IOException, InterruptedException {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "skipped: a race needs two processors");
        Path folder = Files.createDirectories(FOLDER.toAbsolutePath());
        Path log = folder.resolve("log.txt");
        Process jcstress = new ProcessBuilder(command())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(jcstress.waitFor())
                    .as(() -> "exit code; see " + log + "\n" + failures(log))
                    .isZero();
        } finally {
            jcstress.destroyForcibly().waitFor();
        }
        for (String name : TESTS.split("\\|", -1)) {
            assertThat(reports(folder))
                    .as("reports of %s", name)
                    .anyMatch(Pattern.compile(name).asPredicate());
        }
    }

    /** One for each class that ran. */
    private static List<String> reports(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("report"))) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static List<String> command() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of("-t", TESTS, "-r", "report"));
        command.addAll(List.of(OPTIONS.strip().split(" +")));
        return command;
    }

    /** The lines from jcstress's first failure on. */
    private static String failures(Path log) {
        try (Stream<String> lines = Files.lines(log)) {
            return String.join(
                    "\n",
                    lines.dropWhile(line -> !line.contains("FAILED")).limit(60).toList());
        } catch (IOException e) {
            return e.toString();
        }
    }
}
