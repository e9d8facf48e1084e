package dev.heartbeat.tls;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/** The engine that these tests run on, which the property {@code heartbeat.tls.engine} names. */
final class Engines {
    static final String NAME = System.getProperty("heartbeat.tls.engine", JdkEngineProvider.NAME);

    private Engines() {}

    static boolean isJdk() {
        return NAME.equals(JdkEngineProvider.NAME);
    }

    static ServerTls.Builder server() {
        return ServerTls.builder().engine(NAME);
    }

    static ClientTls.Builder client() {
        return ClientTls.builder().engine(NAME);
    }

    /** One of the JDK, for a peer that the test has in its hands. */
    static SSLEngine clientOfTheJdk(String protocol) {
        try {
            return ClientTls.builder()
                    .engine(JdkEngineProvider.NAME)
                    .authorities(Certificates.SHARED.authorityFile())
                    .protocols(protocol)
                    .build()
                    .newEngine("localhost", 1);
        } catch (SSLException e) {
            throw new IllegalStateException(e);
        }
    }
}
