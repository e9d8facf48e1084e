package dev.heartbeat.tls;

import dev.heartbeat.internal.log.LogEvent;
import dev.heartbeat.tls.spi.TlsEngineProvider;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds the engines that are there. */
final class EngineProviders {
    private static final LogEvent CHOSEN = LogEvent.info(
            EngineProviders.class, "heartbeat.tls.engine_chosen", "TLS engine {engine}; found are {found}");
    private static final LogEvent SKIPPED = LogEvent.warn(
            EngineProviders.class,
            "heartbeat.tls.engine_skipped",
            "a TLS engine on the class path cannot be loaded: {problem}");

    private EngineProviders() {}

    /**
     * The one of this name, or with null the best that can run here.
     *
     * @throws IllegalArgumentException if none of that name is there, or it cannot run here
     */
    static TlsEngineProvider find(@Nullable String name) {
        List<TlsEngineProvider> all = all();
        if (name != null) {
            return named(name, all);
        }
        TlsEngineProvider best = all.stream()
                .filter(each -> each.objection().isEmpty())
                .max(Comparator.comparingInt(TlsEngineProvider::priority))
                .orElseThrow(); // The JDK's is always there.
        CHOSEN.log(best.name(), words(all));
        return best;
    }

    private static TlsEngineProvider named(String name, List<TlsEngineProvider> all) {
        TlsEngineProvider found = all.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("engine is '" + name + "', and found are " + words(all)));
        found.objection().ifPresent(why -> {
            throw new IllegalArgumentException("engine is '" + name + "', which cannot run here: " + why);
        });
        return found;
    }

    private static List<TlsEngineProvider> all() {
        List<TlsEngineProvider> all = new ArrayList<>();
        all.add(new JdkEngineProvider());
        try {
            ServiceLoader.load(TlsEngineProvider.class).forEach(all::add);
        } catch (ServiceConfigurationError e) {
            SKIPPED.log(e.getMessage());
        }
        return all;
    }

    private static String words(List<TlsEngineProvider> all) {
        return all.stream()
                .map(each -> each.name()
                        + each.objection()
                                .map(why -> " (unavailable: " + why + ")")
                                .orElse(""))
                .collect(Collectors.joining(", "));
    }
}
