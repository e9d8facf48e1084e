package dev.heartbeat.tls;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several certificates of one server, of which a client gets that of the host it asks for. */
final class ServerNamesTest {
    private static final Certificates ALL = Certificates.SHARED;

    @TempDir
    private Path folder;

    private long nowNs;

    @ParameterizedTest
    @CsvSource({
        "localhost,         server",
        "a.example,         a",
        "A.EXAMPLE,         a",
        "b.fleet.example,   exact",
        "c.fleet.example,   wild",
        "x.c.fleet.example, server",
        "fleet.example,     server",
        "rsa.example,       rsa",
        "elsewhere.example, server",
        "127.0.0.1,         server",
    })
    void certificateOfTheHostIsShown(String host, String certificate) throws Exception {
        ServerTls server = builder(ALL.server())
                .certificate(
                        ALL.wildcard("wild", "*.fleet.example").chain(),
                        ALL.wildcard("wild", "*.fleet.example").key())
                .certificate(
                        ALL.hosts("a", "a.example").chain(),
                        ALL.hosts("a", "a.example").key())
                .keyStore(ALL.hosts("exact", "b.fleet.example").store(), Certificates.PASSWORD)
                .certificate(
                        ALL.rsaHost("rsa", "rsa.example").chain(),
                        ALL.rsaHost("rsa", "rsa.example").key())
                .build();
        assertThat(new Shake("TLSv1.3").with(server, host)).isEqualTo("CN=" + certificate);
        assertThat(new Shake("TLSv1.2").with(server, host)).isEqualTo("CN=" + certificate);
    }

    @Test
    void eachIsReadAgain() throws Exception {
        Path chain = folder.resolve("second.crt");
        Path key = folder.resolve("second.key");
        copy(ALL.hosts("a", "a.example"), chain, key);
        ServerTls server = builder(ALL.server()).certificate(chain, key).build();
        Shake client = new Shake("TLSv1.3");
        assertThat(client.with(server, "a.example")).isEqualTo("CN=a");
        assertThat(client.with(server, "new.example")).isEqualTo("CN=server");
        copy(ALL.hosts("new", "new.example"), chain, key);
        nowNs += Duration.ofSeconds(1).toNanos();
        assertThat(new Shake("TLSv1.3").with(server, "new.example")).isEqualTo("CN=new");
        assertThat(new Shake("TLSv1.3").with(server, "a.example")).isEqualTo("CN=server");
    }

    @Test
    void certificateThatNobodyCanAskForIsRefused() {
        assertThatThrownBy(() -> builder(ALL.server())
                        .certificate(
                                ALL.client("nameless").chain(),
                                ALL.client("nameless").key())
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the server's certificate: the certificate of CN=nameless is not the first, and has no host"
                        + " name by which a client could ask for it");
    }

    private ServerTls.Builder builder(Certificates.KeyFiles first) {
        return Engines.server()
                .certificate(first.chain(), first.key())
                .options(options -> options.reloadInterval(Duration.ofSeconds(1)))
                .clock(() -> nowNs);
    }

    private static void copy(Certificates.KeyFiles from, Path chain, Path key) throws Exception {
        Files.copy(from.chain(), chain, REPLACE_EXISTING);
        Files.copy(from.key(), key, REPLACE_EXISTING);
    }
}
