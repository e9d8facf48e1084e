package dev.heartbeat.tls;

import java.security.Principal;
import java.security.cert.Certificate;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionContext;

/** The session of a {@link FakeEngine}: the sizes of its buffers, and nothing else. */
final class FakeSession implements SSLSession {
    @Override
    public int getPacketBufferSize() {
        return TlsRecord.MAX;
    }

    @Override
    public int getApplicationBufferSize() {
        return 1 << 14;
    }

    @Override
    public String getProtocol() {
        return "TLSv1.3";
    }

    @Override
    public Certificate[] getPeerCertificates() throws SSLPeerUnverifiedException {
        throw new SSLPeerUnverifiedException("none");
    }

    @Override
    public Certificate[] getLocalCertificates() {
        return new Certificate[0];
    }

    @Override
    public Principal getPeerPrincipal() throws SSLPeerUnverifiedException {
        throw new SSLPeerUnverifiedException("none");
    }

    @Override
    public Principal getLocalPrincipal() {
        return () -> "none";
    }

    @Override
    public byte[] getId() {
        return new byte[0];
    }

    @Override
    public SSLSessionContext getSessionContext() {
        throw new UnsupportedOperationException();
    }

    @Override
    public long getCreationTime() {
        return 0;
    }

    @Override
    public long getLastAccessedTime() {
        return 0;
    }

    @Override
    public void invalidate() {}

    @Override
    public boolean isValid() {
        return true;
    }

    @Override
    public void putValue(String name, Object value) {}

    @Override
    public Object getValue(String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void removeValue(String name) {}

    @Override
    public String[] getValueNames() {
        return new String[0];
    }

    @Override
    public String getCipherSuite() {
        return "none";
    }

    @Override
    public String getPeerHost() {
        return "peer";
    }

    @Override
    public int getPeerPort() {
        return 0;
    }
}
