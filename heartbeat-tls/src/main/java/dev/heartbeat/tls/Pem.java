package dev.heartbeat.tls;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Reads certificates and private keys as OpenSSL writes them (RFC 7468): PKCS#8, encrypted or not,
 * and the older forms of RSA (PKCS#1) and elliptic curves (SEC 1). Messages of what it throws
 * complete the sentence "the file …".
 */
final class Pem {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");
    private static final String CERTIFICATE = "CERTIFICATE";
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS");

    /** AlgorithmIdentifier of RSA (RFC 8017, appendix A.1): its object identifier, and NULL. */
    private static final byte[] RSA = Der.sequence(Der.objectId(0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 1), Der.NULL);

    private static final byte[] EC_PUBLIC_KEY = Der.objectId(0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1);

    private Pem() {}

    /** What stands between BEGIN and END. */
    private static final class Block {
        private final String type;
        private final byte[] content;

        Block(String type, byte[] content) {
            this.type = type;
            this.content = content;
        }
    }

    /** All certificates of the text, at least one. */
    static List<X509Certificate> certificates(byte[] text) throws IOException {
        List<X509Certificate> all = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Block block : blocks(text)) {
                if (block.type.equals(CERTIFICATE)) {
                    Certificate next = factory.generateCertificate(new ByteArrayInputStream(block.content));
                    all.add((X509Certificate) next);
                }
            }
        } catch (GeneralSecurityException e) {
            throw new IOException("holds a certificate that cannot be read: " + e.getMessage(), e);
        }
        if (all.isEmpty()) {
            throw new IOException("holds no certificate; expected is PEM with -----BEGIN CERTIFICATE-----");
        }
        return all;
    }

    /** The first private key of the text. */
    static PrivateKey privateKey(byte[] text, char @Nullable [] password) throws IOException {
        for (Block block : blocks(text)) {
            byte[] pkcs8 = pkcs8(block, password);
            if (pkcs8 != null) {
                return decoded(pkcs8);
            }
        }
        if (new String(text, StandardCharsets.ISO_8859_1).contains("Proc-Type: 4,ENCRYPTED")) {
            throw new IOException("is encrypted in OpenSSL's old form; convert it: openssl pkcs8 -topk8 -in FILE");
        }
        throw new IOException("holds no private key; expected is PEM with -----BEGIN PRIVATE KEY-----");
    }

    /** The key of a block in PKCS#8; null if it holds something else. */
    private static byte @Nullable [] pkcs8(Block block, char @Nullable [] password) throws IOException {
        return switch (block.type) {
            case "PRIVATE KEY" -> block.content;
            case "RSA PRIVATE KEY" -> Der.sequence(Der.ZERO, RSA, Der.octets(block.content));
            case "EC PRIVATE KEY" ->
                Der.sequence(
                        Der.ZERO, Der.sequence(EC_PUBLIC_KEY, Der.curveOf(block.content)), Der.octets(block.content));
            case "ENCRYPTED PRIVATE KEY" -> decrypted(block.content, password);
            default -> null;
        };
    }

    private static byte[] decrypted(byte[] content, char @Nullable [] password) throws IOException {
        if (password == null) {
            throw new IOException("is encrypted, and no password is given");
        }
        try {
            EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(content);
            // Of PBES2 the parameters name the algorithm, which the JDK before 19 does not.
            String algorithm =
                    info.getAlgName().equals("PBES2") ? info.getAlgParameters().toString() : info.getAlgName();
            SecretKey secret = SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec(password));
            Cipher cipher = Cipher.getInstance(algorithm);
            cipher.init(Cipher.DECRYPT_MODE, secret, info.getAlgParameters());
            return info.getKeySpec(cipher).getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot be decrypted; is the password wrong? (" + e.getMessage() + ")", e);
        }
    }

    private static PrivateKey decoded(byte[] pkcs8) throws IOException {
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(pkcs8);
        IOException none = new IOException("holds no private key that can be read; expected is RSA, EC or EdDSA");
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (GeneralSecurityException e) {
                none.addSuppressed(e); // Such as a key of another algorithm.
            }
        }
        throw none;
    }

    private static List<Block> blocks(byte[] text) throws IOException {
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(new String(text, StandardCharsets.ISO_8859_1));
        while (matcher.find()) {
            try {
                blocks.add(new Block(matcher.group(1), Base64.getMimeDecoder().decode(matcher.group(2))));
            } catch (IllegalArgumentException e) {
                // The message of the cause would show a character of the key.
                throw new IOException("holds a block that is no Base64");
            }
        }
        return blocks;
    }

    /** The little of DER that the older forms of keys take to become PKCS#8. */
    private static final class Der {
        private static final int INTEGER = 0x02;
        private static final int OCTET_STRING = 0x04;
        private static final int OBJECT_ID = 0x06;
        private static final int SEQUENCE = 0x30;
        private static final int CURVE = 0xA0;

        static final byte[] NULL = {5, 0};
        static final byte[] ZERO = {INTEGER, 1, 0};

        private Der() {}

        static byte[] objectId(int... content) {
            byte[] bytes = new byte[content.length];
            for (int i = 0; i < content.length; i++) {
                bytes[i] = (byte) content[i];
            }
            return element(OBJECT_ID, bytes);
        }

        static byte[] octets(byte[] content) {
            return element(OCTET_STRING, content);
        }

        static byte[] sequence(byte[]... parts) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (byte[] part : parts) {
                all.writeBytes(part);
            }
            return element(SEQUENCE, all.toByteArray());
        }

        private static byte[] element(int tag, byte[] content) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.write(tag);
            int length = content.length;
            if (length >= 0x80) {
                int bytes = length > 0xFFFF ? 3 : length > 0xFF ? 2 : 1;
                out.write(0x80 | bytes);
                for (int i = bytes - 1; i >= 0; i--) {
                    out.write(length >> 8 * i);
                }
            } else {
                out.write(length);
            }
            out.writeBytes(content);
            return out.toByteArray();
        }

        /** The object identifier of the curve that an ECPrivateKey (RFC 5915) names. */
        static byte[] curveOf(byte[] key) throws IOException {
            try {
                int end = contentEnd(key, 0);
                for (int at = contentStart(key, 0); at < end; at = contentEnd(key, at)) {
                    if ((key[at] & 0xFF) == CURVE) {
                        int start = contentStart(key, at);
                        return Arrays.copyOfRange(key, start, contentEnd(key, at));
                    }
                }
            } catch (ArrayIndexOutOfBoundsException e) {
                throw new IOException("holds a private key that is cut off", e);
            }
            throw new IOException("holds a private key that names no curve; convert it: openssl pkcs8 -topk8");
        }

        private static int contentStart(byte[] der, int at) {
            int first = der[at + 1] & 0xFF;
            return at + 2 + (first < 0x80 ? 0 : first & 0x7F);
        }

        private static int contentEnd(byte[] der, int at) {
            int first = der[at + 1] & 0xFF;
            int length = first;
            if (first >= 0x80) {
                length = 0;
                for (int i = 0; i < (first & 0x7F); i++) {
                    length = length << 8 | (der[at + 2 + i] & 0xFF);
                }
            }
            int start = contentStart(der, at);
            if (length < 0 || length > der.length - start) {
                throw new ArrayIndexOutOfBoundsException("an element of " + length + " bytes at " + start);
            }
            return start + length;
        }
    }
}
