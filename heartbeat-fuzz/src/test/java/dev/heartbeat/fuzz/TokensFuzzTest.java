package dev.heartbeat.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.auth.Applicant;
import dev.heartbeat.auth.Authenticator;
import dev.heartbeat.auth.Grant;
import dev.heartbeat.credentials.SignedToken;
import dev.heartbeat.credentials.SignedTokens;
import dev.heartbeat.credentials.TokenClaims;
import dev.heartbeat.jwt.JsonWebTokens;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Arbitrary bytes as the credential of a node: nothing is granted but by a token that is in force,
 * for that node and unchanged, nothing is thrown, and no message shows what was shown.
 */
final class TokensFuzzTest {
    private static final int RANDOM_CHANGES = 300;
    private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");
    private static final InstantSource CLOCK = () -> NOW;
    private static final long SOON = NOW.plusSeconds(60).getEpochSecond();
    private static final long BEFORE = NOW.minusSeconds(3600).getEpochSecond();

    private static final byte[] SECRET = "0123456789abcdef".repeat(4).getBytes(US_ASCII);
    private static final byte[] ANOTHER = "fedcba9876543210".repeat(4).getBytes(US_ASCII);
    private static final String ISSUER = "https://login.example";
    private static final String NODE = "node-7";
    private static final String OTHER = "node-8";

    /** The public half; nobody has the other one. */
    private static final String PUBLIC_KEY = """
            {"keys":[{"kty":"EC","crv":"P-256","kid":"k1","x":"18xWRj9JieWyM3a0RAzHbWAp9Z680c-bmRHau3f-A0I",
            "y":"sFicBNefO3TzoD_NzIRBLkhhuGJ-oK_yoHhoVkVI168"}]}
            """;

    private static final String BY_KEY = "eyJraWQiOiJrMSIsImFsZyI6IkVTMjU2In0"
            + ".eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUiLCJhdWQiOiJoZWFydGJlYXQiLCJzdWIiOiJub2RlLTciLCJleHAiOjE3OTYwNDAwNjB9"
            + ".-eeCntBlWU8NZyNptqlVb-FhoRM-qjiXRpY1LaccMw0a5M4ACJrs97MvXC_IzQPHfTu1DWI8L6sddXIOnGPblQ";
    private static final String BY_KEY_EXPIRED = "eyJraWQiOiJrMSIsImFsZyI6IkVTMjU2In0"
            + ".eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUiLCJhdWQiOiJoZWFydGJlYXQiLCJzdWIiOiJub2RlLTciLCJleHAiOjE3OTYwMzY0MDB9"
            + ".o2vhx9kZ2CFVJ0GZzRjtWDLsDavaiUJTyhtXEFSdnE-juA6asjfCptGtc9aYO6rcnuOhaVlliap9sOzM4gTW3Q";

    private static final SignedTokens SIGNED = signedTokens();
    private static final Authenticator BY_SECRET = JsonWebTokens.sharedSecret(
                    file(Base64.getEncoder().encodeToString(SECRET)), "HS256", "HS512")
            .issuer(ISSUER)
            .audience("heartbeat")
            .clock(CLOCK)
            .build();
    private static final Authenticator BY_PUBLIC_KEY = JsonWebTokens.publicKeys(file(PUBLIC_KEY), "ES256", "RS256")
            .issuer(ISSUER)
            .audience("heartbeat")
            .clock(CLOCK)
            .build();

    /** In force, and for {@link #NODE}. */
    private static final String GOOD_SIGNED = SIGNED.mint("a", signed(NODE, SOON));

    private static final String GOOD_JWT = jwt(SECRET, "HS256", NODE, "heartbeat", SOON);

    private TokensFuzzTest() {}

    private static SignedTokens signedTokens() {
        String key = Base64.getEncoder().encodeToString(SECRET);
        return SignedTokens.of(file("a " + key + "\nb " + Base64.getEncoder().encodeToString(ANOTHER)), CLOCK);
    }

