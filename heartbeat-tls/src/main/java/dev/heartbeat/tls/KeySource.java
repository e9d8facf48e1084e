package dev.heartbeat.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where keys, certificates and authorities come from: PEM files, or a PKCS#12 store. */
sealed interface KeySource {
    /** The files that are read. */
    List<Path> files();

    /** The key and its chain, of the contents of the files. */
    KeyMaterial material(List<byte[]> contents) throws IOException;

    /** Reads it, and again when it changes. */
    default Watched<KeyMaterial> watch(String what, Reloading reloading) {
        return watch(what, reloading, KeyMaterial::checked);
    }

    /** As {@link #watch(String, Reloading)}, for one that clients ask for by name. */
    default Watched<KeyMaterial> watchNamed(String what, Reloading reloading) {
        return watch(what, reloading, material -> material.checked().named());
    }

    /** Refuses what cannot be used. */
    interface Check {
        KeyMaterial check(KeyMaterial material) throws IOException;
    }

    private Watched<KeyMaterial> watch(String what, Reloading reloading, Check check) {
        SecretFiles.warnIfReadable("the private key", files().get(files().size() - 1));
        return new Watched<>(what, files(), contents -> check.check(material(contents)), reloading);
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
