package dev.heartbeat.tls;

import dev.heartbeat.sockettests.PeerSockets;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/** Raw peers that speak TLS by the sockets of the JDK, whichever engine the bus has. */
public final class TlsPeerSockets implements PeerSockets {
    private final SSLContext context = context(Certificates.SHARED.server());

    @Override
    public Socket ofClient(Socket plain) throws IOException {
        return over(plain, true);
    }

    @Override
    public Socket ofServer(Socket plain) throws IOException {
        return over(plain, false);
    }

    /** Ends a stream that has begun: one without a handshake has nothing to end. */
    @Override
    public void end(Socket socket) throws IOException {
        SSLSession unused = ((SSLSocket) socket).getSession(); // After the handshake.
        socket.shutdownOutput();
    }

    /** The handshake comes with the first byte that is written or read. */
    private SSLSocket over(Socket plain, boolean isClient) throws IOException {
        SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", plain.getPort(), true);
        socket.setUseClientMode(isClient);
        return socket;
    }

    /** The TLS of the JDK, with this certificate, which trusts the authority of the tests. */
    static SSLContext context(Certificates.KeyFiles files) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(files.store())) {
                store.load(in, Certificates.PASSWORD);
            }
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, Certificates.PASSWORD);
            TrustManager trust = new Authorities(Certificates.SHARED.authorityFile(), null)
                    .watch("the authority", new Reloading(() -> 0, Long.MAX_VALUE, Runnable::run))
                    .current();
            SSLContext made = SSLContext.getInstance("TLS");
            made.init(keys.getKeyManagers(), new TrustManager[] {trust}, null);
            return made;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
