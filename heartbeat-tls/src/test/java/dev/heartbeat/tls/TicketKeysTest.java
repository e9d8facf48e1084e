package dev.heartbeat.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys of tickets in a file that servers share. */
final class TicketKeysTest {
    private static final String FULL = "CN=server";
    private static final String RESUMED = "resumed";
    private static final byte[] FIRST = key(1);
    private static final byte[] SECOND = key(2);

    @TempDir
    private Path folder;

    private long nowNs;

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void serversThatShareAFileResumeEachOthersSessions(String protocol) throws Exception {
        assumeFalse(Engines.isJdk());
        Path shared = write("shared", FIRST);
        Shake client = new Shake(protocol);
        assertThat(client.with(server(shared), "localhost")).isEqualTo(FULL);
        assertThat(client.with(server(shared), "localhost")).isEqualTo(RESUMED);
        assertThat(client.with(server(write("other", SECOND)), "localhost")).isEqualTo(FULL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void oldKeysOpenTicketsAndTheFirstSealsNewOnes(String protocol) throws Exception {
        assumeFalse(Engines.isJdk());
        Path file = write("keys", FIRST);
        ServerTls server = server(file);
        Shake client = new Shake(protocol);
        Shake late = new Shake(protocol);
        assertThat(client.with(server, "localhost")).isEqualTo(FULL);
        assertThat(late.with(server, "localhost")).isEqualTo(FULL);

        write("keys", SECOND, FIRST);
        nowNs += 1_000_000;
        assertThat(client.with(server, "localhost")).as("the old key opens").isEqualTo(RESUMED);
        write("keys", SECOND);
        nowNs += 1_000_000;
        assertThat(client.with(server, "localhost")).as("the first key sealed").isEqualTo(RESUMED);
        assertThat(late.with(server, "localhost")).as("its key is gone").isEqualTo(FULL);
        assertThat(late.with(server, "localhost")).isEqualTo(RESUMED);
    }

    @Test
    void badFileLeavesTheOldKeysInForce() throws Exception {
        assumeFalse(Engines.isJdk());
        Path file = write("keys", FIRST);
        ServerTls server = server(file);
        Shake client = new Shake("TLSv1.3");
        assertThat(client.with(server, "localhost")).isEqualTo(FULL);
        write("keys", Arrays.copyOf(SECOND, 47));
        nowNs += 1_000_000;
        assertThat(client.with(server, "localhost")).isEqualTo(RESUMED);
        Files.delete(file);
        nowNs += 1_000_000;
        assertThat(client.with(server, "localhost")).isEqualTo(RESUMED);
        write("keys", SECOND);
        nowNs += 1_000_000;
        assertThat(client.with(server, "localhost")).isEqualTo(FULL);
    }

    @Test
    void fileOfAnotherSizeIsRefusedWithWhatIsExpected() throws Exception {
        assumeFalse(Engines.isJdk());
        Path file = write("keys", Arrays.copyOf(FIRST, 80));
        assertThatThrownBy(() -> server(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the ticket keys: " + file
                                + " holds 80 bytes; expected are 1 to 16 keys of 48 bytes each, as 'openssl rand 48' makes them");
        byte[][] many = new byte[17][];
        Arrays.fill(many, FIRST);
        Path tooMany = write("many", many);
        assertThatThrownBy(() -> server(tooMany)).hasMessageContaining("holds 816 bytes");
    }

    @Test
    void theJdkTakesNone() throws Exception {
        assumeTrue(Engines.isJdk());
        Path file = write("keys", FIRST);
        assertThatThrownBy(() -> server(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("ticketKeys is " + file
                        + ", and the engine jdk takes no ticket keys; openssl (heartbeat-tls-openssl) does");
    }

    private ServerTls server(Path ticketKeys) {
        Certificates.KeyFiles files = Certificates.SHARED.server();
        return Engines.server()
                .certificate(files.chain(), files.key())
                .ticketKeys(ticketKeys)
                .options(options -> options.reloadInterval(Duration.ofMillis(1)))
                .clock(() -> nowNs)
                .build();
    }

    private Path write(String name, byte[]... keys) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] key : keys) {
            all.write(key);
        }
        return Files.write(folder.resolve(name), all.toByteArray());
    }

    private static byte[] key(int seed) {
        byte[] key = new byte[48];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) (seed * 31 + i);
        }
        return key;
    }
}
