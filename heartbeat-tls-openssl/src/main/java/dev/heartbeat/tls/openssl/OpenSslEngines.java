package dev.heartbeat.tls.openssl;

import dev.heartbeat.tls.ClientCertificates;
import dev.heartbeat.tls.spi.TlsEngines;
import dev.heartbeat.tls.spi.TlsSettings;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslCachingX509KeyManagerFactory;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.util.ReferenceCountUtil;
import java.security.KeyStore;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.KeyManagerFactorySpi;
import javax.net.ssl.ManagerFactoryParameters;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** One context that lives as long as its layer, so tickets survive new keys. */
final class OpenSslEngines implements TlsEngines {
    private static final ByteBufAllocator MEMORY = UnpooledByteBufAllocator.DEFAULT;

    private static final ApplicationProtocolConfig ALPN = new ApplicationProtocolConfig(
            ApplicationProtocolConfig.Protocol.ALPN,
            // OpenSSL cannot refuse a client that offers other names only.
            ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
            ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
            TlsSettings.ALPN);

    private final SslContext context;
    private final Supplier<List<byte[]>> ticketKeysInForce;
    private volatile List<byte[]> ticketKeys = List.of();

    OpenSslEngines(TlsSettings settings) {
        try {
            context = settings.isClient() ? client(settings) : server(settings);
        } catch (SSLException e) {
            throw new IllegalStateException("OpenSSL refuses its settings: " + e.getMessage(), e);
        }
        Supplier<List<byte[]>> given = settings.ticketKeys();
        List<byte[]> own = ownTicketKey();
        ticketKeysInForce = given == null ? () -> own : given;
    }

    private static SslContext server(TlsSettings settings) throws SSLException {
        X509ExtendedKeyManager keys = settings.keys();
        if (keys == null) {
            throw new IllegalStateException("a server has a key");
        }
        return common(SslContextBuilder.forServer(factoryOf(keys)), settings)
                .clientAuth(authOf(settings.clientCertificates()))
                .build();
    }

    /** Without keys OpenSSL gives no tickets. */
    private static List<byte[]> ownTicketKey() {
        byte[] key = new byte[TlsSettings.TICKET_KEY_BYTES];
        new SecureRandom().nextBytes(key);
        return List.of(key);
    }

    /** Takes those that are in force. */
    private void takeTicketKeys(List<byte[]> keys) {
        if (keys != ticketKeys) {
            synchronized (this) {
                ticketKeys = keys;
                ((OpenSslSessionContext) context.sessionContext())
                        .setTicketKeys(
                                keys.stream().map(OpenSslEngines::ticketKey).toArray(OpenSslSessionTicketKey[]::new));
            }
        }
    }

    private static OpenSslSessionTicketKey ticketKey(byte[] key) {
        int hmacAt = OpenSslSessionTicketKey.NAME_SIZE;
        int aesAt = hmacAt + OpenSslSessionTicketKey.HMAC_KEY_SIZE;
        return new OpenSslSessionTicketKey(
                part(key, 0, OpenSslSessionTicketKey.NAME_SIZE),
                part(key, hmacAt, OpenSslSessionTicketKey.HMAC_KEY_SIZE),
                part(key, aesAt, OpenSslSessionTicketKey.AES_KEY_SIZE));
    }

    private static byte[] part(byte[] of, int from, int count) {
        return Arrays.copyOfRange(of, from, from + count);
    }

    private static SslContext client(TlsSettings settings) throws SSLException {
        SslContextBuilder builder = common(SslContextBuilder.forClient(), settings);
        X509ExtendedKeyManager keys = settings.keys();
        if (keys != null) {
            builder.keyManager(factoryOf(keys));
        }
        return builder.build();
    }

    private static SslContextBuilder common(SslContextBuilder builder, TlsSettings settings) {
        if (settings.authorities() != null) {
            builder.trustManager(settings.authorities());
        }
        return builder.sslProvider(SslProvider.OPENSSL_REFCNT)
                .protocols(settings.protocols())
                .ciphers(TlsSettings.SUITES, SupportedCipherSuiteFilter.INSTANCE)
                .applicationProtocolConfig(ALPN)
                .endpointIdentificationAlgorithm(settings.isClient() ? "HTTPS" : null);
    }

    private static ClientAuth authOf(ClientCertificates wanted) {
        return switch (wanted) {
            case NONE -> ClientAuth.NONE;
            case OPTIONAL -> ClientAuth.OPTIONAL;
            case REQUIRED -> ClientAuth.REQUIRE;
        };
    }

    /** The manager names each key it gives, so a key is handed to OpenSSL once and not at each handshake. */
    private static KeyManagerFactory factoryOf(X509ExtendedKeyManager keys) {
        return new OpenSslCachingX509KeyManagerFactory(new OneManager(keys));
    }

    @Override
    public SSLEngine newServer() {
        takeTicketKeys(ticketKeysInForce.get());
        return context.newEngine(MEMORY);
    }

    @Override
    public SSLEngine newClient(String host, int port) {
        return context.newEngine(MEMORY, host, port);
    }

    @Override
    public void release(SSLEngine engine) {
        ReferenceCountUtil.release(engine);
    }

    @Override
    public boolean prefersDirectMemory() {
        return true;
    }

    /** A factory of a manager that is there already. */
    private static final class OneManager extends KeyManagerFactory {
        OneManager(X509ExtendedKeyManager manager) {
            super(new Spi(manager), new None(), "heartbeat");
        }

        private static final class None extends Provider {
            private static final long serialVersionUID = 1;

            None() {
                super("heartbeat", "1", "");
            }
        }

        private static final class Spi extends KeyManagerFactorySpi {
            private final X509ExtendedKeyManager manager;

            Spi(X509ExtendedKeyManager manager) {
                this.manager = manager;
            }

            @Override
            protected void engineInit(@Nullable KeyStore store, char @Nullable [] password) {}

            @Override
            protected void engineInit(@Nullable ManagerFactoryParameters parameters) {}

            @Override
            protected KeyManager[] engineGetKeyManagers() {
                return new KeyManager[] {manager};
            }
        }
    }
}
