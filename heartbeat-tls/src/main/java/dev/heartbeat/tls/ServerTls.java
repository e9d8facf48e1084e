package dev.heartbeat.tls;

import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.ConnectionLayer;
import dev.heartbeat.spi.Connector;
import dev.heartbeat.tls.spi.TlsEngineProvider;
import dev.heartbeat.tls.spi.TlsEngines;
import dev.heartbeat.tls.spi.TlsSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedKeyManager;
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

    /** All of its engines, for benchmarks. */
    TlsEngines engines() {
        return layer.engines();
    }

    @Override
    public ConnectionHandler onOpen(Connection below, Connector above) {
        return layer.onOpen(below, above);
    }

    /** Builds the TLS of a server. For one thread at a time. */
    public static final class Builder {
        private TlsOptions.Builder options = TlsOptions.builder();
        private final List<KeySource> keys = new ArrayList<>();
        private @Nullable Authorities authorities;
        private @Nullable Path ticketKeys;
        private ClientCertificates clientCertificates = ClientCertificates.NONE;
        private List<String> protocols = List.of("TLSv1.3", "TLSv1.2");
        private @Nullable TlsEngineProvider engine;
        private LongSupplier clock = System::nanoTime;
        private Executor reader = Reloading::onThreadOfItsOwn;

        private Builder() {}

        /**
         * Adds a certificate of the server, its chain behind it, and its private key, both PEM:
         * PKCS#8, PKCS#1 or SEC 1.
         *
         * <p>A server may have several, of which the first is the default. A client that asks for a
         * host (SNI) gets the certificate that has exactly this name among its subject alternative
         * names, else one whose wildcard covers it, else the default.
         *
         * @return this builder
         */
        public Builder certificate(Path chain, Path key) {
            Objects.requireNonNull(chain, "chain");
            Objects.requireNonNull(key, "key");
            keys.add(new KeySource.PemFiles(chain, key, null));
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
            keys.add(new KeySource.PemFiles(chain, key, new Password(password)));
            return this;
        }

        /**
         * Adds a certificate of the server and its key by a PKCS#12 store, whose first key is
         * taken.
         *
         * @return this builder
         */
        public Builder keyStore(Path store, char[] password) {
            Objects.requireNonNull(store, "store");
            Objects.requireNonNull(password, "password");
            keys.add(new KeySource.Store(store, new Password(password)));
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
         * Seals session tickets with the keys of this file, which several servers may share: a
         * client resumes at one the session that another gave it, or the same one before it started
         * again. Without it each server makes a key of its own when it is built.
         *
         * <p>The file holds 1 to 16 keys of 48 random bytes each. The first seals new tickets, and
         * all open them. It is read again as certificates are. For engines that take such keys:
         * {@code openssl} does, the JDK's does not.
         *
         * @return this builder
         */
        public Builder ticketKeys(Path file) {
            ticketKeys = Objects.requireNonNull(file, "file");
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

        /** Files are read again by this clock, and on the thread that asks. */
        Builder clock(LongSupplier value) {
            clock = value;
            reader = Runnable::run;
            return this;
        }

        /**
         * Reads the files, and checks all of it.
         *
         * @return what is built
         * @throws IllegalArgumentException if a file cannot be read or is not what it should be, the
         *     key does not match the certificate, the certificate is not in force, the engine takes
         *     no ticket keys, or an option is out of its range; the message names what, the file, and
         *     what is expected
         */
        public ServerTls build() {
            TlsOptions built = options.build();
            if (keys.isEmpty()) {
                throw new IllegalArgumentException(
                        "a TLS server needs a certificate: call certificate(chain, key) or keyStore(store, password)");
            }
            Reloading reloading = new Reloading(clock, built.reloadInterval().toNanos(), reader);
            ReloadedTrust trust = authorities == null
                    ? null
                    : new ReloadedTrust(authorities.watch("the authorities of clients", reloading));
            TlsSettings settings = new TlsSettings(false, watchKeys(reloading), trust, protocols, clientCertificates);
            TlsEngineProvider provider = engine == null ? EngineProviders.find(null) : engine;
            if (ticketKeys != null) {
                if (!provider.takesTicketKeys()) {
                    throw new IllegalArgumentException("ticketKeys is " + ticketKeys + ", and the engine "
                            + provider.name() + " takes no ticket keys; openssl (heartbeat-tls-openssl) does");
                }
                settings = settings.withTicketKeys(TicketKeys.watch(ticketKeys, reloading)::current);
            }
            return new ServerTls(TlsLayer.ofServer(provider.create(settings), built));
        }

        private X509ExtendedKeyManager watchKeys(Reloading reloading) {
            String what = "the server's certificate";
            List<ReloadedKeys> all = new ArrayList<>();
            for (KeySource each : keys) {
                all.add(new ReloadedKeys(
                        all.isEmpty() ? each.watch(what, reloading) : each.watchNamed(what, reloading)));
            }
            return all.size() == 1 ? all.get(0) : new KeysByName(all);
        }
    }
}
