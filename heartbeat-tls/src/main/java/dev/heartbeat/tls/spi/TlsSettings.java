package dev.heartbeat.tls.spi;

import dev.heartbeat.tls.ClientCertificates;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * What the engines of a side are made of. Keys and authorities may change while they are in use:
 * the managers give those that are in force. Immutable.
 *
 * @since 0.1
 */
public final class TlsSettings {
    /** The name of HBP/2 where TLS negotiates the protocol above (ALPN, RFC 7301). */
    public static final String ALPN = "hbp/2";

    /** Mozilla's intermediate configuration, version 5.7, in its order, by the names of the JDK. */
    public static final List<String> SUITES = List.of(
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    /** The bytes of a {@linkplain #ticketKeys() ticket key}. */
    public static final int TICKET_KEY_BYTES = 48;

    private final boolean isClient;
    private final @Nullable X509ExtendedKeyManager keys;
    private final @Nullable X509ExtendedTrustManager authorities;
    private final List<String> protocols;
    private final ClientCertificates clientCertificates;
    private final @Nullable Supplier<List<byte[]>> ticketKeys;

    /**
     * All of them.
     *
     * @param isClient which side it is
     * @param keys of this side; null for none, which only a client may have
     * @param authorities that the other side's certificate must lead to; null for the JDK's own
     * @param protocols in the JDK's names, such as TLSv1.3
     * @param clientCertificates whether a server asks for them
     */
    public TlsSettings(
            boolean isClient,
            @Nullable X509ExtendedKeyManager keys,
            @Nullable X509ExtendedTrustManager authorities,
            List<String> protocols,
            ClientCertificates clientCertificates) {
        this(isClient, keys, authorities, protocols, clientCertificates, null);
    }

    private TlsSettings(
            boolean isClient,
            @Nullable X509ExtendedKeyManager keys,
            @Nullable X509ExtendedTrustManager authorities,
            List<String> protocols,
            ClientCertificates clientCertificates,
            @Nullable Supplier<List<byte[]>> ticketKeys) {
        this.isClient = isClient;
        this.keys = keys;
        this.authorities = authorities;
        this.protocols = List.copyOf(Objects.requireNonNull(protocols, "protocols"));
        this.clientCertificates = Objects.requireNonNull(clientCertificates, "clientCertificates");
        this.ticketKeys = ticketKeys;
    }

    /**
     * The same, with these keys of tickets; for a provider that {@linkplain
     * TlsEngineProvider#takesTicketKeys takes} them.
     *
     * @param value gives those in force, as {@link #ticketKeys()} has it
     * @return other settings
     */
    public TlsSettings withTicketKeys(Supplier<List<byte[]>> value) {
        Objects.requireNonNull(value, "value");
        return new TlsSettings(isClient, keys, authorities, protocols, clientCertificates, value);
    }

    /** {@return whether it is the client's side} */
    public boolean isClient() {
        return isClient;
    }

    /** {@return the keys of this side; null for none} */
    public @Nullable X509ExtendedKeyManager keys() {
        return keys;
    }

    /** {@return the authorities that the other side's certificate must lead to; null for the JDK's own} */
    public @Nullable X509ExtendedTrustManager authorities() {
        return authorities;
    }

    /** {@return the versions of TLS, in the JDK's names; unmodifiable} */
    public List<String> protocols() {
        return protocols;
    }

    /**
     * Gives the keys of session tickets that are in force: the same list until they change. Each
     * has {@link #TICKET_KEY_BYTES}: a name, a key of HMAC and one of AES, of 16 bytes each. The
     * first seals new tickets, and all open them.
     *
     * @return the keys; null where the engine makes its own
     */
    public @Nullable Supplier<List<byte[]>> ticketKeys() {
        return ticketKeys;
    }

    /** {@return whether a server asks clients for certificates} */
    public ClientCertificates clientCertificates() {
        return clientCertificates;
    }
}
