package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heartbeat.SendResult;
import java.io.File;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code ./heartbeat load roll}, and how it counts. */
@Tag("once")
final class RollTest {
    private final Letters letters = new Letters();

    @Test
    void aServerIsReplacedAndNobodyIsLongAway() {
        assumeTrue(
                Arrays.stream((System.getenv("PATH") + ":/usr/sbin").split(File.pathSeparator, -1))
                        .anyMatch(each -> Files.isExecutable(Path.of(each, "haproxy"))),
                "haproxy is not installed (Debian: haproxy)");
        StringWriter said = new StringWriter();
        int status = Main.commandLine()
                .setOut(new PrintWriter(said, true))
                .execute(
                        "load",
                        "roll",
                        "--nodes=100",
                        "--drain-delay=3s",
                        "--drain=2s",
                        "--haproxy-config=" + Deployed.FOLDER.resolve("haproxy/haproxy.cfg"));

        assertThat(status).as(said.toString()).isZero();
        assertThat(said.toString()).contains("otherwise: 0", " 0 lost, 0 twice");
    }

    @Test
    void aFileThatIsNotThereIsOneLine() {
        StringWriter said = new StringWriter();
        int status = Main.commandLine()
                .setErr(new PrintWriter(said, true))
                .execute("load", "roll", "--haproxy-config=/nonexistent");

        assertThat(status).isEqualTo(2);
        assertThat(said.toString().lines()).singleElement().asString().contains("--haproxy-config", "/nonexistent");
    }

    @Test
    void whatNeitherArrivesNorComesBackIsLost() {
        ByteBuffer[] sent = new ByteBuffer[4];
        for (int i = 0; i < sent.length; i++) {
            int number = i;
            letters.send(List.<Function<ByteBuffer, SendResult>>of(message -> SendResult.CLOSED, message -> {
                sent[number] = message;
                return SendResult.ACCEPTED;
            }));
        }
        letters.send(List.of(message -> SendResult.FULL));
        letters.arrived(sent[0]);
        letters.arrived(sent[0]);
        letters.cameBack(sent[1]);

        assertThat(letters.count()).isEqualTo(new Letters.Count(4, 1, 1, 1, 2, 1));
        assertThat(letters.count().isKept()).isFalse();
        assertThat(letters.areAllEnded()).isFalse();
    }
}
