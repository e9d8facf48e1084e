package dev.heartbeat.jwt;

import static com.nimbusds.jose.JWSAlgorithm.ES256;
import static com.nimbusds.jose.JWSAlgorithm.HS256;
import static com.nimbusds.jose.JWSAlgorithm.HS512;
import static com.nimbusds.jose.JWSAlgorithm.PS256;
import static com.nimbusds.jose.JWSAlgorithm.RS256;
import static com.nimbusds.jose.JWSAlgorithm.RS512;
import static dev.heartbeat.jwt.Issuer.NODE;
import static dev.heartbeat.jwt.Issuer.NOW;
import static dev.heartbeat.jwt.Issuer.SECRET;
import static dev.heartbeat.jwt.Issuer.ask;
import static dev.heartbeat.jwt.Issuer.base64;
import static dev.heartbeat.jwt.Issuer.by;
import static dev.heartbeat.jwt.Issuer.claims;
import static dev.heartbeat.jwt.Issuer.header;
import static dev.heartbeat.jwt.Issuer.jwks;
import static dev.heartbeat.jwt.Issuer.signed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import dev.heartbeat.auth.Grant;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens of an issuer let their holders register, and no other text does. */
@Tag("once")
final class JsonWebTokensTest {
    private static final Path LOG = Path.of("target", "tests.log");

    @TempDir
    private Path folder;

    private Instant now = NOW;
    private long nowNs;

