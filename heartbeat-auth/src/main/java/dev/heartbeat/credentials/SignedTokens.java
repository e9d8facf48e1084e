package dev.heartbeat.credentials;

import dev.heartbeat.auth.Applicant;
import dev.heartbeat.auth.Authenticator;
import dev.heartbeat.auth.Grant;
import dev.heartbeat.credentials.internal.WatchedFile;
import dev.heartbeat.credentials.internal.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/**
 * Lets those register who show a token that was signed with a key of a file, and makes such tokens.
 * A token says whose it is, which nodes it is for and when it expires; no server needs a list of
 * them. Each line of the file is the id of a key and the key in Base64:
 *
 * <pre>
 * # id   key: 'openssl rand -base64 32' makes one
 * 2026a  5qCmyhjRmPMHqfOPTUGhrcHzUzAOUMHBMtc0Uw5H3sU=
 * </pre>
 *
 * <p>An id has 1 to 64 characters of {@code A-Z a-z 0-9 _ -}, a key 32 to 1024 bytes. To rotate,
 * add a key, sign with it, and remove the old one after its last token has expired; a file has up
 * to 64. Whoever has a key can make tokens.
 *
 * <p>The file is looked at once a second at most, while nodes register, on the threads that make
 * callbacks. If its content has changed, it is in force at once. A file that cannot be read or is
 * bad is one warning, and what was read before stays in force.
 *
 * <p>An expired token, one that holds later, is for other nodes, of an unknown key or changed: all
 * are refused alike. A grant expires with its token: a client shows its next token in time, or is
 * sent away then. Any thread.
 *
 * @since 0.1
 */
public final class SignedTokens implements Authenticator {
    private static final int MAX_KEYS = 64;
    private static final String FORMAT =
            "'id key', the key in Base64 and of " + SigningKey.MIN_BYTES + " to " + SigningKey.MAX_BYTES + " bytes";

    /** In place of one that is not there, so that this takes the same time. */
    private static final SigningKey NO_KEY = new SigningKey(new byte[SigningKey.MIN_BYTES]);

    private final WatchedFile<Map<String, SigningKey>> keys;
    private final InstantSource clock;

    private SignedTokens(Path keys, InstantSource clock, LongSupplier nanos) {
        this.keys = new WatchedFile<>(
                WholeFile.ofSecrets(Objects.requireNonNull(keys, "keys"), Line.MAX_FILE_BYTES),
                (path, content) -> keys(path, Line.of(path, content)),
                nanos);
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    /**
     * {@return an authenticator by the keys of this file, which is read now; blocks for that long}
     * A file that every user of the machine may read is one warning.
     *
     * @throws IllegalArgumentException if it cannot be read, or a line of it is bad: the message
     *     names the file, the line and what is allowed, never a key
     */
    public static SignedTokens of(Path keys) {
        return of(keys, InstantSource.system());
    }

    /**
     * {@return the same, with another clock} It says whether a token has expired.
     *
     * @throws IllegalArgumentException as {@link #of(Path)}
     */
    public static SignedTokens of(Path keys, InstantSource clock) {
        return of(keys, clock, System::nanoTime);
    }

    static SignedTokens of(Path keys, InstantSource clock, LongSupplier nanos) {
        return new SignedTokens(keys, clock, nanos);
    }

    /**
     * {@return a token with these claims} It is a secret of its holder; it has ASCII characters
     * only, at most 4096.
     *
     * @param keyId of the key to sign with
     * @throws IllegalArgumentException if the file has no such key, or the token would be longer
     */
    public String mint(String keyId, TokenClaims claims) {
        SigningKey key = keys.current().get(Objects.requireNonNull(keyId, "keyId"));
        if (key == null) {
            throw new IllegalArgumentException("keyId is " + keyId + ", and " + keys + " has "
                    + String.join(", ", keys.current().keySet()));
        }
        String signed = SignedToken.toSign(keyId, Objects.requireNonNull(claims, "claims"));
        String token = signed + "." + key.mac(signed);
        if (token.length() > SignedToken.MAX_BYTES) {
            throw new IllegalArgumentException(
                    "the token has " + token.length() + " bytes, allowed is " + SignedToken.MAX_BYTES);
        }
        return token;
    }

    @Override
    public CompletionStage<Grant> authenticate(Applicant applicant) {
        return CompletableFuture.completedFuture(grant(applicant));
    }

    private Grant grant(Applicant applicant) {
        Map<String, SigningKey> known = keys.current();
        byte[] shown = applicant.credential();
        if (shown == null) {
            return Grant.none();
        }
        try {
            SignedToken token = SignedToken.read(new String(shown, StandardCharsets.ISO_8859_1));
            SigningKey key = known.get(token.keyId());
            String mac = (key == null ? NO_KEY : key).mac(token.signed());
            boolean genuine = MessageDigest.isEqual(
                    mac.getBytes(StandardCharsets.US_ASCII), token.mac().getBytes(StandardCharsets.US_ASCII));
            return key == null || !genuine ? Grant.none() : token.claims().grant(applicant.nodeId(), clock.instant());
        } catch (IllegalArgumentException e) {
            return Grant.none(); // It is no token, or none of this version.
        }
    }

    private static Map<String, SigningKey> keys(Path file, List<Line> lines) throws IOException {
        if (lines.isEmpty() || lines.size() > MAX_KEYS) {
            throw new IOException(file + " has " + lines.size() + " keys, allowed is 1 to " + MAX_KEYS
                    + ", each in a line of " + FORMAT);
        }
        Map<String, SigningKey> keys = new LinkedHashMap<>();
        for (Line line : lines) {
            if (line.words.size() != 2) {
                throw line.bad("it has " + line.words.size() + (line.words.size() == 1 ? " word" : " words")
                        + ", allowed is " + FORMAT);
            }
            String id = line.words.get(0);
            if (!SignedToken.KEY_ID.matcher(id).matches()) {
                throw line.bad("its first word is no id of a key, allowed are 1 to 64 characters of A-Z a-z 0-9 _ -");
            }
            if (keys.put(id, key(line)) != null) {
                throw line.bad("its id is that of a line before, allowed is one line for each id");
            }
        }
        return keys;
    }

    private static SigningKey key(Line line) throws IOException {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(line.words.get(1));
        } catch (IllegalArgumentException e) {
            // Its message would show a character of the key.
            throw line.bad("its key is not Base64, allowed is " + FORMAT);
        }
        if (bytes.length < SigningKey.MIN_BYTES || bytes.length > SigningKey.MAX_BYTES) {
            throw line.bad("its key has " + bytes.length + " bytes, allowed is " + SigningKey.MIN_BYTES + " to "
                    + SigningKey.MAX_BYTES);
        }
        return new SigningKey(bytes);
    }

    /** Names the file. */
    @Override
    public String toString() {
        return "tokens signed with the keys of " + keys;
    }
}
