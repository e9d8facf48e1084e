package dev.heartbeat.jwt;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The two kinds of a file of keys. Each kind has its own algorithms, so that a public key, which
 * everybody may know, never serves as a shared secret.
 */
enum KeyFile {
    /** A JWKS, or PEM. */
    PUBLIC_KEYS {
        @Override
        List<JWSAlgorithm> possible() {
            return List.of(
                    JWSAlgorithm.RS256,
                    JWSAlgorithm.RS384,
                    JWSAlgorithm.RS512,
                    JWSAlgorithm.PS256,
                    JWSAlgorithm.PS384,
                    JWSAlgorithm.PS512,
                    JWSAlgorithm.ES256,
                    JWSAlgorithm.ES384,
                    JWSAlgorithm.ES512);
        }

        @Override
        List<JWK> keys(Path file, byte[] content, Set<JWSAlgorithm> algorithms) throws IOException {
            String text = new String(content, StandardCharsets.UTF_8);
            List<JWK> keys = text.contains(PemKeys.BEGIN) ? PemKeys.of(file, text) : ofSet(file, text);
            for (JWK key : keys) {
                if (key instanceof RSAKey && key.size() < MIN_RSA_BITS) {
                    throw new IOException(
                            file + " has a key of RSA of " + key.size() + " bits, allowed is from " + MIN_RSA_BITS);
                }
            }
            return keys;
        }
    },
    /** One secret, in Base64. */
    SHARED_SECRET {
        @Override
        List<JWSAlgorithm> possible() {
            return List.of(JWSAlgorithm.HS256, JWSAlgorithm.HS384, JWSAlgorithm.HS512);
        }

        @Override
        List<JWK> keys(Path file, byte[] content, Set<JWSAlgorithm> algorithms) throws IOException {
            int least = algorithms.stream().mapToInt(KeyFile::macBytes).max().orElse(MAX_SECRET);
            String allowed = "allowed is " + least + " to " + MAX_SECRET + " in Base64";
            byte[] secret;
            try {
                secret = Base64.getDecoder().decode(new String(content, StandardCharsets.ISO_8859_1).strip());
            } catch (IllegalArgumentException e) {
                // Its message would show a character of the secret.
                throw new IOException(file + " has no bytes in Base64, " + allowed);
            }
            if (secret.length < least || secret.length > MAX_SECRET) {
                throw new IOException(file + " has a secret of " + secret.length + " bytes, " + allowed);
            }
            return List.of(new OctetSequenceKey.Builder(secret).build());
        }
    };

    private static final int MIN_RSA_BITS = 2048;
    private static final int MAX_SECRET = 1024;

    /** The algorithms that its keys are for. */
    abstract List<JWSAlgorithm> possible();

    /**
     * The keys of a file with this content.
     *
     * @throws IOException if it is no such file; the message names the file, and shows nothing of it
     */
    abstract List<JWK> keys(Path file, byte[] content, Set<JWSAlgorithm> algorithms) throws IOException;

    /** The algorithms of these names, all of which must be for keys of this kind. */
    Set<JWSAlgorithm> algorithms(String... names) {
        Set<JWSAlgorithm> algorithms = Arrays.stream(names)
                .map(name -> JWSAlgorithm.parse(Objects.requireNonNull(name, "algorithm")))
                .collect(Collectors.toUnmodifiableSet());
        if (algorithms.isEmpty() || !possible().containsAll(algorithms)) {
            throw new IllegalArgumentException("algorithms are " + List.of(names) + ", allowed are some of "
                    + possible().stream().map(JWSAlgorithm::getName).collect(Collectors.joining(", ")));
        }
        return algorithms;
    }

    private static List<JWK> ofSet(Path file, String text) throws IOException {
        try {
            return JWKSet.parse(text).toPublicJWKSet().getKeys();
        } catch (ParseException e) {
            // Its message could show a part of the file.
            throw new IOException(file + " is neither a JWKS nor PEM, allowed is {\"keys\": [...]} or " + PemKeys.BEGIN
                    + "PUBLIC KEY-----");
        }
    }

    private static int macBytes(JWSAlgorithm algorithm) {
        return Integer.parseInt(algorithm.getName().substring("HS".length())) / Byte.SIZE;
    }
}
