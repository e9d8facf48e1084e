package dev.heartbeat.credentials;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A key that tokens are signed with. */
final class SigningKey {
    static final int MIN_BYTES = 32;
    static final int MAX_BYTES = 1024;

    private static final String HMAC = "HmacSHA256";

    private final SecretKeySpec key;

    SigningKey(byte[] bytes) {
        key = new SecretKeySpec(bytes, HMAC);
    }

    /** The MAC of a text of ASCII, in Base64 as of URLs. */
    String mac(String text) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(key);
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(mac.doFinal(text.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + HMAC, e);
        }
    }

    /** Shows nothing of it. */
    @Override
    public String toString() {
        return "a key";
    }
}
