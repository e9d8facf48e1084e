package dev.heartbeat.jwt;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Public keys in PEM: keys as such, and those of certificates. They have no ids. */
final class PemKeys {
    static final String BEGIN = "-----BEGIN ";

    private static final Pattern BLOCK = Pattern.compile(BEGIN + "([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");
    private static final String ALLOWED = ", allowed are blocks of PUBLIC KEY and CERTIFICATE, of RSA or EC";

    private PemKeys() {}

    /**
     * The keys of a text, in its order.
     *
     * @throws IOException if a block is anything else; the message names the file and the block
     */
    static List<JWK> of(Path file, String text) throws IOException {
        List<JWK> keys = new ArrayList<>();
        Matcher blocks = BLOCK.matcher(text);
        while (blocks.find()) {
            keys.add(key(file, keys.size() + 1, blocks.group(1), blocks.group(2)));
        }
        if (keys.isEmpty()) {
            throw new IOException(file + " has no whole block" + ALLOWED);
        }
        return keys;
    }

    private static JWK key(Path file, int number, String kind, String base64) throws IOException {
        String bad = file + ", block " + number + ": it is no public key that can be used" + ALLOWED;
        try {
            byte[] bytes = Base64.getMimeDecoder().decode(base64);
            PublicKey key = switch (kind) {
                case "PUBLIC KEY" -> publicKey(new X509EncodedKeySpec(bytes));
                case "CERTIFICATE" ->
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(bytes))
                            .getPublicKey();
                default -> throw new IOException(bad);
            };
            if (key instanceof RSAPublicKey rsa) {
                return new RSAKey.Builder(rsa).build();
            }
            if (key instanceof ECPublicKey ec) {
                return new ECKey.Builder(Curve.forECParameterSpec(ec.getParams()), ec).build();
            }
            throw new IOException(bad);
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new IOException(bad); // The cause could show a part of a key that is in a wrong place.
        }
    }

    private static PublicKey publicKey(X509EncodedKeySpec encoded) throws GeneralSecurityException {
        try {
            return KeyFactory.getInstance("EC").generatePublic(encoded);
        } catch (InvalidKeySpecException e) {
            return KeyFactory.getInstance("RSA").generatePublic(encoded);
        }
    }
}
