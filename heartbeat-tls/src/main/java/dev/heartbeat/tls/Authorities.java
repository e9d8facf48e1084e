package dev.heartbeat.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The certificates that a peer's chain must lead to.
 *
 * @param file PEM, or PKCS#12 where there is a password
 */
record Authorities(Path file, @Nullable Password password) {

    /** Reads them, and again when they change. */
    Watched<X509ExtendedTrustManager> watch(String what, Reloading reloading) {
        return new Watched<>(what, List.of(file), contents -> trusting(certificates(contents.get(0))), reloading);
    }

    private List<Certificate> certificates(byte[] content) throws IOException {
        if (password == null) {
            try {
                return List.copyOf(Pem.certificates(content));
            } catch (IOException e) {
                throw new IOException(file + " " + e.getMessage(), e);
            }
        }
        List<Certificate> all = new ArrayList<>();
        try {
            KeyStore store = KeySource.Store.open(file, content, password.characters());
            for (String alias : Collections.list(store.aliases())) {
                if (store.isCertificateEntry(alias)) {
                    all.add(store.getCertificate(alias));
                }
            }
        } catch (GeneralSecurityException e) {
            throw new IOException(file + " cannot be read as PKCS#12: " + e.getMessage(), e);
        }
        if (all.isEmpty()) {
            throw new IOException(file + " holds no certificate to trust");
        }
        return all;
    }

    private static X509ExtendedTrustManager trusting(List<Certificate> certificates) throws IOException {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (int i = 0; i < certificates.size(); i++) {
                store.setCertificateEntry("authority-" + i, certificates.get(i));
            }
            return managerOf(store);
        } catch (GeneralSecurityException e) {
            throw new IOException("the authorities cannot be used: " + e.getMessage(), e);
        }
    }

    /** Of the store, or with null of the JDK's own authorities. */
    static X509ExtendedTrustManager managerOf(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager found) {
                return found;
            }
        }
        throw new GeneralSecurityException("the JDK has no trust manager for X.509");
    }
}
