package dev.heartbeat.option;

import dev.heartbeat.option.Option.Definition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All options of a kind, each defined once, in the order of their definition. Filled while the
 * class that holds it is initialized, and unchanged from then on. Values of those options are
 * compared and printed by it.
 *
 * @param <O> the options
 * @since 0.1
 */
public final class OptionList<O> {
    private final List<Option<O, ?>> all = new ArrayList<>();
    private final List<Option<O, ?>> view = Collections.unmodifiableList(all);
    private final Class<O> type;

    /** An empty one for these options. */
    public OptionList(Class<O> type) {
        this.type = Objects.requireNonNull(type, "type");
    }

    /** {@return all of them; unmodifiable} */
    public List<Option<O, ?>> all() {
        return view;
    }

    // ---- definitions

    /** {@return a whole number} */
    public Definition<O, Integer> integer(String name, Function<? super O, Integer> getter, int min, int max) {
        return numbers(name, Integer.class, getter, min, max, null, Texts::number);
    }

    /** {@return a number of bytes} */
    public Definition<O, Integer> bytes(String name, Function<? super O, Integer> getter, int min, int max) {
        return numbers(name, Integer.class, getter, min, max, null, Texts::size);
    }

    /** {@return a number of bytes that may be 0, which leaves it to the system} */
    public Definition<O, Integer> bytesOrSystem(String name, Function<? super O, Integer> getter, int min, int max) {
        return numbers(name, Integer.class, getter, min, max, 0, Texts::size);
    }

    /** {@return a number of bytes that may be more than 2 GiB} */
    public Definition<O, Long> longBytes(String name, Function<? super O, Long> getter, long min, long max) {
        return numbers(name, Long.class, getter, min, max, null, Texts::size);
    }

    /**
     * {@return a number that need not be whole; a {@code min} of {@link Double#MIN_VALUE} allows
     * all above zero}
     */
    public Definition<O, Double> fraction(String name, Function<? super O, Double> getter, double min, double max) {
        return numbers(name, Double.class, getter, min, max, null, Texts::number);
    }

    /** {@return a length of time} */
    public Definition<O, Duration> time(
            String name, Function<? super O, ? extends @Nullable Duration> getter, Duration min, Duration max) {
        return numbers(name, Duration.class, getter, min, max, null, Texts::time);
    }

    /** {@return a length of time that may be zero, which leaves it to the system} */
    public Definition<O, Duration> timeOrSystem(
            String name, Function<? super O, Duration> getter, Duration min, Duration max) {
        return numbers(name, Duration.class, getter, min, max, Duration.ZERO, Texts::time);
    }

    private <T extends Comparable<T>> Definition<O, T> numbers(
            String name,
            Class<T> of,
            Function<? super O, ? extends @Nullable T> getter,
            T min,
            T max,
            @Nullable T system,
            Function<? super T, String> words) {
        Objects.requireNonNull(min, "min");
        Objects.requireNonNull(max, "max");
        Allowed<T> range = new Allowed.Range<>(min, max, system, "the system's", words);
        return new Definition<>(this, name, of, getter, range, words);
    }

    /** {@return a switch that is on or off} */
    public Definition<O, Boolean> flag(String name, Function<? super O, Boolean> getter) {
        return new Definition<>(this, name, Boolean.class, getter, Allowed.all(), String::valueOf);
    }

    /** {@return one of the values of an enum} */
    public <E extends Enum<E>> Definition<O, E> choice(String name, Class<E> of, Function<? super O, E> getter) {
        return new Definition<>(this, name, of, getter, Allowed.of(Objects.requireNonNull(of, "of")), Enum::name);
    }

    /**
     * {@return a text}
     *
     * @param isAllowed judges it
     * @param allowed which texts are, in words
     */
    public Definition<O, String> string(
            String name, Function<? super O, String> getter, Predicate<String> isAllowed, String allowed) {
        Objects.requireNonNull(isAllowed, "isAllowed");
        Objects.requireNonNull(allowed, "allowed");
        String verb = Character.isDigit(allowed.charAt(0)) ? "allowed are " : "allowed is ";
        return new Definition<>(
                this,
                name,
                String.class,
                getter,
                new Allowed.Form<>(isAllowed, allowed, verb + allowed),
                value -> value);
    }

    /**
     * {@return keys with values}
     *
     * @param allowed which are, in words
     */
    public Definition<O, Map<String, String>> entries(
            String name, Function<? super O, Map<String, String>> getter, String allowed) {
        Objects.requireNonNull(allowed, "allowed");
        @SuppressWarnings("unchecked")
        Class<Map<String, String>> maps = (Class<Map<String, String>>) (Class<?>) Map.class;
        Allowed<Map<String, String>> all = new Allowed.Form<>(any -> true, allowed, "allowed are " + allowed);
        return new Definition<>(this, name, maps, getter, all, String::valueOf);
    }

    /** {@return an object of the application, which no text can say} */
    public <T> Definition<O, T> object(String name, Class<T> of, Function<? super O, ? extends @Nullable T> getter) {
        return new Definition<>(this, name, of, getter, Allowed.all(), String::valueOf);
    }

    <T> Option<O, T> add(Option<O, T> option) {
        all.add(option);
        return option;
    }

    // ---- values

    /** {@return whether the options are of the same kind, and each has the same value} */
    public boolean equal(O options, @Nullable Object other) {
        Objects.requireNonNull(options, "options");
        if (!type.isInstance(other)) {
            return false;
        }
        O others = type.cast(other);
        return all.stream().allMatch(option -> Objects.equals(option.get(options), option.get(others)));
    }

    /** {@return a hash of all values} */
    public int hash(O options) {
        Objects.requireNonNull(options, "options");
        int hash = 1;
        for (Option<O, ?> option : all) {
            hash = 31 * hash + Objects.hashCode(option.get(options));
        }
        return hash;
    }

    /** {@return all names and values} */
    public String text(O options) {
        Objects.requireNonNull(options, "options");
        return all.stream()
                .map(option -> option.name() + "=" + textOf(option.get(options)))
                .collect(Collectors.joining(", ", type.getSimpleName() + "[", "]"));
    }

    private static String textOf(@Nullable Object value) {
        return value == null ? "none" : Option.textOf(value);
    }
}
