package dev.heartbeat.tls;

import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.ConnectionLayer;
import dev.heartbeat.spi.Connector;
import dev.heartbeat.tls.spi.TlsEngineProvider;
import dev.heartbeat.tls.spi.TlsSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS 1.3 and 1.2 for a server:
 *
 * <pre>{@code
 * HeartbeatServer.builder()
 *         .layer(ServerTls.builder().certificate(Path.of("server.crt"), Path.of("server.key")).build())
 *         .start();
 * }</pre>
 *
 * <p>Certificates and keys are read when it is built, so that what is wrong with them is known
 * before a port opens; they are read again when they change. A peer's certificates are
 * {@link Connection#peerCertificates}. A session that is resumed keeps those of its first handshake.
 * Thread-safe; several servers may share one.
 *
 * @since 0.1
 */
public final class ServerTls implements ConnectionLayer {
    private final TlsLayer layer;

    private ServerTls(TlsLayer layer) {
        this.layer = layer;
    }

    /**
     * A builder in which nothing is set.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The counts so far, which go on.
     *
     * @return the counts
     */
    public TlsStats stats() {
        return layer.stats();
    }

    /** An engine of its own, for tests. */
    SSLEngine newEngine() throws SSLException {
        return layer.engines().newServer();
    }

    @Override
    public ConnectionHandler onOpen(Connection below, Connector above) {
        return layer.onOpen(below, above);
    }

    /** Builds the TLS of a server. For one thread at a time. */
    public static final class Builder {
        private TlsOptions.Builder options = TlsOptions.builder();
        private @Nullable KeySource keys;
        private @Nullable Authorities authorities;
        private ClientCertificates clientCertificates = ClientCertificates.NONE;
        private List<String> protocols = List.of("TLSv1.3", "TLSv1.2");
        private @Nullable TlsEngineProvider engine;
        private LongSupplier clock = System::nanoTime;

        private Builder() {}

        /**
         * Sets the server's certificate, its chain behind it, and its private key, both PEM: PKCS#8,
         * PKCS#1 or SEC 1.
         *
         * @return this builder
         */
        public Builder certificate(Path chain, Path key) {
            Objects.requireNonNull(chain, "chain");
            Objects.requireNonNull(key, "key");
            keys = new KeySource.PemFiles(chain, key, null);
            return this;
        }

        /**
         * As {@link #certificate(Path, Path)}, with a key that is encrypted by a password (PKCS#8).
         *
         * @return this builder
         */
        public Builder certificate(Path chain, Path key, char[] password) {
            Objects.requireNonNull(chain, "chain");
            Objects.requireNonNull(key, "key");
            Objects.requireNonNull(password, "password");
            keys = new KeySource.PemFiles(chain, key, new Password(password));
            return this;
        }

        /**
         * Sets the server's certificate and key by a PKCS#12 store, whose first key is taken.
         *
         * @return this builder
         */
        public Builder keyStore(Path store, char[] password) {
            Objects.requireNonNull(store, "store");
            Objects.requireNonNull(password, "password");
            keys = new KeySource.Store(store, new Password(password));
            return this;
        }

        /**
         * Asks clients for a certificate of these authorities, PEM.
         *
         * @param wanted whether a client must have one
         * @return this builder
         */
        public Builder clientAuthorities(Path file, ClientCertificates wanted) {
            Objects.requireNonNull(file, "file");
            Objects.requireNonNull(wanted, "wanted");
            authorities = new Authorities(file, null);
            clientCertificates = wanted;
            return this;
        }

        /**
         * Offers TLS 1.3 alone; 1.3 and 1.2 by default.
         *
         * @return this builder
         */
        public Builder onlyTls13() {
            protocols = List.of("TLSv1.3");
            return this;
        }

        /**
         * Changes bounds; the others stay.
         *
         * @return this builder
         */
        public Builder options(Consumer<TlsOptions.Builder> change) {
            Objects.requireNonNull(change, "change").accept(options);
            return this;
        }

        /**
         * Takes these bounds, in place of all that were set before.
         *
         * @return this builder
         */
        public Builder options(TlsOptions value) {
            options = Objects.requireNonNull(value, "options").toBuilder();
            return this;
        }

        /**
         * Takes the engine of this name, {@code jdk} or {@code openssl}, instead of the best one on
         * the class path.
         *
         * @return this builder
         * @throws IllegalArgumentException if none of that name is there, or it cannot run here; the
         *     message says why
         */
        public Builder engine(String name) {
            engine = EngineProviders.find(Objects.requireNonNull(name, "name"));
            return this;
        }

        Builder protocols(String... names) {
            protocols = List.of(names);
            return this;
        }

        Builder clock(LongSupplier value) {
            clock = value;
            return this;
        }

        /**
         * Reads the files, and checks all of it.
         *
         * @return what is built
         * @throws IllegalArgumentException if a file cannot be read or is not what it should be, the
         *     key does not match the certificate, the certificate is not in force, or an option is
         *     out of its range; the message names what, the file, and what is expected
         */
        public ServerTls build() {
            TlsOptions built = options.build();
            if (keys == null) {
                throw new IllegalArgumentException(
                        "a TLS server needs a certificate: call certificate(chain, key) or keyStore(store, password)");
            }
            long intervalNs = built.reloadInterval().toNanos();
            Watched<KeyMaterial> watched = keys.watch("the server's certificate", clock, intervalNs);
            ReloadedTrust trust = authorities == null
                    ? null
                    : new ReloadedTrust(authorities.watch("the authorities of clients", clock, intervalNs));
            TlsSettings settings =
                    new TlsSettings(false, new ReloadedKeys(watched), trust, protocols, clientCertificates);
            TlsEngineProvider provider = engine == null ? EngineProviders.find(null) : engine;
            return new ServerTls(TlsLayer.ofServer(provider.create(settings), built));
        }
    }
}
