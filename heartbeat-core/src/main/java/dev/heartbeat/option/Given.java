package dev.heartbeat.option;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The values that were set, from which the options get theirs: each is checked against the range of
 * its option, and has its default where it was not set. Immutable.
 *
 * @param <O> the options
 * @since 0.1
 */
public final class Given<O> {
    private final Map<Option<O, ?>, Object> values;

    Given(Map<Option<O, ?>, Object> values) {
        this.values = Map.copyOf(values);
    }

    Map<Option<O, ?>, Object> values() {
        return values;
    }

    /** {@return whether it was set} */
    public boolean has(Option<O, ?> option) {
        return values.containsKey(Objects.requireNonNull(option, "option"));
    }

    /**
     * {@return the value that was set; null if none was}
     *
     * @throws IllegalArgumentException if it is out of its range
     */
    public <T> @Nullable T orNull(Option<O, T> option) {
        T value = raw(option);
        return value == null ? null : option.checked(value);
    }

    /**
     * {@return the value that was set, or else the option's default}
     *
     * @throws IllegalArgumentException if it is out of its range
     */
    public <T> T value(Option<O, T> option) {
        T value = orNull(option);
        return value == null ? defaultOf(option) : value;
    }

    /**
     * {@return the value that was set, or else the given one}
     *
     * @throws IllegalArgumentException if it is out of its range
     */
    public <T> T value(Option<O, T> option, T otherwise) {
        Objects.requireNonNull(otherwise, "otherwise");
        T value = orNull(option);
        return value == null ? otherwise : value;
    }

    /**
     * {@return the value that was set, or else the default or {@code least}, whichever is more}
     *
     * @throws IllegalArgumentException if what was set is less, or out of its range
     */
    public <T extends Comparable<T>> T atLeast(Option<O, T> option, T least) {
        Objects.requireNonNull(least, "least");
        T value = raw(option);
        if (value != null) {
            return option.checkedFrom(least, value);
        }
        T byDefault = defaultOf(option);
        return byDefault.compareTo(least) < 0 ? least : byDefault;
    }

    /**
     * {@return the value that was set, or else the default or {@code most}, whichever is less}
     *
     * @throws IllegalArgumentException if what was set is more, or out of its range
     */
    public <T extends Comparable<T>> T atMost(Option<O, T> option, T most) {
        Objects.requireNonNull(most, "most");
        T value = raw(option);
        if (value != null) {
            return option.checkedUpTo(most, value);
        }
        T byDefault = defaultOf(option);
        return byDefault.compareTo(most) > 0 ? most : byDefault;
    }

    @SuppressWarnings("unchecked")
    private <T> @Nullable T raw(Option<O, T> option) {
        return (T) values.get(Objects.requireNonNull(option, "option"));
    }

    private static <T> T defaultOf(Option<?, T> option) {
        T value = option.defaultValue();
        if (value == null) {
            throw new IllegalStateException(option + " has no default");
        }
        return value;
    }
}
