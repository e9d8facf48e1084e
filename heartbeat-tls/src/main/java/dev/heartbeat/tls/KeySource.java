package dev.heartbeat.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where keys, certificates and authorities come from: PEM files, or a PKCS#12 store. */
sealed interface KeySource {
    Logger LOG = LoggerFactory.getLogger(KeySource.class);

    /** The files that are read. */
    List<Path> files();

    /** The key and its chain, of the contents of the files. */
    KeyMaterial material(List<byte[]> contents) throws IOException;

    /** Reads it, and again when it changes. */
    default Watched<KeyMaterial> watch(String what, LongSupplier clock, long intervalNs) {
        warnOfReadableKey();
        return new Watched<>(what, files(), contents -> material(contents).checked(), clock, intervalNs);
    }

    private void warnOfReadableKey() {
        Path key = files().get(files().size() - 1);
        try {
            Set<PosixFilePermission> allowed = Files.getPosixFilePermissions(key);
            if (allowed.contains(PosixFilePermission.OTHERS_READ)) {
                LOG.warn("the private key {} can be read by every user of this machine", key);
            }
        } catch (IOException | UnsupportedOperationException e) {
            LOG.trace("{} has no permissions to look at", key, e);
        }
    }

    /** A certificate with its chain, and its key. */
    record PemFiles(Path certificate, Path key, @Nullable Password password) implements KeySource {
        @Override
        public List<Path> files() {
            return List.of(certificate, key);
        }

        @Override
        public KeyMaterial material(List<byte[]> contents) throws IOException {
            List<X509Certificate> chain;
            try {
                chain = Pem.certificates(contents.get(0));
            } catch (IOException e) {
                throw new IOException(certificate + " " + e.getMessage(), e);
            }
            try {
                return new KeyMaterial(
                        Pem.privateKey(contents.get(1), password == null ? null : password.characters()), chain);
            } catch (IOException e) {
                throw new IOException(key + " " + e.getMessage(), e);
            }
        }
    }

    /** A PKCS#12 store with one key. */
    record Store(Path store, Password password) implements KeySource {
        @Override
        public List<Path> files() {
            return List.of(store);
        }

        @Override
        public KeyMaterial material(List<byte[]> contents) throws IOException {
            try {
                KeyStore keys = open(store, contents.get(0), password.characters());
                for (String alias : Collections.list(keys.aliases())) {
                    Key key = keys.getKey(alias, password.characters());
                    if (key instanceof PrivateKey own) {
                        List<X509Certificate> chain = new ArrayList<>();
                        for (Certificate next : keys.getCertificateChain(alias)) {
                            chain.add((X509Certificate) next);
                        }
                        return new KeyMaterial(own, chain);
                    }
                }
            } catch (GeneralSecurityException e) {
                throw new IOException(store + " cannot be read as PKCS#12: " + e.getMessage(), e);
            }
            throw new IOException(store + " holds no private key");
        }

        static KeyStore open(Path store, byte[] content, char[] password) throws IOException {
            try {
                KeyStore keys = KeyStore.getInstance("PKCS12");
                keys.load(new ByteArrayInputStream(content), password);
                return keys;
            } catch (GeneralSecurityException | IOException e) {
                throw new IOException(
                        store + " cannot be read as PKCS#12, or its password is wrong: " + e.getMessage(), e);
            }
        }
    }
}
