package dev.heartbeat.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyType;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.proc.JWSKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import java.io.IOException;
import java.nio.file.Path;
import java.security.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The keys in force, each with the algorithms that it is for. A token is tried with one key at
 * most, so that it costs one signature, however many keys there are. Immutable.
 */
final class VerificationKeys implements JWSKeySelector<SecurityContext> {
    private static final int MAX_KEYS = 64;

    private final List<Usable> usable;

    private record Usable(JWK key, Key opened, Set<JWSAlgorithm> algorithms) {
        boolean isNamed(@Nullable String id) {
            return id == null || key.getKeyID() == null || id.equals(key.getKeyID());
        }
    }

    private VerificationKeys(List<Usable> usable) {
        this.usable = usable;
    }

    /**
     * Those of these keys that are for one of these algorithms.
     *
     * @throws IOException if there is none, there are too many, or one cannot be used
     */
    static VerificationKeys of(Path file, List<JWK> keys, Set<JWSAlgorithm> algorithms) throws IOException {
        List<Usable> usable = new ArrayList<>();
        for (JWK key : keys) {
            Set<JWSAlgorithm> own = algorithms.stream()
                    .filter(algorithm -> isFor(key, algorithm))
                    .collect(Collectors.toUnmodifiableSet());
            if (!own.isEmpty()) {
                usable.add(new Usable(key, opened(file, key), own));
            }
        }
        if (usable.isEmpty() || usable.size() > MAX_KEYS) {
            String names =
                    algorithms.stream().map(JWSAlgorithm::getName).sorted().collect(Collectors.joining(", "));
            throw new IOException(
                    file + " has " + usable.size() + " keys for " + names + ", allowed is 1 to " + MAX_KEYS);
        }
        return new VerificationKeys(List.copyOf(usable));
    }

    private static boolean isFor(JWK key, JWSAlgorithm algorithm) {
        if (!KeyType.forAlgorithm(algorithm).equals(key.getKeyType())
                || key.getKeyUse() != null && !KeyUse.SIGNATURE.equals(key.getKeyUse())
                || key.getAlgorithm() != null && !algorithm.equals(key.getAlgorithm())) {
            return false;
        }
        return !(key instanceof ECKey ec) || Curve.forJWSAlgorithm(algorithm).contains(ec.getCurve());
    }

    private static Key opened(Path file, JWK key) throws IOException {
        try {
            if (key instanceof RSAKey rsa) {
                return rsa.toPublicKey();
            }
            if (key instanceof ECKey ec) {
                return ec.toPublicKey();
            }
            return ((OctetSequenceKey) key).toSecretKey();
        } catch (JOSEException e) {
            throw new IOException(file + " has a key of " + key.getKeyType() + " that cannot be used");
        }
    }

    /** The key that a token names, or the only one for its algorithm. */
    @Override
    public List<Key> selectJWSKeys(JWSHeader header, @Nullable SecurityContext context) {
        List<Key> found = usable.stream()
                .filter(each -> each.algorithms.contains(header.getAlgorithm()) && each.isNamed(header.getKeyID()))
                .map(Usable::opened)
                .toList();
        return found.size() == 1 ? found : List.of();
    }

    /** Shows nothing of them. */
    @Override
    public String toString() {
        return usable.size() + " keys";
    }
}
