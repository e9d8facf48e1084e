package dev.heartbeat.credentials;

import dev.heartbeat.auth.CredentialProvider;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A signed token by its parts, {@code v1.KEY.PAYLOAD.MAC}. The payload is text in Base64 as of
 * URLs, the MAC is HMAC-SHA256 of all that stands before it. Immutable.
 *
 * @since 0.1
 */
public final class SignedToken {
    static final Pattern KEY_ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    static final int MAX_BYTES = CredentialProvider.MAX_BYTES;

    private static final String VERSION = "v1";
    private static final Pattern FORM =
            Pattern.compile("(" + VERSION + "\\.([A-Za-z0-9_-]{1,64})\\.([A-Za-z0-9_-]+))\\.([A-Za-z0-9_-]{43})");

    private final String keyId;
    private final String signed;
    private final byte[] payload;
    private final String mac;

    private SignedToken(String keyId, String signed, byte[] payload, String mac) {
        this.keyId = keyId;
        this.signed = signed;
        this.payload = payload;
        this.mac = mac;
    }

    /**
     * {@return the parts of a token, which nobody has verified} {@link SignedTokens} does that.
     *
     * @throws IllegalArgumentException if it has another form; the message does not show it
     */
    public static SignedToken read(String token) {
        Matcher form = FORM.matcher(token);
        if (token.length() > MAX_BYTES || !form.matches()) {
            throw new IllegalArgumentException("the token has " + token.length()
                    + " characters and is not of the form v1.KEY.PAYLOAD.MAC in at most " + MAX_BYTES);
        }
        byte[] payload = Base64.getUrlDecoder().decode(form.group(3));
        return new SignedToken(form.group(2), form.group(1), payload, form.group(4));
    }

    /** Returns the part that is signed of a token with these claims. */
    static String toSign(String keyId, TokenClaims claims) {
        return VERSION + "." + keyId + "."
                + Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(claims.payload().getBytes(StandardCharsets.UTF_8));
    }

    /** {@return the id of the key that it says it is signed with} */
    public String keyId() {
        return keyId;
    }

    /**
     * {@return what it says}
     *
     * @throws IllegalArgumentException if that is not what a version 1 can say
     */
    public TokenClaims claims() {
        return TokenClaims.read(payload);
    }

    String signed() {
        return signed;
    }

    String mac() {
        return mac;
    }

    /** Shows no MAC. */
    @Override
    public String toString() {
        return "a token of the key " + keyId;
    }
}
