package dev.heartbeat.auth;

import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who wants to register, as far as the connection says. All of it but the address and the
 * certificates is a claim. Immutable.
 *
 * @since 0.1
 */
public final class Applicant {
    private final String nodeId;
    private final byte @Nullable [] credential;
    private final Map<String, String> metadata;
    private final InetSocketAddress remoteAddress;
    private final List<Certificate> certificates;

    /**
     * Makes one, as a server does for each registration, and a test of an authenticator.
     *
     * @param credential not copied: nobody may change it any more; null if there is none
     */
    public Applicant(
            String nodeId,
            byte @Nullable [] credential,
            Map<String, String> metadata,
            InetSocketAddress remoteAddress,
            List<? extends Certificate> certificates) {
        this.nodeId = Objects.requireNonNull(nodeId, "nodeId");
        this.credential = credential;
        this.metadata = Map.copyOf(Objects.requireNonNull(metadata, "metadata"));
        this.remoteAddress = Objects.requireNonNull(remoteAddress, "remoteAddress");
        this.certificates = List.copyOf(Objects.requireNonNull(certificates, "certificates"));
    }

    /** {@return the id it wants to register} */
    public String nodeId() {
        return nodeId;
    }

    /** {@return a copy of its credential; null if it shows none} */
    public byte @Nullable [] credential() {
        return credential == null ? null : credential.clone();
    }

    /** {@return its metadata; unmodifiable} */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** {@return the address that its connection comes from} */
    public InetSocketAddress remoteAddress() {
        return remoteAddress;
    }

    /**
     * {@return the certificates that the connection proved itself with, its own first; empty
     * without mutual TLS}
     */
    public List<Certificate> certificates() {
        return certificates;
    }

    /** Names the id and the address, never the credential. */
    @Override
    public String toString() {
        return "node " + nodeId + " at " + remoteAddress + (credential == null ? " without" : " with")
                + " a credential";
    }
}
