package dev.heartbeat.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The programs that show channels: each runs on real sockets, says what it should, and ends by
 * itself.
 */
@Timeout(60)
final class ChannelProgramsTest {

    @Test
    void everybodyAsksEverybody() throws Exception {
        assertThat(run(RequestReply.class))
                .containsExactly(
                        "a node asks the server: I am server",
                        "the server asks a node: I am ben",
                        "a node asks a node: ben, I am ann",
                        "a node on a channel: I am server",
                        "the server on a channel: I am ben");
    }

    @Test
    void spansOfOneRequestAreOneTrace() throws Exception {
        assertThat(run(TracedRequests.class))
                .containsExactly(
                        "one trace of 5 spans",
                        "order by application",
                        "  ask by ann",
                        "    answer by server",
                        "      ask by server",
                        "        answer by ben");
    }

    @Test
    void everyByteOfAnUploadIsCountedAndHeartbeatsGoOn() throws Exception {
        List<String> lines = run(BulkUpload.class);
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).matches("round trip before: median .* of [1-9]\\d*");
        assertThat(lines.get(1)).matches("round trip during: median .* of [1-9]\\d*");
        assertThat(lines.get(2)).startsWith("67108864 bytes counted by the server, ");
    }

    @Test
    void aFileThatIsNoMultipleOfTheMessagesArrivesToTheLastByte(@TempDir Path folder) throws Exception {
        Path file = Files.write(folder.resolve("file"), new byte[3_000_001]);
        assertThat(run(BulkUpload.class, file.toString()))
                .last()
                .asString()
                .startsWith("3000001 bytes counted by the server, ");
    }

    @Test
    void whatManyClientsSendArrives() throws Exception {
        assertThat(run(MultiClient.class, "20", "2")).hasSize(3).satisfies(lines -> {
            assertThat(lines.get(0)).startsWith("second 1: 20 nodes, 40 channels, sent 2000, full 0, received ");
            assertThat(lines.get(1)).startsWith("second 2: 20 nodes, 40 channels, sent 4000, full 0, received ");
            assertThat(lines.get(2)).isEqualTo("sent 4000, received 4000");
        });
    }

    private static List<String> run(Class<?> program, String... args) throws IOException, InterruptedException {
        Process process = Programs.start(program, args);
        try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
            List<String> lines = said.lines().toList();
            assertThat(process.waitFor()).isZero();
            return lines;
        } finally {
            process.destroyForcibly();
        }
    }
}
