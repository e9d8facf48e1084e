package dev.heartbeat.cli.doctor;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * A TLS handshake that looks at what the server shows, and trusts all of it: an expired certificate
 * is to be seen too. Nothing is sent afterwards. The registration verifies, by the library itself.
 */
final class Handshake {
    private X509Certificate[] chain = new X509Certificate[0];
    private @Nullable SSLSession session;
    private @Nullable IOException failure;

    private Handshake() {}

    /** Over a connection that is open, as a client that wants this name. */
    static Handshake over(Socket socket, String name, int port) throws IOException, GeneralSecurityException {
        Handshake handshake = new Handshake();
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {handshake.new Looking()}, null);
        try (SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(socket, name, port, true)) {
            try {
                tls.startHandshake();
                handshake.session = tls.getSession();
            } catch (IOException e) {
                // A server that wants a client's certificate has shown its own before.
                handshake.failure = e;
                handshake.session = tls.getHandshakeSession();
            }
        }
        if (handshake.failure != null && handshake.chain.length == 0) {
            throw handshake.failure;
        }
        return handshake;
    }

    /** The protocol and the suite. */
    String words() {
        String agreed = session == null ? "TLS" : session.getProtocol() + ", " + session.getCipherSuite();
        return failure == null ? agreed : agreed + ", refused without a certificate of the client";
    }

    /** Of the server itself. */
    String subject() {
        return chain[0].getSubjectX500Principal().getName();
    }

    /** The moment from which on a certificate of the chain is not valid any more. */
    Instant end() {
        Instant end = Instant.MAX;
        for (X509Certificate each : chain) {
            Instant itsEnd = each.getNotAfter().toInstant();
            end = itsEnd.isBefore(end) ? itsEnd : end;
        }
        return end;
    }

    /** The moment before which a certificate of the chain is not valid yet. */
    Instant begin() {
        Instant begin = Instant.MIN;
        for (X509Certificate each : chain) {
            Instant itsBegin = each.getNotBefore().toInstant();
            begin = itsBegin.isAfter(begin) ? itsBegin : begin;
        }
        return begin;
    }

    private final class Looking implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] shown, String by) {
            // This is no server.
        }

        @Override
        public void checkServerTrusted(X509Certificate[] shown, String by) {
            chain = shown.clone();
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
