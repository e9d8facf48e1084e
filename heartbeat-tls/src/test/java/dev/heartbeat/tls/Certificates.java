package dev.heartbeat.tls;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** An authority made for the tests, and what it has signed, in files of a temporary folder. */
final class Certificates {
    static final char[] PASSWORD = "secret".toCharArray();

    /** Made once: it costs some signatures. */
    static final Certificates SHARED = new Certificates();

    private final Path folder;
    private final X509Bundle authority;
    private final Path authorityFile;
    private final Map<String, KeyFiles> issued = new HashMap<>();

    /** An authority of its own. */
    Certificates() {
        try {
            folder = Files.createTempDirectory("heartbeat-tls");
            folder.toFile().deleteOnExit();
            authority = in(builder("CN=Test Authority").setIsCertificateAuthority(true))
                    .buildSelfSigned();
            authorityFile = write("authority.crt", authority.getCertificatePEM());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** A certificate with its key, in PEM and in PKCS#12. */
    record KeyFiles(Path chain, Path key, Path store) {}

    Path authorityFile() {
        return authorityFile;
    }

    /** For localhost. */
    KeyFiles server() {
        return issue("server", in(localhost("CN=server")));
    }

    /** For localhost, with an RSA key. */
    KeyFiles rsaServer() {
        return issue("rsa-server", in(localhost("CN=rsa-server").rsa2048()));
    }

    /** For another host. */
    KeyFiles otherHost() {
        return issue("other", in(builder("CN=other").addSanDnsName("other.example")));
    }

    /** For these hosts. */
    KeyFiles hosts(String name, String... hosts) {
        CertificateBuilder builder = builder("CN=" + name);
        for (String host : hosts) {
            builder.addSanDnsName(host);
        }
        return issue(name, in(builder));
    }

    /** For the hosts of a wildcard, which the builder does not take for a name. */
    KeyFiles wildcard(String name, String wildcard) {
        byte[] host = wildcard.getBytes(StandardCharsets.US_ASCII);
        byte[] names = new byte[host.length + 4];
        names[0] = 0x30; // SEQUENCE
        names[1] = (byte) (host.length + 2);
        names[2] = (byte) 0x82; // dNSName
        names[3] = (byte) host.length;
        System.arraycopy(host, 0, names, 4, host.length);
        return issue(name, in(builder("CN=" + name).addExtensionOctetString("2.5.29.17", false, names)));
    }

    /** For this host, with an RSA key. */
    KeyFiles rsaHost(String name, String host) {
        return issue(name, in(builder("CN=" + name).addSanDnsName(host).rsa2048()));
    }

    KeyFiles client(String name) {
        return issue(name, in(builder("CN=" + name)));
    }

    KeyFiles expired() {
        return issue("expired", valid(localhost("CN=expired"), -20, -10));
    }

    KeyFiles notYetValid() {
        return issue("future", valid(localhost("CN=future"), 10, 20));
    }

    private static CertificateBuilder builder(String subject) {
        return new CertificateBuilder().ecp256().subject(subject);
    }

    private static CertificateBuilder localhost(String subject) {
        return builder(subject).addSanDnsName("localhost").addSanIpAddress("127.0.0.1");
    }

    private static CertificateBuilder in(CertificateBuilder builder) {
        return valid(builder, -1, 10);
    }

    private static CertificateBuilder valid(CertificateBuilder builder, int fromDay, int toDay) {
        Instant now = Instant.now();
        return builder.notBefore(now.plus(Duration.ofDays(fromDay))).notAfter(now.plus(Duration.ofDays(toDay)));
    }

    private synchronized KeyFiles issue(String name, CertificateBuilder builder) {
        return issued.computeIfAbsent(name, any -> make(name, builder));
    }

    private KeyFiles make(String name, CertificateBuilder builder) {
        try {
            X509Bundle bundle = builder.buildIssuedBy(authority);
            Path store = folder.resolve(name + ".p12");
            try (OutputStream out = Files.newOutputStream(store)) {
                bundle.toKeyStore(PASSWORD).store(out, PASSWORD);
            }
            Path key = write(name + ".key", bundle.getPrivateKeyPEM());
            Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
            Files.setPosixFilePermissions(store, PosixFilePermissions.fromString("rw-------"));
            return new KeyFiles(write(name + ".crt", bundle.getCertificatePathPEM()), key, store);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** A file of this content. */
    Path write(String name, String content) {
        try {
            return Files.writeString(folder.resolve(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
