package dev.heartbeat.tls;

import dev.heartbeat.spi.Transport;
import dev.heartbeat.testkit.contract.LayeredTransport;

/** TLS over a transport, with the certificates of the tests. */
final class Layers {
    private Layers() {}

    static Transport over(Transport below, int handshakeThreads) {
        Certificates.KeyFiles files = Certificates.SHARED.server();
        return new LayeredTransport(
                below,
                Engines.server()
                        .certificate(files.chain(), files.key())
                        .options(options -> options.handshakeThreads(handshakeThreads))
                        .build(),
                Engines.client()
                        .authorities(Certificates.SHARED.authorityFile())
                        .serverName("localhost")
                        .options(options -> options.handshakeThreads(handshakeThreads))
                        .build());
    }
}
