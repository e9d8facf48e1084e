package dev.heartbeat.tls;

import dev.heartbeat.tls.spi.TlsEngineProvider;
import dev.heartbeat.tls.spi.TlsEngines;
import dev.heartbeat.tls.spi.TlsSettings;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedTrustManager;

/** Bare engines of TLS 1.3 for benchmarks, as the layer itself gets them. */
public final class BenchmarkTls {
    private BenchmarkTls() {}

    /** Why there is no engine of this name here; empty if there is. */
    public static Optional<String> objection(String name) {
        try {
            return EngineProviders.find(name).objection();
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** The cheapest engine that is here. */
    public static String best() {
        return objection("openssl").isEmpty() ? "openssl" : JdkEngineProvider.NAME;
    }

    /** The engines of a server. */
    public static TlsEngines engines(ServerTls.Builder server) {
        return server.build().engines();
    }

    /** Clients that believe every certificate, and count those they are shown. */
    public static final class Clients {
        private final Believing believing = new Believing();
        private final TlsEngines engines;

        /** Clients with this engine. */
        public Clients(String engine) {
            TlsEngineProvider provider = EngineProviders.find(engine);
            engines = provider.create(
                    new TlsSettings(true, null, believing, List.of("TLSv1.3"), ClientCertificates.NONE));
        }

        /** An engine that resumes the last session of the same number, if there was one. */
        public SSLEngine newClient(int session) throws SSLException {
            return engines.newClient("localhost", session);
        }

        /** Frees what an engine holds. */
        public void release(SSLEngine engine) {
            engines.release(engine);
        }

        /** The number of handshakes in which a server showed its certificate: it resumed none. */
        public int full() {
            return believing.shown;
        }
    }

    private static final class Believing extends X509ExtendedTrustManager {
        private int shown;

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
            shown++;
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
            shown++;
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {
            shown++;
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
