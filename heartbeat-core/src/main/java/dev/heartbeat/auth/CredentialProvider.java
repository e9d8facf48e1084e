package dev.heartbeat.auth;

import java.util.concurrent.CompletionStage;

/**
 * The credentials of a client. It is asked before each connection, and before the server's grant
 * expires, on the threads that make callbacks. It has
 * {@link dev.heartbeat.ClientSetters#handshakeTimeout} to answer; if it fails or is late, the
 * attempt has failed, and another follows after the backoff.
 *
 * <p>A server that refuses a credential is asked again with the next one. The client ends, with
 * {@link dev.heartbeat.FailureCode#UNAUTHORIZED}, if the provider has none that differs, or after
 * five refusals in a row.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface CredentialProvider {

    /** The number of bytes in the longest credential. */
    int MAX_BYTES = 4096;

    /**
     * {@return the next credential, now or later; of 0 to {@link #MAX_BYTES}
     * bytes, which nobody may change any more}
     */
    CompletionStage<byte[]> credential();
}
