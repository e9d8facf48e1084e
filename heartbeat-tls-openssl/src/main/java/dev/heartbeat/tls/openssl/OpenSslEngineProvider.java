package dev.heartbeat.tls.openssl;

import dev.heartbeat.tls.spi.TlsEngineProvider;
import dev.heartbeat.tls.spi.TlsEngines;
import dev.heartbeat.tls.spi.TlsSettings;
import io.netty.handler.ssl.OpenSsl;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The engines of BoringSSL, by Netty's native library. A handshake takes less of a core than with
 * the JDK's, and an idle connection less of the heap and more outside it.
 *
 * @since 0.1
 */
public final class OpenSslEngineProvider implements TlsEngineProvider {

    /** For {@link java.util.ServiceLoader}. */
    public OpenSslEngineProvider() {}

    @Override
    public String name() {
        return "openssl";
    }

    @Override
    public int priority() {
        return 10;
    }

    @Override
    public Optional<String> objection() {
        try {
            return OpenSsl.isAvailable() ? Optional.empty() : Optional.of(reason(OpenSsl.unavailabilityCause()));
        } catch (LinkageError e) {
            return Optional.of(e.toString()); // Such as an older Netty.
        }
    }

    private static String reason(@Nullable Throwable cause) {
        return cause == null ? "no native library" : cause.toString();
    }

    @Override
    public boolean takesTicketKeys() {
        return true;
    }

    @Override
    public TlsEngines create(TlsSettings settings) {
        objection().ifPresent(why -> {
            throw new IllegalStateException("OpenSSL cannot run here: " + why);
        });
        return new OpenSslEngines(settings);
    }
}
