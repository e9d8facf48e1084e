package dev.heartbeat.tls;

import dev.heartbeat.tls.spi.TlsEngineProvider;
import dev.heartbeat.tls.spi.TlsEngines;
import dev.heartbeat.tls.spi.TlsSettings;
import java.util.Optional;

/** The engines of the JDK, which every machine has. */
final class JdkEngineProvider implements TlsEngineProvider {
    static final String NAME = "jdk";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int priority() {
        return 0;
    }

    @Override
    public Optional<String> objection() {
        return Optional.empty();
    }

    @Override
    public TlsEngines create(TlsSettings settings) {
        return new JdkEngines(settings);
    }
}
