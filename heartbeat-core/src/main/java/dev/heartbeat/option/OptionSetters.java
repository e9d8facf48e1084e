package dev.heartbeat.option;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Keeps what was set of the options until they are built. Subclasses have a setter for each, so
 * that every builder that takes these options has the same. For one thread at a time.
 *
 * @param <O> the options
 * @param <B> the builder itself
 * @since 0.1
 */
public abstract class OptionSetters<O, B extends OptionSetters<O, B>> {
    private final Map<Option<O, ?>, Object> values = new HashMap<>();

    /** One in which nothing is set. */
    protected OptionSetters() {}

    /**
     * Sets an option. A map is copied.
     *
     * @return this builder
     * @throws NullPointerException with the option's name if there is no value
     */
    @SuppressWarnings("unchecked")
    protected final <T> B put(Option<O, T> option, T value) {
        Objects.requireNonNull(option, "option");
        Object given = Objects.requireNonNull(value, option.name());
        values.put(option, given instanceof Map<?, ?> map ? Map.copyOf(map) : given);
        return (B) this;
    }

    /**
     * Sets what was set there, and nothing else.
     *
     * @return this builder
     */
    @SuppressWarnings("unchecked")
    protected final B replace(Given<O> given) {
        Objects.requireNonNull(given, "given");
        values.clear();
        values.putAll(given.values());
        return (B) this;
    }

    /** {@return a copy of what is set} */
    protected final Given<O> given() {
        return new Given<>(values);
    }
}