    private Path write(String name, String content) throws IOException {
        Path file = Files.writeString(folder.resolve(name), content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private JsonWebTokens.Builder with(JsonWebTokens.Builder builder) {
        return builder.issuer(Issuer.NAME).audience("heartbeat").clock(() -> now);
    }

    /** By the keys of {@link Issuer}, with some algorithms of RSA and EC. */
    private JsonWebTokens tokens() throws IOException {
        Path file = write("jwks.json", jwks(Issuer.EC, Issuer.RSA));
        return with(JsonWebTokens.publicKeys(file, "ES256", "RS256")).build(() -> nowNs);
    }

    private JsonWebTokens secrets() throws IOException {
        Path file = write("secret", Base64.getEncoder().encodeToString(SECRET) + "\n");
        return with(JsonWebTokens.sharedSecret(file, "HS256")).build(() -> nowNs);
    }

    private void passASecond() {
        nowNs += Duration.ofSeconds(1).toNanos();
    }

    private static void assertTaken(JsonWebTokens tokens, String shown) {
        assertThat(ask(tokens, NODE, shown).principal()).isEqualTo(NODE);
    }

    private static void assertRefused(JsonWebTokens tokens, @Nullable String shown) {
        assertThat(ask(tokens, NODE, shown)).as(shown).isSameAs(Grant.none());
    }

    // ---- grants

    @Test
    void subjectIsPrincipalAndNode() throws IOException {
        JsonWebTokens tokens = tokens();
        Grant grant = ask(tokens, NODE, signed(claims()));

        assertThat(grant.principal()).isEqualTo(NODE);
        assertThat(grant.mayAttach("node-8")).isFalse();
        assertThat(grant.mayOpen("log")).isTrue();
        assertThat(grant.mayAddress("node-8")).isTrue();
        assertThat(grant.mayJoin("edge")).isTrue();
        assertThat(ask(tokens, "node-8", signed(claims())).isNone()).isTrue();
        assertRefused(tokens, signed(claims().subject("node-*"))); // A subject is no pattern.
        assertRefused(tokens, signed(claims().subject("")));
        assertRefused(tokens, signed(claims().subject(null)));
        String typed = signed(header(RS256).type(new JOSEObjectType("at+jwt")).keyID("r1"), claims(), by(Issuer.RSA));
        assertTaken(tokens, typed);
    }

    @Test
    void claimOfItsOwnSaysMore() throws IOException {
        JsonWebTokens tokens = tokens();
        Map<String, Object> all = Map.of(
                "nodes", List.of("gate-*", NODE),
                "attaching", "edge-*",
                "opening", List.of("log-*"),
                "addressing", List.of(),
                "joining", "site-3");
        Grant grant = ask(tokens, "gate-1", signed(claims().subject("site-3").claim("heartbeat", all)));

        assertThat(grant.principal()).isEqualTo("site-3");
        assertThat(grant.mayAttach("edge-5")).isTrue();
        assertThat(grant.mayAttach("gate-2")).isFalse();
        assertThat(grant.mayOpen("log-1")).isTrue();
        assertThat(grant.mayOpen("bulk")).isFalse();
        assertThat(grant.mayAddress("gate-1")).isFalse();
        assertThat(grant.mayJoin("site-3")).isTrue();
        assertThat(grant.mayJoin("site-4")).isFalse();
        assertThat(ask(tokens, "other", signed(claims().subject("site-3").claim("heartbeat", all)))
                        .isNone())
                .isTrue();
    }

    /** Nothing of what was meant to narrow a grant is passed over. */
    @Test
    void claimOfAnotherFormIsRefused() throws IOException {
        JsonWebTokens tokens = tokens();
        assertTaken(tokens, signed(claims().claim("heartbeat", Map.of("opening", "log-*"))));
        for (Object other : List.of(7, "node-7", List.of(), Map.of("openning", "log-*"))) {
            assertRefused(tokens, signed(claims().claim("heartbeat", other)));
        }
        for (String member : List.of("nodes", "attaching", "opening", "addressing", "joining")) {
            for (Object other : Arrays.asList(7, Map.of(), List.of(7), "", List.of(List.of()), null)) {
                Map<String, Object> claim = new HashMap<>(Map.of("nodes", NODE));
                claim.put(member, other);
                assertRefused(tokens, signed(claims().claim("heartbeat", claim)));
            }
        }
        List<String> tooMany = new Random(1).ints(65).mapToObj(i -> "n" + i).toList();
        assertRefused(tokens, signed(claims().claim("heartbeat", Map.of("attaching", tooMany))));
    }

    @Test
    void applicationReadsOtherClaims() throws IOException {
        JsonWebTokens tokens = with(JsonWebTokens.publicKeys(write("jwks.json", jwks(Issuer.EC)), "ES256"))
                .granting((claims, applicant) -> {
                    List<?> roles = (List<?>) claims.get("roles");
                    return roles.contains(applicant.nodeId())
                            ? Grant.to("tenant " + claims.get("tenant")).validFor(Duration.ofSeconds(7))
                            : Grant.none();
                })
                .build();
        String token = signed(claims().claim("roles", List.of(NODE)).claim("tenant", 5));

        assertThat(ask(tokens, NODE, token).principal()).isEqualTo("tenant 5");
        assertThat(ask(tokens, NODE, token).validity()).isEqualTo(Duration.ofSeconds(7));
        assertThat(ask(tokens, "node-8", token).isNone()).isTrue();
        now = NOW.plusSeconds(85);
        assertThat(ask(tokens, NODE, token).validity()).isEqualTo(Duration.ofSeconds(5));
    }

    // ---- time

    @Test
    void grantExpiresWithItsTokenAClockSkewLater() throws IOException {
        JsonWebTokens tokens = tokens();
        assertThat(ask(tokens, NODE, signed(claims())).validity()).isEqualTo(Duration.ofSeconds(90));
        now = NOW.plusSeconds(89);
        assertThat(ask(tokens, NODE, signed(claims())).validity()).isEqualTo(Duration.ofSeconds(1));
        String endless = signed(claims().expirationTime(Date.from(Instant.parse("9999-12-31T00:00:00Z"))));
        assertThat(ask(tokens, NODE, endless).validity()).isEqualTo(Duration.ofDays(3650));
    }

    @Test
    void tokensOfOtherTimesAreRefused() throws IOException {
        JsonWebTokens tokens = tokens();
        assertTaken(tokens, signed(claims().expirationTime(Date.from(NOW.minusSeconds(29)))));
        assertRefused(tokens, signed(claims().expirationTime(Date.from(NOW.minusSeconds(31)))));
        assertTaken(tokens, signed(claims().notBeforeTime(Date.from(NOW.plusSeconds(29)))));
        assertRefused(tokens, signed(claims().notBeforeTime(Date.from(NOW.plusSeconds(31)))));
        assertRefused(tokens, signed(claims().expirationTime(null)));
        assertRefused(tokens, signed(claims().expirationTime(Date.from(Instant.ofEpochMilli(Long.MIN_VALUE)))));

        JsonWebTokens exact = with(JsonWebTokens.publicKeys(folder.resolve("jwks.json"), "ES256"))
                .clockSkew(Duration.ZERO)
                .build();
        assertRefused(exact, signed(claims().expirationTime(Date.from(NOW.minusSeconds(1)))));
        assertRefused(exact, signed(claims().notBeforeTime(Date.from(NOW.plusSeconds(1)))));
    }

    // ---- refusals

    @Test
    void tokensForOthersAreRefused() throws IOException {
        JsonWebTokens tokens = tokens();
        assertRefused(tokens, signed(claims().issuer("https://login.example.org")));
        assertRefused(tokens, signed(claims().issuer(null)));
        assertRefused(tokens, signed(claims().audience("another")));
        assertRefused(tokens, signed(claims().audience((String) null)));
        assertTaken(tokens, signed(claims().audience(List.of("another", "heartbeat"))));
    }

    @Test
    void unsignedAndForgedTokensAreRefused() throws IOException {
        JsonWebTokens tokens = tokens();
        String good = signed(claims());
        String signedPart = good.substring(0, good.lastIndexOf('.') + 1);

        assertTaken(tokens, good);
        assertRefused(tokens, new PlainJWT(claims().build()).serialize());
        assertRefused(tokens, signedPart);
        assertRefused(tokens, signed(header(ES256).keyID("k1"), claims(), by(Issuer.OTHER_EC)));
        assertRefused(tokens, signed(header(ES256).keyID("k2"), claims(), by(Issuer.EC)));
        for (String header : List.of("{\"alg\":\"none\"}", "{\"alg\":\"nOnE\",\"kid\":\"k1\"}", "{\"alg\":7}", "{}")) {
            assertRefused(tokens, base64(header) + good.substring(good.indexOf('.')));
            assertRefused(tokens, base64(header) + signedPart.substring(good.indexOf('.')));
        }
        // A key that the token brings along.
        assertRefused(tokens, signed(header(ES256).jwk(Issuer.OTHER_EC.toPublicJWK()), claims(), by(Issuer.OTHER_EC)));
        // A header that must be understood.
        assertRefused(
                tokens,
                signed(
                        header(ES256).keyID("k1").criticalParams(Set.of("x")).customParam("x", 1),
                        claims(),
                        by(Issuer.EC)));
        assertRefused(
                tokens, signed(header(ES256).keyID("k1").type(new JOSEObjectType("other")), claims(), by(Issuer.EC)));
        // Zeros for both numbers of a signature.
        assertRefused(tokens, signedPart + base64("\0".repeat(64)));
    }

    /** The public key is known to everybody, and must not serve as a secret. */
    @Test
    void publicKeyIsNoSecret() throws Exception {
        byte[] known = Issuer.RSA.toRSAPublicKey().getEncoded();
        assertRefused(tokens(), signed(header(HS256).keyID("r1"), claims(), by(known)));
        assertRefused(secrets(), signed(header(RS256).keyID("r1"), claims(), by(Issuer.RSA)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JsonWebTokens.publicKeys(folder, "RS256", "HS256"))
                .withMessage("algorithms are [RS256, HS256], allowed are some of RS256, RS384, RS512, PS256, PS384,"
                        + " PS512, ES256, ES384, ES512");
        assertThatIllegalArgumentException().isThrownBy(() -> JsonWebTokens.publicKeys(folder, "none"));
        assertThatIllegalArgumentException().isThrownBy(() -> JsonWebTokens.publicKeys(folder));
        assertThatIllegalArgumentException().isThrownBy(() -> JsonWebTokens.sharedSecret(folder, "RS256"));
    }

    @Test
    void onlyNamedAlgorithmsAreTaken() throws IOException {
        JsonWebTokens tokens = tokens();
        assertTaken(tokens, signed(header(RS256).keyID("r1"), claims(), by(Issuer.RSA)));
        assertRefused(tokens, signed(header(RS512).keyID("r1"), claims(), by(Issuer.RSA)));
        assertRefused(tokens, signed(header(PS256).keyID("r1"), claims(), by(Issuer.RSA)));
        assertTaken(secrets(), signed(header(HS256), claims(), by(SECRET)));
        assertRefused(secrets(), signed(header(HS512), claims(), by(SECRET)));
        byte[] wrong = SECRET.clone();
        wrong[0]++;
        assertRefused(secrets(), signed(header(HS256), claims(), by(wrong)));
    }

    /** One key is tried at most. */
    @Test
    void tokenNamesItsKeyWhereThereAreSeveral() throws IOException {
        Path file = write(
                "jwks.json",
                jwks(Issuer.EC, new ECKey.Builder(Issuer.OTHER_EC).keyID("k2").build()));
        JsonWebTokens tokens = with(JsonWebTokens.publicKeys(file, "ES256")).build();
        assertTaken(tokens, signed(claims()));
        assertTaken(tokens, signed(header(ES256).keyID("k2"), claims(), by(Issuer.OTHER_EC)));
        assertRefused(tokens, signed(header(ES256), claims(), by(Issuer.EC)));
        assertTaken(tokens(), signed(header(ES256), claims(), by(Issuer.EC)));
    }

    @Test
    void noChangeOfATokenIsAccepted() throws IOException {
        JsonWebTokens tokens = tokens();
        String token = signed(claims());
        for (int i = 0; i < token.length(); i++) {
            for (char other : new char[] {'A', '.', '\u00e9'}) {
                if (token.charAt(i) != other) {
                    assertRefused(tokens, token.substring(0, i) + other + token.substring(i + 1));
                }
            }
            assertRefused(tokens, token.substring(0, i));
        }
        // Bits of the last character that a decoder drops.
        char last = token.charAt(token.length() - 1);
        for (char other = 'A'; other <= 'z'; other++) {
            if (other != last) {
                assertRefused(tokens, token.substring(0, token.length() - 1) + other);
            }
        }
        for (String around : List.of(" ", "\n", "=", ".", "A")) {
            assertRefused(tokens, token + around);
            assertRefused(tokens, around + token);
        }
        assertTaken(tokens, token);
    }

    @Test
    void whatIsNoTokenIsRefused() throws IOException {
        JsonWebTokens tokens = tokens();
        assertRefused(tokens, null);
        for (String shown : List.of("", ".", "..", "a.b.c", "\0", "x".repeat(4096), "{".repeat(3000))) {
            assertRefused(tokens, shown);
        }
        assertRefused(tokens, base64("[".repeat(2000)) + "." + base64("{}") + ".eA");
        String deep = "{\"alg\":\"ES256\",\"x\":" + "[".repeat(1400) + "]".repeat(1400) + "}";
        assertRefused(tokens, base64(deep) + "." + base64("{}") + ".eA");
        String longest = signed(claims().claim("pad", "x".repeat(2800)));
        assertThat(longest).hasSizeBetween(3900, 4096);
        assertTaken(tokens, longest);
        assertRefused(tokens, signed(claims().claim("pad", "x".repeat(2900))));
    }

    @Test
    void randomTokensAreRefused() throws IOException {
        tryRandomTokens(500);
    }

    @Test
    @Tag("long")
    void manyRandomTokensAreRefused() throws IOException {
        tryRandomTokens(200_000);
    }

    /** Bytes of no form, parts of good tokens that were mixed, and JSON that was cut and joined. */
    private void tryRandomTokens(int count) throws IOException {
        JsonWebTokens tokens = tokens();
        Random random = new Random(20261130);
        String good = signed(claims());
        String[] parts = good.split("\\.", -1);
        String[] json = {
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            "\"alg\"",
            "\"ES256\"",
            "\"kid\"",
            "\"k1\"",
            "1e999",
            "null",
            "\"sub\"",
            "\"\\ud800\"",
            "-0",
            "\"b64\":false",
            "\"crit\":[\"b64\"]",
            "{\"alg\":\"ES256\"}",
            "\"zip\":\"DEF\""
        };
        for (int i = 0; i < count; i++) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            StringBuilder text = new StringBuilder();
            for (int words = random.nextInt(8); words >= 0; words--) {
                text.append(json[random.nextInt(json.length)]);
            }
            String noise = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
            String[] choices = {parts[0], parts[1], parts[2], noise, base64(text.toString())};
            String shown =
                    choices[random.nextInt(5)] + "." + choices[random.nextInt(5)] + "." + choices[random.nextInt(5)];
            if (!shown.equals(good)) {
                assertRefused(tokens, random.nextInt(9) == 0 ? new String(bytes, StandardCharsets.ISO_8859_1) : shown);
            }
        }
        assertTaken(tokens, good);
    }

    // ---- files

    @Test
    void changedFileIsInForceAndABadOneIsNot() throws IOException {
        JsonWebTokens tokens = tokens();
        String old = signed(claims());
        write("jwks.json", jwks(Issuer.RSA));
        assertTaken(tokens, old); // It is looked at once a second.
        passASecond();
        assertRefused(tokens, old);
        write("jwks.json", jwks(Issuer.EC));
        passASecond();
        assertTaken(tokens, old);
        for (String bad : List.of("", "{\"keys\":[]}", "-----BEGIN ")) {
            write("jwks.json", bad);
            passASecond();
            passASecond();
            assertTaken(tokens, old);
        }
        Files.delete(folder.resolve("jwks.json"));
        passASecond();
        assertTaken(tokens, old);
        assertThat(logged())
                .filteredOn(line -> line.contains(folder.toString()))
                .hasSize(4);
    }

    private static List<String> logged() throws IOException {
        return Files.exists(LOG) ? Files.readAllLines(LOG) : List.of();
    }

    @Test
    void pemHasKeysAndCertificates() throws Exception {
        String rsa = pem("PUBLIC KEY", Issuer.RSA.toRSAPublicKey().getEncoded());
        String ec = pem("PUBLIC KEY", Issuer.EC.toECPublicKey().getEncoded());
        JsonWebTokens tokens = with(JsonWebTokens.publicKeys(write("keys.pem", rsa + ec), "ES256", "RS256"))
                .build();
        assertTaken(tokens, signed(claims()));
        assertTaken(tokens, signed(header(RS256).keyID("any"), claims(), by(Issuer.RSA)));
        assertRefused(tokens, signed(header(ES256), claims(), by(Issuer.OTHER_EC)));

        assertBad(
                pem("PRIVATE KEY", Issuer.EC.toECPrivateKey().getEncoded()),
                ", block 1: it is no public key that can be used, allowed are blocks of PUBLIC KEY and CERTIFICATE, of"
                        + " RSA or EC");
        assertBad(rsa + pem("CERTIFICATE", new byte[] {1, 2, 3}), ", block 2: it is no public key that can be used");
        assertBad(pem("PUBLIC KEY", new byte[0]), ", block 1: ");
        assertBad("-----BEGIN PUBLIC KEY-----", " has no whole block");
    }

    private static String pem(String kind, byte[] content) {
        return "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder().encodeToString(content) + "\n-----END " + kind
                + "-----\n";
    }

    private void assertBad(String content, String why) throws IOException {
        Path file = write("keys", content);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> with(JsonWebTokens.publicKeys(file, "ES256")).build())
                .withMessageStartingWith(file + why);
    }

    @Test
    void badFilesAreNamedWithoutASecret() throws Exception {
        assertBad(
                "{\"opensesame\"}",
                " is neither a JWKS nor PEM, allowed is {\"keys\": [...]} or -----BEGIN PUBLIC KEY-----");
        assertBad("{\"keys\":[]}", " has 0 keys for ES256, allowed is 1 to 64");
        assertBad(jwks(Issuer.RSA), " has 0 keys for ES256, allowed is 1 to 64");
        assertBad(
                jwks(new RSAKeyGenerator(1024, true).generate()),
                " has a key of RSA of 1024 bits, allowed is from 2048");
        Path secret = write("secret", "opensesame!");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> with(JsonWebTokens.sharedSecret(secret, "HS256")).build())
                .withMessage(secret + " has no bytes in Base64, allowed is 32 to 1024 in Base64");
        write("secret", Base64.getEncoder().encodeToString(new byte[63]));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> with(JsonWebTokens.sharedSecret(secret, "HS256", "HS512"))
                        .build())
                .withMessage(secret + " has a secret of 63 bytes, allowed is 64 to 1024 in Base64");
    }

    @Test
    void buildersNameWhatIsMissing() throws IOException {
        Path file = write("jwks.json", jwks(Issuer.EC));
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        JsonWebTokens.publicKeys(file, "ES256").issuer("i").build())
                .withMessage("audience is missing; without it a token for others would do");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        JsonWebTokens.publicKeys(file, "ES256").audience("a").build())
                .withMessage("issuer is missing; without it a token for others would do");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JsonWebTokens.publicKeys(file, "ES256").issuer(""))
                .withMessage("issuer is empty, allowed is a text");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JsonWebTokens.publicKeys(file, "ES256").clockSkew(Duration.ofSeconds(301)))
                .withMessage("clockSkew is 301 s, allowed is 0 s to 300 s");
    }

    @Test
    void nothingOfATokenIsLoggedOrShown() throws IOException {
        JsonWebTokens tokens = tokens();
        JWTClaimsSet.Builder claims = claims().claim("mark", "opensesame");
        String bad = signed(claims.issuer("another"));
        assertRefused(tokens, bad);
        assertRefused(tokens, bad.substring(1));
        assertThat(logged()).noneMatch(line -> line.contains("opensesame") || line.contains(bad.substring(100, 140)));
        assertThat(tokens)
                .hasToString("JSON Web Tokens of https://login.example by the keys of " + folder.resolve("jwks.json"));
    }
}
