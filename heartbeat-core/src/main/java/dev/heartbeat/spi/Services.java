package dev.heartbeat.spi;

import dev.heartbeat.internal.log.LogEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * Finds the providers of a service: by the context class loader of the thread, which an application
 * server or a pool may have set to anything or to none, and by the class loader of this library.
 * One that cannot be loaded or made hides no other.
 */
final class Services {
    private static final LogEvent SKIPPED =
            LogEvent.warn(Services.class, "heartbeat.provider.skipped", "skipping a provider: {problem}");

    /** Of one loader; a broken iterator may fail for ever. */
    private static final int MAX_FAILURES = 100;

    private Services() {}

    /** A new instance of each, in the order in which they are found. */
    static <S> List<S> present(Class<S> service) {
        Map<String, S> found = new LinkedHashMap<>();
        for (ClassLoader loader : loaders()) {
            collect(ServiceLoader.load(service, loader), found);
        }
        return List.copyOf(found.values());
    }

    private static List<ClassLoader> loaders() {
        List<@Nullable ClassLoader> both = new ArrayList<>();
        both.add(Thread.currentThread().getContextClassLoader());
        both.add(Services.class.getClassLoader());
        both.removeAll(Collections.singleton(null));
        return both.stream().distinct().map(ClassLoader.class::cast).toList();
    }

    private static <S> void collect(ServiceLoader<S> loader, Map<String, S> found) {
        Iterator<S> providers = loader.iterator();
        for (int failures = 0; failures < MAX_FAILURES; ) {
            try {
                if (!providers.hasNext()) {
                    return;
                }
                S provider = providers.next();
                found.putIfAbsent(provider.getClass().getName(), provider);
            } catch (ServiceConfigurationError | LinkageError | RuntimeException e) {
                failures++;
                SKIPPED.log(e.toString());
            }
        }
    }
}
