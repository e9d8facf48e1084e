package dev.heartbeat.tls;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * A certificate in files, for TLS beside the bus, such as an HTTPS port of the same process.
 *
 * @since 0.1
 */
public final class CertificateFiles {

    private CertificateFiles() {}

    /**
     * Makes a key manager that shows what the files hold. When a handshake comes after the interval,
     * a thread of its own reads them again, and the handshakes behind it get the new certificate. A
     * bad file is one warning in the log, and what was there before stays in force.
     *
     * @param what it is, for messages
     * @param chain a PEM file: the certificate, and those that lead to its authority
     * @param key a PEM file: the private key as PKCS#8, PKCS#1 or SEC 1, not encrypted
     * @param reloadInterval from one look at the files to the next; positive
     * @return a key manager for a server, which any thread may call
     * @throws IllegalArgumentException if a file cannot be read, the key is not the certificate's,
     *     the certificate is not in force, or the interval is not positive
     */
    public static X509ExtendedKeyManager keyManager(String what, Path chain, Path key, Duration reloadInterval) {
        Objects.requireNonNull(what, "what");
        Objects.requireNonNull(chain, "chain");
        Objects.requireNonNull(key, "key");
        if (Objects.requireNonNull(reloadInterval, "reloadInterval").compareTo(Duration.ZERO) <= 0) {
            throw new IllegalArgumentException("reloadInterval is " + reloadInterval + ", allowed is a positive time");
        }
        Reloading reloading = new Reloading(System::nanoTime, reloadInterval.toNanos(), Reloading::onThreadOfItsOwn);
        return new ReloadedKeys(new KeySource.PemFiles(chain, key, null).watch(what, reloading));
    }
}
