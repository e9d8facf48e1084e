package dev.heartbeat.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/** A private key, and the chain of certificates that belongs to it, its own first. */
record KeyMaterial(PrivateKey key, List<X509Certificate> chain) {

    /** Refuses a key that is not the certificate's, and a certificate that is not in force. */
    KeyMaterial checked() throws IOException {
        X509Certificate own = chain.get(0);
        Instant now = Instant.now();
        Instant from = own.getNotBefore().toInstant();
        Instant until = own.getNotAfter().toInstant();
        if (until.isBefore(now)) {
            throw new IOException("the certificate of " + own.getSubjectX500Principal() + " expired at " + until);
        }
        if (from.isAfter(now)) {
            throw new IOException(
                    "the certificate of " + own.getSubjectX500Principal() + " is not valid before " + from);
        }
        if (!belongTogether(key, own.getPublicKey())) {
            throw new IOException("the private key is not that of the certificate of " + own.getSubjectX500Principal());
        }
        return this;
    }

    /** Refuses a certificate that no client can ask for. */
    KeyMaterial named() throws IOException {
        X509Certificate own = chain.get(0);
        if (ServerNames.of(own).isEmpty()) {
            throw new IOException("the certificate of " + own.getSubjectX500Principal()
                    + " is not the first, and has no host name by which a client could ask for it");
        }
        return this;
    }

    /** Names the algorithm alone: the key's own text may hold its numbers. */
    @Override
    public String toString() {
        return "a private key of " + key.getAlgorithm() + " with " + chain.size() + " certificates";
    }

    private static boolean belongTogether(PrivateKey key, PublicKey of) {
        byte[] text = {1, 2, 3};
        try {
            Signature signature = Signature.getInstance(signatureOf(key));
            signature.initSign(key);
            signature.update(text);
            byte[] signed = signature.sign();
            signature.initVerify(of);
            signature.update(text);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false; // Such as a key of another algorithm.
        }
    }

    private static String signatureOf(PrivateKey key) {
        return switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
        };
    }
}
