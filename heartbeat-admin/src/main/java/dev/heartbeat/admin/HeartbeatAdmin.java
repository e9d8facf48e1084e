package dev.heartbeat.admin;

import dev.heartbeat.FailureCode;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.admin.internal.http.Guard;
import dev.heartbeat.admin.internal.http.HttpPort;
import dev.heartbeat.admin.internal.http.Routes;
import dev.heartbeat.admin.internal.view.AdminRoutes;
import dev.heartbeat.admin.internal.view.Health;
import dev.heartbeat.admin.internal.view.Live;
import dev.heartbeat.admin.internal.view.ProbeRoutes;
import dev.heartbeat.admin.internal.view.Samples;
import dev.heartbeat.internal.log.LogEvent;
import dev.heartbeat.micrometer.HeartbeatServerMetrics;
import dev.heartbeat.tls.CertificateFiles;
import dev.heartbeat.tls.TlsOptions;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Shows a server over HTTP, on up to two ports.
 *
 * <pre>{@code
 * RecentEvents events = new RecentEvents();
 * HeartbeatServer server = HeartbeatServer.builder().listener(events).build();
 * HeartbeatAdmin admin = HeartbeatAdmin.builder(server)
 *         .probes("0.0.0.0", 9502)
 *         .admin("127.0.0.1", 9503)
 *         .events(events)
 *         .start();
 * server.start();
 * }</pre>
 *
 * <p><b>Probes</b> are for machines: {@code /health/live}, {@code /health/ready} and
 * {@code /metrics}. They need no token and show no details of nodes.
 *
 * <p><b>Admin</b> is for people: a live page at {@code /}, {@code /health} with details, and an API
 * that lists nodes, kicks one, drains the server and changes its limits. It needs TLS and a token
 * on any address but the loopback.
 *
 * <p><b>Bounds.</b> Each port has two daemon threads, 64 connections and 32 waiting requests. A
 * request has 10 seconds to arrive, and so has its answer to be taken. At most 16 clients read the
 * stream of the page. The bus does nothing for them, and no property of the JVM is set.
 *
 * <p>Closing the server does not close this, or the reverse: the probes tell that a server is
 * draining or has ended. docs/MONITORING.md describes each path.
 *
 * @since 0.1
 */
public final class HeartbeatAdmin implements AutoCloseable {
    private static final LogEvent LOOK_FAILED = LogEvent.warn(
            HeartbeatAdmin.class,
            "heartbeat.admin.look_failed",
            "a look at the server failed; the next is in a second");
    private static final HttpPort.Bounds BOUNDS = new HttpPort.Bounds(64, 32, Duration.ofSeconds(10));

    private final @Nullable HttpPort probes;
    private final @Nullable HttpPort admin;
    private final ScheduledExecutorService seconds;

    private HeartbeatAdmin(@Nullable HttpPort probes, @Nullable HttpPort admin, ScheduledExecutorService seconds) {
        this.probes = probes;
        this.admin = admin;
        this.seconds = seconds;
    }

    /** {@return a builder for a server, which need not have started} */
    public static Builder builder(HeartbeatServer server) {
        return new Builder(Objects.requireNonNull(server, "server"));
    }

    /**
     * {@return the address of the probes, with the real port where 0 was asked for}
     *
     * @throws IllegalStateException if none was asked for
     */
    public InetSocketAddress probesAddress() {
        return address(probes);
    }

    /**
     * {@return the address of the page and the API, with the real port where 0 was asked for}
     *
     * @throws IllegalStateException if none was asked for
     */
    public InetSocketAddress adminAddress() {
        return address(admin);
    }

    private static InetSocketAddress address(@Nullable HttpPort port) {
        if (port == null) {
            throw new IllegalStateException("no such port was asked for");
        }
        return port.address();
    }

    /** Closes both ports and their connections, and ends the threads. Blocks up to two seconds. */
    @Override
    public void close() {
        seconds.shutdownNow();
        if (probes != null) {
            probes.close();
        }
        if (admin != null) {
            admin.close();
        }
    }

    /**
     * Sets what is shown where.
     *
     * @since 0.1
     */
    public static final class Builder {
        private final HeartbeatServer server;
        private @Nullable InetSocketAddress probes;
        private @Nullable InetSocketAddress admin;
        private final Set<String> hosts = new HashSet<>();
        private @Nullable Supplier<String> token;
        private @Nullable SslContext tls;
        private @Nullable RecentEvents events;
        private @Nullable PrometheusMeterRegistry metrics;

        private Builder(HeartbeatServer server) {
            this.server = server;
        }

        /**
         * Opens a port for probes and metrics.
         *
         * @param host a name or address of this machine
         * @param port 0 to 65535; 0 for any that is free
         * @return this builder
         * @throws IllegalArgumentException if there is no such host or port
         */
        public Builder probes(String host, int port) {
            probes = address("probes", host, port);
            return this;
        }

        /**
         * Opens a port for the page and the API. It answers requests whose Host is an address,
         * {@code localhost}, this host, or one of {@link #allowedHosts}.
         *
         * @param host a name or address of this machine; other than the loopback only with
         *     {@link #tls} and {@link #token}
         * @param port 0 to 65535; 0 for any that is free
         * @return this builder
         * @throws IllegalArgumentException if there is no such host or port
         */
        public Builder admin(String host, int port) {
            admin = address("admin", host, port);
            hosts.add("localhost");
            hosts.add(host.toLowerCase(Locale.ROOT));
            return this;
        }

