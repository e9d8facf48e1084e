/** The TLS engine of BoringSSL for the heartbeat bus. */
module dev.heartbeat.tls.openssl {
    requires transitive dev.heartbeat.tls;
    requires io.netty.buffer;
    requires io.netty.common;
    requires io.netty.handler;

    exports dev.heartbeat.tls.openssl;

    provides dev.heartbeat.tls.spi.TlsEngineProvider with
            dev.heartbeat.tls.openssl.OpenSslEngineProvider;
}
