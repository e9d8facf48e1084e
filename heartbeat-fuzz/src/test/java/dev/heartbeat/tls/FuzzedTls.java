package dev.heartbeat.tls;

import dev.heartbeat.spi.ConnectionLayer;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.File;

/** Both sides of TLS whose handshakes run on the loop, so that a fuzzer's thread turns all of it. */
public final class FuzzedTls {
    /** The least that may be held. */
    public static final int HELD_BYTES = 64 * 1024;

    /** Made once: it costs some signatures. */
    private static final Files FILES = files();

    private final ServerTls server;
    private final ClientTls client;

    /** Both sides, with nothing counted so far. */
    public FuzzedTls(String protocol) {
        TlsOptions options = TlsOptions.builder()
                .handshakeThreads(0)
                .maxHandshakes(1)
                .heldBytes(HELD_BYTES)
                .build();
        server = ServerTls.builder()
                .engine(JdkEngineProvider.NAME)
                .certificate(FILES.chain.toPath(), FILES.key.toPath())
                .protocols(protocol)
                .options(options)
                .build();
        client = ClientTls.builder()
                .engine(JdkEngineProvider.NAME)
                .authorities(FILES.chain.toPath())
                .protocols(protocol)
                .options(options)
                .build();
    }

    private record Files(File chain, File key) {}

    private static Files files() {
        try {
            X509Bundle bundle = new CertificateBuilder()
                    .ecp256()
                    .subject("CN=fuzzed")
                    .addSanDnsName("localhost")
                    .setIsCertificateAuthority(true)
                    .buildSelfSigned();
            return new Files(bundle.toTempCertChainPem(), bundle.toTempPrivateKeyPem());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** {@return the layer of the server's connections} */
    public ConnectionLayer server() {
        return server;
    }

    /** {@return the layer of the client's connections} */
    public ConnectionLayer client() {
        return client.to("localhost", 9501);
    }

    /** {@return how many bytes the side of which more are held holds} */
    public long heldBytes() {
        return Math.max(server.stats().heldBytes(), client.stats().heldBytes());
    }

    /** {@return how many handshakes are under way or wait, on both sides} */
    public int handshakes() {
        return server.stats().handshakesUnderWay()
                + server.stats().handshakesWaiting()
                + client.stats().handshakesUnderWay()
                + client.stats().handshakesWaiting();
    }
}