    private static Path file(String content) {
        try {
            Path file = Files.createTempFile("fuzzed", ".keys");
            file.toFile().deleteOnExit();
            return Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TokenClaims signed(String nodes, long until) {
        return TokenClaims.of("owner", nodes, Instant.ofEpochSecond(until));
    }

    private static String jwt(byte[] secret, String algorithm, String subject, String audience, long until) {
        String text = base64("{\"alg\":\"" + algorithm + "\"}") + "."
                + base64("{\"iss\":\"" + ISSUER + "\",\"aud\":\"" + audience + "\",\"sub\":\"" + subject + "\",\"exp\":"
                        + until + "}");
        return text + "." + mac(secret, text);
    }

    private static String mac(byte[] secret, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(mac.doFinal(text.getBytes(US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(US_ASCII));
    }

    /** Tokens that are in force, and tokens that lack one thing. */
    static Stream<byte[]> seeds() {
        List<String> tokens = new ArrayList<>(List.of(
                GOOD_SIGNED,
                SIGNED.mint("b", signed(OTHER, SOON)),
                SIGNED.mint("a", signed(NODE, BEFORE)),
                SIGNED.mint("a", signed(NODE, SOON).notBefore(NOW.plusSeconds(30))),
                SIGNED.mint("b", signed(OTHER, SOON).attaching(NODE)),
                "v1.c" + GOOD_SIGNED.substring(4),
                "v1.b" + GOOD_SIGNED.substring(4),
                GOOD_JWT,
                jwt(ANOTHER, "HS256", NODE, "heartbeat", SOON),
                jwt(SECRET, "HS256", OTHER, "heartbeat", SOON),
                jwt(SECRET, "HS256", NODE, "others", SOON),
                jwt(SECRET, "HS256", NODE, "heartbeat", BEFORE),
                jwt(SECRET, "none", NODE, "heartbeat", SOON),
                jwt(PUBLIC_KEY.getBytes(US_ASCII), "HS256", NODE, "heartbeat", SOON),
                base64("{\"alg\":\"none\"}") + GOOD_JWT.substring(GOOD_JWT.indexOf('.'), GOOD_JWT.lastIndexOf('.') + 1),
                base64("{\"a\":" + "[".repeat(1500)) + GOOD_JWT.substring(GOOD_JWT.indexOf('.')),
                BY_KEY,
                BY_KEY_EXPIRED,
                BY_KEY.substring(0, BY_KEY.lastIndexOf('.') + 1) + "A".repeat(86)));
        tokens.add(withSpareBit(GOOD_SIGNED));
        tokens.add(withSpareBit(GOOD_JWT));
        tokens.add(GOOD_SIGNED + "=");
        tokens.add(GOOD_JWT + ".");
        return tokens.stream().map(token -> token.getBytes(US_ASCII));
    }

    /** The last of 43 characters has two bits beyond the last byte. */
    private static String withSpareBit(String token) {
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        int last = token.length() - 1;
        return token.substring(0, last) + alphabet.charAt(alphabet.indexOf(token.charAt(last)) ^ 1);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void onlyTheTokenItselfIsGood(byte[] seed) {
        fuzzerTestOneInput(seed);
        Random random = new Random(seed.length);
        for (int i = 0; i < RANDOM_CHANGES; i++) {
            byte[] changed = seed.clone();
            changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
            fuzzerTestOneInput(changed);
        }
    }

    /** Jazzer finds it by this name. */
    public static void fuzzerTestOneInput(byte[] input) {
        String shown = new String(input, ISO_8859_1);
        assertThat(isGranted(SIGNED, NODE, input)).isEqualTo(shown.equals(GOOD_SIGNED));
        assertThat(isGranted(BY_SECRET, NODE, input)).isEqualTo(shown.equals(GOOD_JWT));
        // Two signatures of one message may be good, so what they sign must be the same.
        boolean isSigned = isGranted(BY_PUBLIC_KEY, NODE, input);
        int end = BY_KEY.lastIndexOf('.') + 1;
        assertThat(isSigned && !shown.startsWith(BY_KEY.substring(0, end)) || !isSigned && shown.equals(BY_KEY))
                .isFalse();
        readAsStranger(shown);
    }

    private static boolean isGranted(Authenticator by, String node, byte[] credential) {
        Applicant applicant = new Applicant(
                node, credential, Map.of(), new InetSocketAddress(InetAddress.getLoopbackAddress(), 1), List.of());
        Grant grant = by.authenticate(applicant).toCompletableFuture().join();
        return !grant.isNone();
    }

    /** As a tool does that shows a token without its key. What makes a token good is its MAC. */
    private static void readAsStranger(String shown) {
        String mac = shown.substring(shown.lastIndexOf('.') + 1);
        try {
            SignedToken token = SignedToken.read(shown);
            assertThat(token.toString()).doesNotContain(mac);
            assertThat(token.claims().toString()).doesNotContain(mac);
        } catch (IllegalArgumentException e) {
            assertThat(mac.length() > 20 && String.valueOf(e.getMessage()).contains(mac))
                    .isFalse();
        }
    }
}
