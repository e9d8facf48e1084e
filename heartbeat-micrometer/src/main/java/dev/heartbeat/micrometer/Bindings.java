package dev.heartbeat.micrometer;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;

/** The meters of one binder, by the registries that have them. Any thread. */
final class Bindings {
    private final IdentityHashMap<MeterRegistry, List<Meter>> bound = new IdentityHashMap<>();
    private boolean closed;

    /**
     * Registers meters: all, or none if one cannot be.
     *
     * @param start makes what registers them
     */
    synchronized <M extends Meters<?, ?>> void bind(
            MeterRegistry registry, Function<MeterRegistry, M> start, Consumer<M> registration) {
        Objects.requireNonNull(registry, "registry");
        if (closed) {
            throw new IllegalStateException("the binder is closed; make another");
        }
        if (bound.containsKey(registry)) {
            throw new IllegalStateException("the binder's meters are in this registry already");
        }
        M meters = start.apply(registry);
        try {
            registration.accept(meters);
        } catch (Throwable e) {
            meters.all().forEach(registry::remove);
            throw e;
        }
        bound.put(registry, meters.all());
    }

    /** Removes the meters from all registries. */
    synchronized void close() {
        closed = true;
        bound.forEach((registry, meters) -> meters.forEach(registry::remove));
        bound.clear();
    }
}
