package dev.heartbeat.tls;

import dev.heartbeat.tls.spi.TlsEngines;
import dev.heartbeat.tls.spi.TlsSettings;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;

/** The engines of the JDK. One context lives as long as its layer, so tickets survive new keys. */
final class JdkEngines implements TlsEngines {
    private final SSLContext context;
    private final TlsSettings settings;
    private final String[] suites;

    JdkEngines(TlsSettings settings) {
        this.settings = settings;
        try {
            context = SSLContext.getInstance("TLS");
            context.init(
                    settings.keys() == null ? new KeyManager[0] : new KeyManager[] {settings.keys()},
                    settings.authorities() == null ? null : new TrustManager[] {settings.authorities()},
                    null);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no TLS: " + e.getMessage(), e);
        }
        List<String> supported =
                Arrays.asList(context.getSupportedSSLParameters().getCipherSuites());
        suites = TlsSettings.SUITES.stream().filter(supported::contains).toArray(String[]::new);
    }

    @Override
    public SSLEngine newServer() {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        SSLParameters parameters = parameters(engine);
        switch (settings.clientCertificates()) {
            case NONE -> {}
            case OPTIONAL -> parameters.setWantClientAuth(true);
            case REQUIRED -> parameters.setNeedClientAuth(true);
        }
        engine.setSSLParameters(parameters);
        return engine;
    }

    @Override
    public SSLEngine newClient(String host, int port) {
        SSLEngine engine = context.createSSLEngine(host, port);
        engine.setUseClientMode(true);
        SSLParameters parameters = parameters(engine);
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        if (HostNames.mayBeSent(host)) {
            parameters.setServerNames(List.of(new SNIHostName(host.toLowerCase(Locale.ROOT))));
        }
        engine.setSSLParameters(parameters);
        return engine;
    }

    private SSLParameters parameters(SSLEngine engine) {
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(settings.protocols().toArray(new String[0]));
        parameters.setCipherSuites(suites);
        parameters.setUseCipherSuitesOrder(true);
        parameters.setApplicationProtocols(new String[] {TlsSettings.ALPN});
        return parameters;
    }
}
