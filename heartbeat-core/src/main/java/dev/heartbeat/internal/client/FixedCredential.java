package dev.heartbeat.internal.client;

import dev.heartbeat.auth.CredentialProvider;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The one credential of a client that has no other. */
public final class FixedCredential implements CredentialProvider {
    private final byte[] credential;

    /**
     * @throws IllegalArgumentException if it is too long
     */
    public FixedCredential(byte[] credential) {
        if (credential.length > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "credential is " + credential.length + " bytes, allowed is 0 to " + MAX_BYTES);
        }
        this.credential = credential.clone();
    }

    @Override
    public CompletionStage<byte[]> credential() {
        return CompletableFuture.completedFuture(credential);
    }
}
