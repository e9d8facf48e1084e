package dev.heartbeat.tls;

import dev.heartbeat.spi.ClientLayer;
import dev.heartbeat.spi.ConnectionLayer;
import dev.heartbeat.tls.spi.TlsEngineProvider;
import dev.heartbeat.tls.spi.TlsSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS 1.3 and 1.2 for a client:
 *
 * <pre>{@code
 * HeartbeatClient.builder()
 *         .nodeId("node-7")
 *         .host("bus.example.com").port(9501)
 *         .layer(ClientTls.builder().authorities(Path.of("ca.crt")).build())
 *         .connect();
 * }</pre>
 *
 * <p>The server's certificate must lead to one of the authorities, the JDK's own by default, and be
 * for the host that the client was given. A client that comes back resumes its session where the
 * server lets it, unless its certificate is another by then. Thread-safe; thousands of clients may
 * share one, and should.
 *
 * @since 0.1
 */
public final class ClientTls implements ClientLayer {
    private final TlsLayer.Shared shared;
    private final @Nullable String serverName;

    private ClientTls(TlsLayer.Shared shared, @Nullable String serverName) {
        this.shared = shared;
        this.serverName = serverName;
    }

    /**
     * With the default of all: the JDK's authorities, and no certificate of its own.
     *
     * @return a layer that is shared
     */
    public static ClientTls defaults() {
        return builder().build();
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
     * The counts so far, of all clients that share it, which go on.
     *
     * @return the counts
     */
    public TlsStats stats() {
        return shared.stats();
    }

    /** An engine of its own, for tests. */
    SSLEngine newEngine(String host, int port) throws SSLException {
        return shared.to(host, port).newEngine();
    }

    @Override
    public ConnectionLayer to(String host, int port) {
        Objects.requireNonNull(host, "host");
        return shared.to(serverName == null ? host : serverName, port);
    }

    /** Builds the TLS of clients. For one thread at a time. */
    public static final class Builder {
        private TlsOptions.Builder options = TlsOptions.builder();
        private @Nullable KeySource keys;
        private @Nullable Authorities authorities;
        private @Nullable String serverName;
        private List<String> protocols = List.of("TLSv1.3", "TLSv1.2");
        private @Nullable TlsEngineProvider engine;
        private LongSupplier clock = System::nanoTime;
        private @Nullable Executor reader;

        private Builder() {}

        /**
         * Trusts these authorities, PEM, in place of the JDK's own.
         *
         * @return this builder
         */
        public Builder authorities(Path file) {
            authorities = new Authorities(Objects.requireNonNull(file, "file"), null);
            return this;
        }

        /**
         * Trusts the certificates of a PKCS#12 store, in place of the JDK's own.
         *
         * @return this builder
         */
        public Builder authorities(Path store, char[] password) {
            Objects.requireNonNull(store, "store");
            Objects.requireNonNull(password, "password");
            authorities = new Authorities(store, new Password(password));
            return this;
        }

        /**
         * Sets the client's own certificate, its chain behind it, and its private key, both PEM, for
         * servers that ask for one.
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
         * Sets the client's certificate and key by a PKCS#12 store, whose first key is taken.
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
         * The name that the server's certificate must be for, and that is sent to the server (SNI);
         * the host that the client connects to by default.
         *
         * @return this builder
         */
        public Builder serverName(String value) {
            serverName = Objects.requireNonNull(value, "serverName");
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

        /** Files are read again by this clock. */
        Builder clock(LongSupplier value) {
            clock = value;
            return this;
        }

        /** Files are read again so. */
        Builder reader(Executor value) {
            reader = value;
            return this;
        }

        /**
         * A client begins its handshakes on threads of the layer. These may wait for a file, so that
         * it shows the certificate that is there now. Without such threads a loop would wait.
         */
        private Executor readerOf(TlsOptions built) {
            if (reader != null) {
                return reader;
            }
            return built.handshakeThreads() > 0 ? Runnable::run : Reloading::onThreadOfItsOwn;
        }

        /**
         * Reads the files, and checks all of it.
         *
         * @return what is built
         * @throws IllegalArgumentException if a file cannot be read or is not what it should be, or
         *     an option is out of its range; the message names what, the file, and what is expected
         */
        public ClientTls build() {
            TlsOptions built = options.build();
            Reloading reloading = new Reloading(clock, built.reloadInterval().toNanos(), readerOf(built));
            ReloadedKeys own =
                    keys == null ? null : new ReloadedKeys(keys.watch("the client's certificate", reloading));
            ReloadedTrust trust = authorities == null
                    ? null
                    : new ReloadedTrust(authorities.watch("the authorities of servers", reloading));
            TlsSettings settings = new TlsSettings(true, own, trust, protocols, ClientCertificates.NONE);
            TlsEngineProvider provider = engine == null ? EngineProviders.find(null) : engine;
            return new ClientTls(new TlsLayer.Shared(provider.create(settings), built, own), serverName);
        }
    }
}
