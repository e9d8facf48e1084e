package dev.heartbeat.tls;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys and certificates in all their forms, and what is said of those that are wrong. */
final class TlsFilesTest {
    private static final Certificates ALL = Certificates.SHARED;

    @TempDir
    private Path folder;

    @Test
    void fileThatDoesNotExistIsNamed() {
        Path missing = folder.resolve("missing.crt");
        assertThatThrownBy(() -> ServerTls.builder()
                        .certificate(missing, ALL.server().key())
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the server's certificate: " + missing + " does not exist");
    }

    @Test
    void emptyFileIsNamed() throws IOException {
        Path empty = Files.createFile(folder.resolve("empty.key"));
        assertThatThrownBy(() -> ServerTls.builder()
                        .certificate(ALL.server().chain(), empty)
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the server's certificate: " + empty + " is empty");
    }

    @Test
    void fileOfAnotherKindIsNamedWithWhatIsExpected() {
        assertThatThrownBy(() -> ServerTls.builder()
                        .certificate(ALL.server().key(), ALL.server().key())
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(ALL.server().key() + " holds no certificate; expected is PEM");
        assertThatThrownBy(() -> ServerTls.builder()
                        .certificate(ALL.server().chain(), ALL.server().chain())
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(ALL.server().chain() + " holds no private key; expected is PEM");
        assertThatThrownBy(() ->
                        ClientTls.builder().authorities(ALL.server().key()).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(
                        "the authorities of servers: " + ALL.server().key() + " holds no certificate");
    }

    @Test
    void keyOfAnotherCertificateIsRefused() {
        assertThatThrownBy(() -> ServerTls.builder()
                        .certificate(ALL.server().chain(), ALL.otherHost().key())
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the private key is not that of the certificate of CN=server");
        assertThatThrownBy(() -> ServerTls.builder()
                        .certificate(ALL.server().chain(), ALL.rsaServer().key())
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the private key is not that of the certificate of CN=server");
    }

    @Test
    void certificateThatIsNotInForceIsRefused() {
        Certificates.KeyFiles expired = ALL.expired();
        assertThatThrownBy(() -> ServerTls.builder()
                        .certificate(expired.chain(), expired.key())
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("CN=expired expired at");
        Certificates.KeyFiles future = ALL.notYetValid();
        assertThatThrownBy(() -> ServerTls.builder()
                        .certificate(future.chain(), future.key())
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("CN=future is not valid before");
    }

    @Test
    void serverWithoutACertificateIsRefused() {
        assertThatThrownBy(() -> ServerTls.builder().build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("needs a certificate");
    }

    @Test
    void engineThatIsNotThereIsRefusedWithThoseThatAre() {
        assertThatThrownBy(() -> ServerTls.builder().engine("quantum"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("engine is 'quantum', and found are jdk");
    }

    @Test
    void optionOutOfRangeIsRefused() {
        Certificates.KeyFiles files = ALL.server();
        assertThatThrownBy(() -> ServerTls.builder()
                        .certificate(files.chain(), files.key())
                        .options(options -> options.maxHandshakes(0))
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("maxHandshakes is 0, allowed is 1 to");
    }

    @Test
    void storeOpensWithItsPasswordOnly() {
        Path store = ALL.server().store();
        assertThat(ServerTls.builder().keyStore(store, Certificates.PASSWORD).build())
                .isNotNull();
        assertThatThrownBy(() -> ServerTls.builder()
                        .keyStore(store, "wrong".toCharArray())
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(store + " cannot be read as PKCS#12, or its password is wrong");
    }

    @ParameterizedTest
    @CsvSource({
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256, PRIVATE KEY",
        "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048, PRIVATE KEY",
        "genpkey -algorithm ED25519, PRIVATE KEY",
        "ecparam -name prime256v1 -genkey -noout, EC PRIVATE KEY",
        "ecparam -name secp384r1 -genkey, EC PRIVATE KEY",
        "genrsa -traditional 2048, RSA PRIVATE KEY",
    })
    void keysAsOpensslWritesThemAreRead(String arguments, String form) throws Exception {
        byte[] pem = openssl(arguments);
        assumeTrue(pem.length > 0, "openssl is not installed");
        assertThat(new String(pem, StandardCharsets.US_ASCII)).contains("BEGIN " + form);
        assertThat(Pem.privateKey(pem, null).getEncoded()).isNotEmpty();
    }

    @Test
    void encryptedKeysAreReadWithTheirPassword() throws Exception {
        byte[] pem = openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -aes-256-cbc -pass pass:secret");
        assumeTrue(pem.length > 0, "openssl is not installed");
        assertThat(Pem.privateKey(pem, "secret".toCharArray()).getAlgorithm()).isEqualTo("EC");
        assertThatThrownBy(() -> Pem.privateKey(pem, null)).hasMessage("is encrypted, and no password is given");
        assertThatThrownBy(() -> Pem.privateKey(pem, "wrong".toCharArray())).isInstanceOf(IOException.class);
    }

    /** PKCS#1 and SEC 1 made without OpenSSL: what stands in PKCS#8 of another key. */
    @Test
    void garbageInTheOldFormsIsRefusedAndNothingElse() {
        byte[] random = new byte[300];
        for (int seed = 0; seed < 2_000; seed++) {
            new Random(seed).nextBytes(random);
            for (String form :
                    new String[] {"RSA PRIVATE KEY", "EC PRIVATE KEY", "PRIVATE KEY", "ENCRYPTED PRIVATE KEY"}) {
                String pem = "-----BEGIN " + form + "-----\n"
                        + Base64.getMimeEncoder().encodeToString(random) + "\n-----END " + form + "-----\n";
                assertThatThrownBy(() -> Pem.privateKey(pem.getBytes(StandardCharsets.US_ASCII), "x".toCharArray()))
                        .isInstanceOf(IOException.class);
            }
        }
    }

    private static byte[] openssl(String arguments) throws Exception {
        String[] words = ("openssl " + arguments).split(" ");
        Process process;
        try {
            process = new ProcessBuilder(words)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            return new byte[0];
        }
        byte[] out = process.getInputStream().readAllBytes();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return out;
    }

    // ---- reloading

    @Test
    void newContentIsTakenAfterTheIntervalAndBadContentIsNot() throws Exception {
        long[] nowNs = {0};
        Path chain = folder.resolve("server.crt");
        Path key = folder.resolve("server.key");
        copy(ALL.server(), chain, key);
        Watched<KeyMaterial> watched = new KeySource.PemFiles(chain, key, null)
                .watch("the server's certificate", new Reloading(() -> nowNs[0], 1_000, Runnable::run));
        KeyMaterial first = watched.current();

        copy(ALL.otherHost(), chain, key);
        nowNs[0] = 999;
        assertThat(watched.current()).isSameAs(first);
        nowNs[0] = 1_000;
        KeyMaterial second = watched.current();
        assertThat(second.chain().get(0).getSubjectX500Principal().getName()).isEqualTo("CN=other");

        Files.copy(ALL.server().chain(), chain, REPLACE_EXISTING);
        nowNs[0] = 2_000;
        assertThat(watched.current()).as("the key is not the new certificate's").isSameAs(second);
        copy(ALL.server(), chain, key);
        nowNs[0] = 3_000;
        assertThat(watched.current().chain().get(0)).isEqualTo(first.chain().get(0));

        Files.delete(key);
        nowNs[0] = 4_000;
        assertThat(watched.current().chain().get(0)).isEqualTo(first.chain().get(0));
    }

    @Test
    void handshakesOnLoopsGoOnWithTheOldOnesWhileAnotherThreadReads() throws Exception {
        long[] nowNs = {0};
        List<Runnable> looks = new ArrayList<>();
        Path chain = folder.resolve("server.crt");
        Path key = folder.resolve("server.key");
        copy(ALL.server(), chain, key);
        Watched<KeyMaterial> watched = new KeySource.PemFiles(chain, key, null)
                .watch("the server's certificate", new Reloading(() -> nowNs[0], 1_000, looks::add));
        KeyMaterial first = watched.current();
        copy(ALL.otherHost(), chain, key);
        nowNs[0] = 1_000;
        assertThat(watched.current()).isSameAs(first);
        assertThat(watched.current()).isSameAs(first);
        assertThat(looks).as("one look, however many ask").hasSize(1);
        looks.get(0).run();
        assertThat(watched.current().chain().get(0).getSubjectX500Principal().getName())
                .isEqualTo("CN=other");
    }

    @Test
    void filesAreNotReadOnALoop() throws Exception {
        CompletableFuture<Thread> reader = new CompletableFuture<>();
        Reloading.onThreadOfItsOwn(() -> reader.complete(Thread.currentThread()));
        assertThat(reader.get(20, TimeUnit.SECONDS)).isNotSameAs(Thread.currentThread());
    }

    @Test
    void aliasNamesTheMaterialThoughTheFilesChange() throws Exception {
        long[] nowNs = {0};
        Path chain = folder.resolve("server.crt");
        Path key = folder.resolve("server.key");
        copy(ALL.server(), chain, key);
        ReloadedKeys keys = new ReloadedKeys(new KeySource.PemFiles(chain, key, null)
                .watch("the server's certificate", new Reloading(() -> nowNs[0], 1_000, Runnable::run)));
        String before = keys.chooseEngineServerAlias("EC", null, null);
        PrivateKey own = keys.getPrivateKey(before);
        copy(ALL.rsaServer(), chain, key);
        nowNs[0] = 1_000;
        assertThat(keys.chooseEngineServerAlias("EC", null, null))
                .as("it is RSA now")
                .isNull();
        String after = keys.chooseEngineServerAlias("RSA", null, null);
        assertThat(after).isNotEqualTo(before);
        assertThat(keys.getPrivateKey(before)).isSameAs(own);
        assertThat(keys.getPrivateKey(after).getAlgorithm()).isEqualTo("RSA");
    }

    private static void copy(Certificates.KeyFiles from, Path chain, Path key) throws IOException {
        Files.copy(from.chain(), chain, REPLACE_EXISTING);
        Files.copy(from.key(), key, REPLACE_EXISTING);
    }
}
