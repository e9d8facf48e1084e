package dev.heartbeat.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.code_intelligence.jazzer.Jazzer;
import dev.heartbeat.testkit.process.JavaCommand;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Fuzzes each target for a while, in a process of its own, because the fuzzer changes the classes
 * it looks at. Its findings stay in the folder of the target, and so does its corpus, for the next
 * time.
 */
final class FuzzingTest {
    private static final int SECONDS = Integer.getInteger("heartbeat.fuzz.seconds", 7);
    private static final Path FOLDER = Path.of(System.getProperty("heartbeat.fuzz.folder", "target/fuzzing"));

    /** An input that takes so long is a finding. */
    private static final int SECONDS_PER_INPUT = 20;

    /** For starting, on a machine that is busy. */
    private static final int EXTRA_SECONDS = 120;

    private static final int LINES_SHOWN = 40;

    /** Not the tests and the simulation: five times as many inputs. */
    private static final String INSTRUMENTED = String.join(
            File.pathSeparator,
            "dev.heartbeat.internal.**",
            "dev.heartbeat.tls.**",
            "dev.heartbeat.credentials.**",
            "dev.heartbeat.jwt.**");

    /** The platforms of Jazzer's native part. */
    private static final Set<String> ARCHITECTURES = Set.of("amd64", "x86_64", "aarch64");

    /** One target in every build, as a smoke test of the fuzzer itself. */
    @Test
    void serverHasNoFinding() throws IOException, InterruptedException {
        findsNothing(ServerFuzzTest.class, ServerFuzzTest.seeds());
    }

    static Stream<Arguments> targets() {
        return Stream.of(
                Arguments.of(DecoderFuzzTest.class, DecoderFuzzTest.seeds()),
                Arguments.of(ClientFuzzTest.class, ClientFuzzTest.seeds()),
                Arguments.of(MessagesFuzzTest.class, MessagesFuzzTest.seeds()),
                Arguments.of(ChannelsFuzzTest.class, ChannelsFuzzTest.seeds()),
                Arguments.of(ProxyHeaderFuzzTest.class, ProxyHeaderFuzzTest.seeds()),
                Arguments.of(TokensFuzzTest.class, TokensFuzzTest.seeds()),
                Arguments.of(TlsFuzzTest.class, TlsFuzzTest.seeds()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("targets")
    @Tag("long")
    void findsNothing(Class<?> target, Stream<byte[]> seeds) throws IOException, InterruptedException {
        assumeTrue(
                ARCHITECTURES.contains(System.getProperty("os.arch")),
                "skipped: Jazzer does not run on " + System.getProperty("os.arch"));
        Path folder = FOLDER.resolve(target.getSimpleName()).toAbsolutePath();
        Path learned = Files.createDirectories(folder.resolve("corpus"));
        Path given = Files.createDirectories(folder.resolve("seeds"));
        int count = 0;
        for (Iterator<byte[]> each = seeds.iterator(); each.hasNext(); count++) {
            Files.write(given.resolve("seed-" + count), each.next());
        }
        run(command(target, learned, given), folder);
    }

    private static void run(JavaCommand command, Path folder) throws IOException, InterruptedException {
        Path log = folder.resolve("log.txt");
        Process fuzzer = command.process()
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            boolean ended = fuzzer.waitFor(SECONDS + EXTRA_SECONDS, TimeUnit.SECONDS);
            assertThat(ended && fuzzer.exitValue() == 0)
                    .as(() -> "no finding; but see " + log + ", which ends in\n" + end(log))
                    .isTrue();
        } finally {
            fuzzer.destroyForcibly().waitFor();
        }
    }

    private static JavaCommand command(Class<?> target, Path learned, Path given) {
        JavaCommand command = JavaCommand.of(Jazzer.class).options("-Xmx512m");
        if (Runtime.version().feature() >= 24) {
            // Without these options, newer JDKs warn of the fuzzer's agent.
            command.options("-XX:+EnableDynamicAgentLoading", "--sun-misc-unsafe-memory-access=allow");
        }
        return command.arguments(
                "--target_class=" + target.getName(),
                "--instrumentation_includes=" + INSTRUMENTED,
                "--custom_hook_includes=" + INSTRUMENTED,
                "-max_total_time=" + SECONDS,
                "-timeout=" + SECONDS_PER_INPUT,
                "-print_final_stats=1",
                learned.toString(),
                given.toString());
    }

    private static String end(Path log) {
        try (Stream<String> lines = Files.lines(log)) {
            List<String> all = lines.toList();
            return String.join("\n", all.subList(Math.max(0, all.size() - LINES_SHOWN), all.size()));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
