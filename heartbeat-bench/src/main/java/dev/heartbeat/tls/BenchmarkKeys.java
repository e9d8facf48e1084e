package dev.heartbeat.tls;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;

/** A certificate for localhost, made by the JDK's keytool for one run. */
public final class BenchmarkKeys {
    private static final char[] PASSWORD = "benchmark".toCharArray();
    private static final BenchmarkKeys MADE = new BenchmarkKeys();

    private final Path store;
    private final Path certificate;

    private BenchmarkKeys() {
        try {
            Path folder = Files.createTempDirectory("heartbeat-bench-tls");
            store = folder.resolve("server.p12");
            certificate = folder.resolve("server.crt");
            Process keytool = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "keytool")
                                    .toString(),
                            "-genkeypair",
                            "-alias",
                            "server",
                            "-keyalg",
                            "EC",
                            "-groupname",
                            "secp256r1",
                            "-dname",
                            "CN=localhost",
                            "-ext",
                            "san=dns:localhost,ip:127.0.0.1",
                            "-validity",
                            "30",
                            "-storetype",
                            "PKCS12",
                            "-keystore",
                            store.toString(),
                            "-storepass",
                            new String(PASSWORD))
                    .redirectErrorStream(true)
                    .start();
            byte[] said = keytool.getInputStream().readAllBytes();
            if (keytool.waitFor() != 0) {
                throw new IllegalStateException("keytool: " + new String(said, StandardCharsets.UTF_8));
            }
            store.toFile().setReadable(false, false);
            store.toFile().setReadable(true, true);
            Files.writeString(certificate, pem());
            for (Path each : new Path[] {store, certificate, folder}) {
                each.toFile().deleteOnExit();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private String pem() throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        byte[] encoded = keys.getCertificate("server").getEncoded();
        return "-----BEGIN CERTIFICATE-----\n" + Base64.getMimeEncoder().encodeToString(encoded)
                + "\n-----END CERTIFICATE-----\n";
    }

    /** A server's TLS by this engine; handshakes run where they are asked for. */
    public static ServerTls server(String engine) {
        return builder(engine).options(options -> options.handshakeThreads(0)).build();
    }

    /** A server's TLS by this engine, as an application builds it. */
    public static ServerTls.Builder builder(String engine) {
        return ServerTls.builder().engine(engine).keyStore(MADE.store, PASSWORD);
    }

    /** The key, for a server that is written by hand. */
    public static KeyManagerFactory factory() {
        try (InputStream in = Files.newInputStream(MADE.store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, PASSWORD);
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(keys, PASSWORD);
            return factory;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A client's TLS by this engine; handshakes run where they are asked for. */
    public static ClientTls client(String engine) {
        return ClientTls.builder()
                .engine(engine)
                .authorities(MADE.certificate)
                .options(options -> options.handshakeThreads(0))
                .build();
    }
}
