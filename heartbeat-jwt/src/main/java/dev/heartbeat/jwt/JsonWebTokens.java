package dev.heartbeat.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import dev.heartbeat.auth.Applicant;
import dev.heartbeat.auth.Authenticator;
import dev.heartbeat.auth.CredentialProvider;
import dev.heartbeat.auth.Grant;
import dev.heartbeat.credentials.internal.WatchedFile;
import dev.heartbeat.credentials.internal.WholeFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Date;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Lets those register who show a JSON Web Token (RFC 7519) of an issuer, signed with a key of a
 * file:
 *
 * <pre>{@code
 * JsonWebTokens.publicKeys(Path.of("jwks.json"), "ES256")
 *         .issuer("https://login.example")
 *         .audience("heartbeat")
 *         .build();
 * }</pre>
 *
 * <p>A token has 4096 bytes at most. It is signed by one of the named algorithms, and names its
 * issuer, audience, subject and expiry. Where several keys are for its algorithm, it names its key,
 * too. The subject is the principal, of 1 to 256 characters. It is also the only node id that the
 * token is for, and the token grants everything else, unless the claim {@code heartbeat} says
 * otherwise:
 *
 * <pre>{@code
 * "heartbeat": {
 *     "nodes": ["site-3", "gate-*"],    ids that may be registered
 *     "attaching": "site-3-*",          ids that a gateway may attach; none by default
 *     "opening": ["log-*"],             channels that may be opened; all by default
 *     "addressing": [],                 nodes that may be sent to; all by default
 *     "joining": "edge"                 groups that metadata may name; all by default
 * }
 * }</pre>
 *
 * <p>Each member is a pattern or a list of up to 64, as of {@link Grant}. A token with another
 * member is refused, since that may be a mistyped limit. {@link Builder#granting} reads other
 * claims. The grant expires with its token, a clock skew later.
 *
 * <p>A token that is none, is altered, not signed or expired, holds later, is of another algorithm,
 * key, issuer or audience, or is for other nodes: all are refused alike, and nothing of it is
 * logged. The check takes one signature on the thread that asks.
 *
 * <p>The file is looked at once a second at most, while nodes register, on the threads that make
 * callbacks. If its content has changed, it is in force at once. A file that cannot be read or is
 * bad is one warning, and what was read before stays in force. Any thread.
 *
 * @since 0.1
 */
public final class JsonWebTokens implements Authenticator {
    private static final int MAX_FILE_BYTES = 1 << 20;
    private static final Duration LEAST_VALIDITY = Duration.ofMillis(1);
    private static final Duration MAX_VALIDITY = Duration.ofDays(3650);

    /** The library passes over other characters, so that one token could be written in many ways. */
    private static final Pattern FORM = Pattern.compile("[\\w-]+\\.[\\w-]+\\.[\\w-]+");

    private final String issuer;
    private final Duration skew;
    private final InstantSource clock;
    private final BiFunction<Map<String, Object>, Applicant, Grant> grants;
    private final WatchedFile<Verifier> keys;

    private static final class Verifier extends DefaultJWTProcessor<SecurityContext> {}

    private JsonWebTokens(Builder plan, String issuer, String audience, LongSupplier nanos) {
        this.issuer = issuer;
        skew = plan.skew;
        clock = plan.clock;
        grants = plan.grants;
        KeyFile kind = plan.kind;
        Set<JWSAlgorithm> algorithms = plan.algorithms;
        WholeFile file = kind == KeyFile.SHARED_SECRET
                ? WholeFile.ofSecrets(plan.file, MAX_FILE_BYTES)
                : WholeFile.ofPublic(plan.file, MAX_FILE_BYTES);
        keys = new WatchedFile<>(
                file,
                (path, content) ->
                        verifier(audience, VerificationKeys.of(path, kind.keys(path, content, algorithms), algorithms)),
                nanos);
    }

    /**
     * {@return a builder of an authenticator by public keys} The file is a JWKS (RFC 7517), whose
     * private parts are ignored, or PEM with public keys and certificates. A key of RSA has 2048
     * bits or more; there are up to 64 keys for the algorithms.
     *
     * @param algorithms that a token may be signed by: RS256, RS384, RS512, PS256, PS384, PS512,
     *     ES256, ES384, ES512
     * @throws IllegalArgumentException if there is no algorithm, or another one
     */
    public static Builder publicKeys(Path file, String... algorithms) {
        return new Builder(Objects.requireNonNull(file, "file"), KeyFile.PUBLIC_KEYS, algorithms);
    }

    /**
     * {@return a builder of an authenticator by a secret that the issuer has, too} The file is the
     * secret in Base64. It has as many bytes as the algorithm's MAC or more, up to 1024; only its
     * owner should read it.
     *
     * @param algorithms that a token may be signed by: HS256, HS384, HS512
     * @throws IllegalArgumentException if there is no algorithm, or another one
     */
    public static Builder sharedSecret(Path file, String... algorithms) {
        return new Builder(Objects.requireNonNull(file, "file"), KeyFile.SHARED_SECRET, algorithms);
    }

    private Verifier verifier(String audience, VerificationKeys selector) {
        Verifier verifier = new Verifier();
        verifier.setJWSTypeVerifier(
                new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
        verifier.setJWSKeySelector(selector);
        DefaultJWTClaimsVerifier<SecurityContext> claims =
                new DefaultJWTClaimsVerifier<>(
                        audience, new JWTClaimsSet.Builder().issuer(issuer).build(), Set.of("sub", "exp")) {
                    @Override
                    protected Date currentTime() {
                        return Date.from(clock.instant());
                    }
                };
        claims.setMaxClockSkew((int) skew.toSeconds());
        verifier.setJWTClaimsSetVerifier(claims);
        return verifier;
    }

    @Override
    public CompletionStage<Grant> authenticate(Applicant applicant) {
        Verifier inForce = keys.current();
        JWTClaimsSet claims = claims(inForce, applicant.credential());
        if (claims == null) {
            return CompletableFuture.completedFuture(Grant.none());
        }
        Grant grant = grants.apply(Collections.unmodifiableMap(claims.toJSONObject()), applicant);
        return CompletableFuture.completedFuture(
                grant.isNone() ? grant : timed(grant, claims.getExpirationTime().toInstant()));
    }

    /** Returns the claims of a good token; null for everything else. */
    private static @Nullable JWTClaimsSet claims(Verifier inForce, byte @Nullable [] shown) {
        if (shown == null || shown.length > CredentialProvider.MAX_BYTES) {
            return null;
        }
        String text = new String(shown, StandardCharsets.ISO_8859_1);
        if (!FORM.matcher(text).matches()) {
            return null;
        }
        try {
            SignedJWT token = SignedJWT.parse(text);
            Base64URL signature = token.getSignature();
            // Bits beyond the last byte, which nothing else looks at.
            boolean isCanonical = Base64URL.encode(signature.decode()).equals(signature);
            return isCanonical ? inForce.process(token, null) : null;
        } catch (ParseException | BadJOSEException | JOSEException | RuntimeException e) {
            return null; // Nobody is to learn what was wrong with it.
        }
    }

    private Grant timed(Grant grant, Instant expiresAt) {
        Duration left = Duration.between(clock.instant(), expiresAt.plus(skew));
        Duration within = left.compareTo(MAX_VALIDITY) > 0
                ? MAX_VALIDITY
                : left.compareTo(LEAST_VALIDITY) < 0 ? LEAST_VALIDITY : left;
        Duration own = grant.validity();
        return own != null && own.compareTo(within) < 0 ? grant : grant.validFor(within);
    }

    /** Names the issuer and the file. */
    @Override
    public String toString() {
        return "JSON Web Tokens of " + issuer + " by the keys of " + keys;
    }

    /**
     * Collects what a token must have. Not thread-safe.
     *
     * @since 0.1
     */
    public static final class Builder {
        private static final Duration MAX_SKEW = Duration.ofMinutes(5);

        private final Path file;
        private final KeyFile kind;
        private final Set<JWSAlgorithm> algorithms;
        private @Nullable String issuer;
        private @Nullable String audience;
        private Duration skew = Duration.ofSeconds(30);
        private InstantSource clock = InstantSource.system();
        private BiFunction<Map<String, Object>, Applicant, Grant> grants = new ClaimedGrant();

        private Builder(Path file, KeyFile kind, String... algorithms) {
            this.file = file;
            this.kind = kind;
            this.algorithms = kind.algorithms(algorithms);
        }

        /**
         * Sets who must have issued a token: its claim {@code iss}. Required.
         *
         * @return this builder
         * @throws IllegalArgumentException if it is empty
         */
        public Builder issuer(String value) {
            issuer = filled("issuer", value);
            return this;
        }

        /**
         * Sets for whom a token must be: one of its claim {@code aud}. Required.
         *
         * @return this builder
         * @throws IllegalArgumentException if it is empty
         */
        public Builder audience(String value) {
            audience = filled("audience", value);
            return this;
        }

        /**
         * Sets how far the clocks of issuer and server may differ: 0 to 5 minutes, 30 s by default.
         * Full seconds count.
         *
         * @return this builder
         * @throws IllegalArgumentException if it is out of this range
         */
        public Builder clockSkew(Duration value) {
            Objects.requireNonNull(value, "clockSkew");
            if (value.isNegative() || value.compareTo(MAX_SKEW) > 0) {
                throw new IllegalArgumentException("clockSkew is " + value.toSeconds() + " s, allowed is 0 s to 300 s");
            }
            skew = Duration.ofSeconds(value.toSeconds());
            return this;
        }

        /**
         * Sets the clock that says whether a token has expired; the system's by default.
         *
         * @return this builder
         */
        public Builder clock(InstantSource value) {
            clock = Objects.requireNonNull(value, "clock");
            return this;
        }

        /**
         * Has the grant made of a token's claims by the application, in place of the claim
         * {@code heartbeat}. It expires with the token at the latest.
         *
         * @param value called with the claims of a good token, as JSON has them (texts, numbers,
         *     booleans, lists and maps; unmodifiable), and with who wants to register, on the
         *     threads that make callbacks. A null answer or an exception decides nothing, as of
         *     {@link Authenticator}
         * @return this builder
         */
        public Builder granting(BiFunction<Map<String, Object>, Applicant, Grant> value) {
            grants = Objects.requireNonNull(value, "grants");
            return this;
        }

        /**
         * {@return the authenticator; its file is read now, which blocks for that long}
         *
         * @throws IllegalArgumentException if issuer or audience is missing, or the file cannot be
         *     used: the message names it and what is allowed, never a key
         */
        public JsonWebTokens build() {
            return build(System::nanoTime);
        }

        JsonWebTokens build(LongSupplier nanos) {
            return new JsonWebTokens(this, required("issuer", issuer), required("audience", audience), nanos);
        }

        private static String filled(String what, String value) {
            if (Objects.requireNonNull(value, what).isEmpty()) {
                throw new IllegalArgumentException(what + " is empty, allowed is a text");
            }
            return value;
        }

        private static String required(String what, @Nullable String value) {
            if (value == null) {
                throw new IllegalArgumentException(what + " is missing; without it a token for others would do");
            }
            return value;
        }
    }
}