        /**
         * Allows further names in the Host of a request, such as that of a proxy.
         *
         * @param names without a port
         * @return this builder
         */
        public Builder allowedHosts(String... names) {
            for (String name : Objects.requireNonNull(names, "names")) {
                hosts.add(Objects.requireNonNull(name, "name").toLowerCase(Locale.ROOT));
            }
            return this;
        }

        /**
         * Asks for a token on the admin port, as {@code Authorization: Bearer …}.
         *
         * @param value called for each request, on the port's thread. It may read a small file, and
         *     must not wait for anything else. If it throws, the request fails with status 500
         * @return this builder
         */
        public Builder token(Supplier<String> value) {
            token = Objects.requireNonNull(value, "value");
            return this;
        }

        /**
         * Speaks TLS on the admin port. The files are read again as those of the bus are: when a
         * handshake comes ten seconds after the last look, the handshakes behind it get the new
         * certificate. A bad file is one warning in the log, and the old certificate stays in force.
         *
         * @param certificates a PEM file: the certificate, and those that lead to its authority
         * @param key a PEM file: the private key, not encrypted
         * @return this builder
         * @throws IllegalArgumentException if a file cannot be read, they do not belong together, or
         *     the certificate is not in force
         */
        public Builder tls(Path certificates, Path key) {
            return tls(certificates, key, TlsOptions.defaults().reloadInterval());
        }

        Builder tls(Path certificates, Path key, Duration reloadInterval) {
            KeyManager keys =
                    CertificateFiles.keyManager("the certificate of the admin port", certificates, key, reloadInterval);
            try {
                // The JDK's: it asks for the key with each handshake.
                tls = SslContextBuilder.forServer(keys)
                        .sslProvider(SslProvider.JDK)
                        .protocols("TLSv1.3", "TLSv1.2")
                        .build();
            } catch (SSLException e) {
                throw new IllegalStateException("no TLS in this Java: " + e.getMessage(), e);
            }
            return this;
        }

        /**
         * Shows these events on the page. They are to be a listener of the server.
         *
         * @return this builder
         */
        public Builder events(RecentEvents value) {
            events = Objects.requireNonNull(value, "value");
            return this;
        }

        /**
         * Shows the meters of the application's own registry, to which the application binds the
         * server's meters. The default is a registry with the server's meters alone.
         *
         * @return this builder
         */
        public Builder metrics(PrometheusMeterRegistry registry) {
            metrics = Objects.requireNonNull(registry, "registry");
            return this;
        }

        /**
         * Opens the ports.
         *
         * @return what is open, until it is closed
         * @throws IllegalArgumentException if no port was asked for, or if the admin port is not on
         *     the loopback and lacks TLS or a token
         * @throws HeartbeatException if a port cannot be opened; then none is
         */
        public HeartbeatAdmin start() {
            if (probes == null && admin == null) {
                throw new IllegalArgumentException("neither probes nor admin was asked for");
            }
            if (admin != null && !admin.getAddress().isLoopbackAddress() && (tls == null || token == null)) {
                throw new IllegalArgumentException("admin is on "
                        + admin.getAddress().getHostAddress() + ", which others can reach: that needs tls and a token");
            }
            Health health = new Health(server, System::nanoTime);
            Live live = new Live(new Samples(server, InstantSource.system(), System::nanoTime), events);
            HttpPort openProbes = null;
            HttpPort openAdmin = null;
            if (probes != null) {
                openProbes = open("heartbeat-probes", probes, ProbeRoutes.of(health, registry()), Guard.none(), null);
            }
            try {
                if (admin != null) {
                    Routes routes = AdminRoutes.of(server, health, live);
                    openAdmin = open("heartbeat-admin", admin, routes, Guard.of(hosts, token), tls);
                }
            } finally {
                if (admin != null && openAdmin == null && openProbes != null) {
                    openProbes.close();
                }
            }
            ScheduledExecutorService seconds = Executors.newSingleThreadScheduledExecutor(HeartbeatAdmin::newThread);
            ScheduledFuture<?> unused = seconds.scheduleAtFixedRate(() -> look(health, live), 0, 1, TimeUnit.SECONDS);
            return new HeartbeatAdmin(openProbes, openAdmin, seconds);
        }

        private PrometheusMeterRegistry registry() {
            if (metrics != null) {
                return metrics;
            }
            PrometheusMeterRegistry made = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            new HeartbeatServerMetrics(server).bindTo(made);
            return made;
        }

        private static HttpPort open(
                String name, InetSocketAddress address, Routes routes, Guard guard, @Nullable SslContext tls) {
            HttpPort port = new HttpPort(name, routes, guard, BOUNDS, tls);
            try {
                port.open(address);
            } catch (IOException e) {
                port.close();
                throw new HeartbeatException(FailureCode.CANNOT_LISTEN, String.valueOf(e.getMessage()), e);
            }
            return port;
        }

        private static InetSocketAddress address(String what, String host, int port) {
            Objects.requireNonNull(host, "host");
            if (port < 0 || port > 65535) {
                throw new IllegalArgumentException("port of " + what + " is " + port + ", allowed is 0 to 65535");
            }
            try {
                return new InetSocketAddress(InetAddress.getByName(host), port);
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException("host of " + what + " is '" + host + "', which is unknown", e);
            }
        }
    }

    private static void look(Health health, Live live) {
        try {
            health.look();
            live.second();
        } catch (RuntimeException e) {
            LOOK_FAILED.logCause(e);
        }
    }

    private static Thread newThread(Runnable task) {
        Thread thread = new Thread(task, "heartbeat-admin-seconds");
        thread.setDaemon(true);
        return thread;
    }
}
