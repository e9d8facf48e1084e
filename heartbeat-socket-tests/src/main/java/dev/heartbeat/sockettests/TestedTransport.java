package dev.heartbeat.sockettests;

import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import dev.heartbeat.spi.TransportProvider;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * The transport of the module that runs these tests: the one that the bus would find on its class
 * path, or another of them where the property {@code heartbeat.transport} names it.
 */
final class TestedTransport {
    private static final String NAMED = "heartbeat.transport";

    private static final TransportProvider PROVIDER = find(System.getProperty(NAMED));

    private TestedTransport() {}

    static String name() {
        return PROVIDER.name();
    }

    static Transport start(int eventLoops) {
        return start(TransportOptions.builder().eventLoops(eventLoops).build());
    }

    static Transport start(TransportOptions options) {
        return PROVIDER.create(options);
    }

    private static TransportProvider find(@Nullable String name) {
        List<TransportProvider> available = ServiceLoader.load(TransportProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(TransportProvider::isAvailable)
                .toList();
        return available.stream()
                .filter(provider -> name == null || provider.name().equals(name))
                .max(Comparator.comparingInt(TransportProvider::priority))
                .orElseThrow(() -> new IllegalStateException(
                        "no transport " + (name == null ? "" : name + " ") + "among " + available));
    }
}
