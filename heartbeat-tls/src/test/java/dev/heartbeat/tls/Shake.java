package dev.heartbeat.tls;

import dev.heartbeat.tls.spi.TlsSettings;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedTrustManager;

/** Clients of the JDK that shake hands in memory, and see which certificate a server shows. */
final class Shake {
    private static final int ROUNDS = 10;
    private static final int BYTES = 1 << 16;

    private final Shown shown = new Shown();
    private final JdkEngines engines;

    Shake(String protocol) {
        engines = new JdkEngines(new TlsSettings(true, null, shown, List.of(protocol), ClientCertificates.NONE));
    }

    /** Connects as to this host; returns the subject of the certificate, or {@code resumed}. */
    String with(ServerTls server, String host) throws SSLException {
        shown.subject = "resumed";
        SSLEngine client = engines.newClient(host, 1);
        SSLEngine peer = server.newEngine();
        ByteBuffer toPeer = ByteBuffer.allocate(BYTES);
        ByteBuffer toClient = ByteBuffer.allocate(BYTES);
        try {
            client.beginHandshake();
            peer.beginHandshake();
            for (int i = 0; i < ROUNDS; i++) {
                step(client, toPeer, toClient);
                step(peer, toClient, toPeer);
            }
            // OpenSSL sends tickets with the first data.
            peer.wrap(ByteBuffer.wrap(new byte[1]), toClient);
            step(client, toPeer, toClient);
        } finally {
            server.engines().release(peer);
        }
        return shown.subject;
    }

    private static void step(SSLEngine engine, ByteBuffer out, ByteBuffer in) throws SSLException {
        in.flip();
        int before;
        do {
            before = in.remaining();
            say(engine, out);
            engine.unwrap(in, ByteBuffer.allocate(BYTES));
            say(engine, out);
        } while (in.remaining() < before);
        in.compact();
    }

    private static void say(SSLEngine engine, ByteBuffer out) throws SSLException {
        HandshakeStatus status = engine.getHandshakeStatus();
        while (status == HandshakeStatus.NEED_TASK || status == HandshakeStatus.NEED_WRAP) {
            if (status == HandshakeStatus.NEED_TASK) {
                for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                    task.run();
                }
            } else {
                engine.wrap(ByteBuffer.allocate(0), out);
            }
            status = engine.getHandshakeStatus();
        }
    }

    /** Trusts everybody. */
    private static final class Shown extends X509ExtendedTrustManager {
        private String subject = "";

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
            subject = chain[0].getSubjectX500Principal().getName();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

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
