package dev.heartbeat.tls;

/**
 * Whether a server asks its clients for certificates.
 *
 * @since 0.1
 */
public enum ClientCertificates {
    /** It does not ask. */
    NONE,
    /** It asks; a client that has none may connect all the same. */
    OPTIONAL,
    /** A client without a certificate of the authorities cannot connect. */
    REQUIRED
}
