package dev.heartbeat.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.heartbeat.auth.Applicant;
import dev.heartbeat.auth.Authenticator;
import dev.heartbeat.auth.Grant;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Issues tokens, good ones and others, and shows them. */
final class Issuer {
    static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");
    static final String NAME = "https://login.example";
    static final String NODE = "node-7";
    static final byte[] SECRET = "0123456789abcdef".repeat(4).getBytes(StandardCharsets.US_ASCII);

    static final ECKey EC = ec("k1");
    static final ECKey OTHER_EC = ec("k1");
    static final RSAKey RSA = rsa("r1");

    private Issuer() {}

    private static ECKey ec(String id) {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    private static RSAKey rsa(String id) {
        try {
            return new RSAKeyGenerator(2048).keyID(id).generate();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    static String jwks(JWK... keys) {
        return new JWKSet(List.of(keys)).toString(true);
    }

    static JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .issuer(NAME)
                .audience("heartbeat")
                .subject(NODE)
                .expirationTime(Date.from(NOW.plusSeconds(60)));
    }

    static JWSHeader.Builder header(JWSAlgorithm algorithm) {
        return new JWSHeader.Builder(algorithm);
    }

    static String signed(JWSHeader.Builder header, JWTClaimsSet.Builder claims, JWSSigner signer) {
        try {
            SignedJWT token = new SignedJWT(header.build(), claims.build());
            token.sign(signer);
            return token.serialize();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    /** By {@link #EC}. */
    static String signed(JWTClaimsSet.Builder claims) {
        return signed(header(JWSAlgorithm.ES256).keyID("k1"), claims, by(EC));
    }

    static JWSSigner by(ECKey key) {
        try {
            return new ECDSASigner(key);
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    static JWSSigner by(RSAKey key) {
        try {
            return new RSASSASigner(key);
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    static JWSSigner by(byte[] secret) {
        try {
            return new MACSigner(secret);
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    static Grant ask(Authenticator tokens, String nodeId, @Nullable String shown) {
        Applicant applicant = new Applicant(
                nodeId,
                shown == null ? null : shown.getBytes(StandardCharsets.ISO_8859_1),
                Map.of(),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
                List.of());
        return tokens.authenticate(applicant).toCompletableFuture().join();
    }
}
