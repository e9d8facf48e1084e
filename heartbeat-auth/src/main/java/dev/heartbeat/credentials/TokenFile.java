package dev.heartbeat.credentials;

import dev.heartbeat.auth.CredentialProvider;
import dev.heartbeat.credentials.internal.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The token in a file as a client's credential. The file is read before each connection, so a token
 * may be renewed in place; replace the file by renaming, which shows no half of it. White space
 * around the token is left out.
 *
 * <p>While the file cannot be read, the client does not connect; it tries again after its backoff.
 * Any thread.
 *
 * @since 0.1
 */
public final class TokenFile implements CredentialProvider {
    private final WholeFile file;

    private TokenFile(Path file) {
        // Twice the longest token, for the white space around it.
        this.file = WholeFile.ofSecrets(Objects.requireNonNull(file, "file"), 2 * MAX_BYTES);
    }

    /**
     * {@return the token in this file, which is read now to judge it; blocks for that long} A file
     * that every user of the machine may read is one warning.
     *
     * @throws IllegalArgumentException if it cannot be read, is empty, or is longer than a
     *     credential may be: the message names the file, never the token
     */
    public static TokenFile of(Path file) {
        TokenFile provider = new TokenFile(file);
        try {
            byte[] unused = provider.read();
        } catch (IOException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        return provider;
    }

    @Override
    public CompletionStage<byte[]> credential() {
        try {
            return CompletableFuture.completedFuture(read());
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private byte[] read() throws IOException {
        // Each byte is a character, so all of them come back.
        byte[] token =
                new String(file.read(), StandardCharsets.ISO_8859_1).strip().getBytes(StandardCharsets.ISO_8859_1);
        if (token.length == 0 || token.length > MAX_BYTES) {
            throw new IOException(file + " has a token of " + token.length + " bytes, allowed is 1 to " + MAX_BYTES);
        }
        return token;
    }

    /** Names the file. */
    @Override
    public String toString() {
        return "the token in " + file;
    }
}
