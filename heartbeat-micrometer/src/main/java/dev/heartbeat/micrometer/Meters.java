package dev.heartbeat.micrometer;

import dev.heartbeat.Measure;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Registers the meters of one source. Each reads its number of the source's snapshot when the
 * registry asks for it. A meter refers to the source weakly, so the functions here refer to the
 * snapshots only. Without the source, counters keep their last numbers, and gauges are NaN.
 *
 * @param <S> the source
 * @param <T> its snapshot
 */
final class Meters<S, T> {
    private final MeterRegistry registry;
    private final S source;
    private final Snapshots<S, T> snapshots;
    private final Tags tags;

    /** The registry gives out the same meter again for the same name and tags. */
    private final Set<Meter> others = Collections.newSetFromMap(new IdentityHashMap<>());

    private final List<Meter> own = new ArrayList<>();

    Meters(MeterRegistry registry, S source, Tags tags, Function<S, @Nullable T> taker) {
        this.registry = registry;
        this.source = source;
        this.tags = tags;
        snapshots = new Snapshots<>(registry.config().clock(), taker);
        others.addAll(registry.getMeters());
    }

    /** Those that were registered so far. */
    List<Meter> all() {
        return own;
    }

    /** A number that only grows. */
    void counter(String name, @Nullable String unit, String text, ToLongFunction<T> value, String... more) {
        Snapshots<S, T> numbers = snapshots;
        add(FunctionCounter.builder(name, source, from -> numbers.read(from, value::applyAsLong, 0))
                .baseUnit(unit)
                .description(text)
                .tags(tags.and(more))
                .register(registry));
    }

    /** One counter for each key, under a tag. */
    <K> void counters(String name, String text, String tag, Iterable<K> keys, Function<T, Map<K, Long>> values) {
        for (K key : keys) {
            counter(name, null, text, from -> values.apply(from).getOrDefault(key, 0L), tag, valueOf(key));
        }
    }

    /** A number of now. */
    void gauge(String name, @Nullable String unit, String text, ToDoubleFunction<T> value, String... more) {
        Snapshots<S, T> numbers = snapshots;
        add(Gauge.builder(name, source, from -> numbers.read(from, value, Double.NaN))
                .baseUnit(unit)
                .description(text)
                .tags(tags.and(more))
                .register(registry));
    }

    /** A time of now; NaN where there is none. */
    void time(String name, String text, Function<T, @Nullable Duration> value, String... more) {
        Snapshots<S, T> numbers = snapshots;
        add(TimeGauge.builder(
                        name,
                        source,
                        TimeUnit.SECONDS,
                        from -> numbers.read(from, snapshot -> seconds(value.apply(snapshot)), Double.NaN))
                .description(text)
                .tags(tags.and(more))
                .register(registry));
    }

    /** Count, sum, maximum and percentiles of times. */
    void measure(String name, String text, Function<T, Measure> value) {
        Snapshots<S, T> numbers = snapshots;
        add(FunctionTimer.builder(
                        name,
                        source,
                        from -> (long) numbers.read(
                                from, snapshot -> value.apply(snapshot).count(), 0),
                        from -> numbers.read(
                                from, snapshot -> seconds(value.apply(snapshot).total()), 0),
                        TimeUnit.SECONDS)
                .description(text)
                .tags(tags)
                .register(registry));
        time(
                name + ".max",
                "The longest time of " + name + " so far.",
                snapshot -> value.apply(snapshot).max());
        String part = "The part phi of the times of " + name + " was no longer.";
        time(name + ".percentile", part, snapshot -> value.apply(snapshot).p50(), "phi", "0.5");
        time(name + ".percentile", part, snapshot -> value.apply(snapshot).p99(), "phi", "0.99");
    }

    private void add(Meter meter) {
        if (others.contains(meter)) {
            throw new IllegalArgumentException("the registry has " + describe(meter.getId())
                    + " of another binder already; give the meters of each server and client their own tags");
        }
        own.add(meter);
    }

    private static String describe(Meter.Id id) {
        return id.getName() + id.getTags();
    }

    /** The value of a tag. */
    static String valueOf(Object key) {
        return key.toString().toLowerCase(Locale.ROOT);
    }

    /** A time that was not measured is not a number. */
    private static double seconds(@Nullable Duration time) {
        return time == null ? Double.NaN : time.toNanos() / 1e9;
    }
}
