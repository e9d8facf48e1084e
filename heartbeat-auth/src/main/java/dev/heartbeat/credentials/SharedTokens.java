package dev.heartbeat.credentials;

import dev.heartbeat.auth.Applicant;
import dev.heartbeat.auth.Authenticator;
import dev.heartbeat.auth.CredentialProvider;
import dev.heartbeat.auth.Grant;
import dev.heartbeat.credentials.internal.Sha256;
import dev.heartbeat.credentials.internal.WatchedFile;
import dev.heartbeat.credentials.internal.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets those register who show a token of a file. Each line of the file is a principal, its token,
 * patterns of the node ids that a gateway with this token may attach, and limits of what its nodes
 * may do, with spaces between them:
 *
 * <pre>
 * # principal  token                     may attach  limits
 * site-3       k7Jx0pVb2mQ9sTtWcY4rLnAe  site-3-*    opening=log-*,metrics addressing= joining=site-3
 * </pre>
 *
 * <p>A limit is as {@link Grant#openingOnly}, {@link Grant#addressingOnly} or
 * {@link Grant#joiningOnly}, with commas between its patterns. Without a pattern, nothing of the
 * kind is allowed; without the limit, everything is.
 *
 * <p>A token grants its holder any id that no other principal has registered. It has 16 to 4096
 * printable characters of ASCII. A principal may have several tokens, so that a new one can be
 * given out before the old one goes; no two principals share a token. A file has 1 to 10,000
 * tokens; a line that begins with {@code #} is a comment.
 *
 * <p>The file is looked at once a second at most, while nodes register, on the threads that make
 * callbacks. If its content has changed, it is in force at once. A file that cannot be read or is
 * bad is one warning, and what was read before stays in force; so does it if the file is emptied or
 * deleted. Whoever is registered stays so, whatever becomes of the token.
 *
 * <p>Memory holds no token, but its SHA-256. A comparison takes the same time wherever it fails,
 * and always goes through all of them. Any thread.
 *
 * @since 0.1
 */
public final class SharedTokens implements Authenticator {
    private static final int MAX_ENTRIES = 10_000;
    private static final int MIN_TOKEN = 16;
    private static final int MAX_TOKEN = CredentialProvider.MAX_BYTES;
    private static final int MAX_PRINCIPAL = 256;
    private static final String FORMAT =
            "'principal token' and up to " + Grant.MAX_PATTERNS + " patterns of node ids or limits";

    private final WatchedFile<List<Entry>> file;

    /** A token by its digest, and what it grants. */
    private static final class Entry {
        final byte[] digest;
        final Grant grant;

        Entry(byte[] digest, Grant grant) {
            this.digest = digest;
            this.grant = grant;
        }
    }

    private SharedTokens(Path file, LongSupplier nanos) {
        this.file = new WatchedFile<>(
                WholeFile.ofSecrets(Objects.requireNonNull(file, "file"), Line.MAX_FILE_BYTES),
                (path, content) -> entries(path, Line.of(path, content)),
                nanos);
    }

    /**
     * {@return an authenticator by the tokens of this file, which is read now; blocks for that
     * long} A file that every user of the machine may read is one warning.
     *
     * @throws IllegalArgumentException if it cannot be read, or a line of it is bad: the message
     *     names the file, the line and what is allowed, never a token
     */
    public static SharedTokens of(Path file) {
        return of(file, System::nanoTime);
    }

    static SharedTokens of(Path file, LongSupplier nanos) {
        return new SharedTokens(file, nanos);
    }

    @Override
    public CompletionStage<Grant> authenticate(Applicant applicant) {
        return CompletableFuture.completedFuture(grant(applicant.credential()));
    }

    private Grant grant(byte @Nullable [] shown) {
        List<Entry> entries = file.current();
        if (shown == null) {
            return Grant.none();
        }
        byte[] digest = Sha256.of(shown);
        Grant granted = Grant.none();
        for (Entry entry : entries) {
            if (MessageDigest.isEqual(entry.digest, digest)) {
                granted = entry.grant; // It goes on: the place of a token in the file must not show.
            }
        }
        return granted;
    }

    private static List<Entry> entries(Path file, List<Line> lines) throws IOException {
        if (lines.isEmpty() || lines.size() > MAX_ENTRIES) {
            throw new IOException(file + " has " + lines.size() + " tokens, allowed is 1 to " + MAX_ENTRIES
                    + ", each in a line of " + FORMAT);
        }
        List<Entry> entries = new ArrayList<>(lines.size());
        Map<String, Integer> seen = new HashMap<>();
        for (Line line : lines) {
            Entry entry = entry(line);
            Integer before = seen.put(Arrays.toString(entry.digest), line.number);
            if (before != null) {
                throw line.bad("its token is that of line " + before + ", allowed is one line for each token");
            }
            entries.add(entry);
        }
        return List.copyOf(entries);
    }

    private static Entry entry(Line line) throws IOException {
        int words = line.words.size();
        if (words < 2 || words > 2 + Grant.MAX_PATTERNS) {
            throw line.bad("it has " + words + (words == 1 ? " word" : " words") + ", allowed is " + FORMAT);
        }
        String principal = line.words.get(0);
        if (principal.length() > MAX_PRINCIPAL) {
            throw line.bad("its principal has " + principal.length() + " characters, allowed is 1 to " + MAX_PRINCIPAL);
        }
        return new Entry(Sha256.of(token(line)), GrantWords.grant(principal, line, 2));
    }

    private static byte[] token(Line line) throws IOException {
        String token = line.words.get(1);
        if (token.length() < MIN_TOKEN || token.length() > MAX_TOKEN) {
            throw line.bad(
                    "its token has " + token.length() + " characters, allowed is " + MIN_TOKEN + " to " + MAX_TOKEN);
        }
        if (!token.chars().allMatch(c -> c > ' ' && c <= '~')) {
            throw line.bad("its token has a character that is not allowed, those of ASCII that print are");
        }
        return token.getBytes(StandardCharsets.US_ASCII);
    }

    /** Names the file. */
    @Override
    public String toString() {
        return "the tokens of " + file;
    }
}
