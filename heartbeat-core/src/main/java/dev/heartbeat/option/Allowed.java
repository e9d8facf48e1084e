package dev.heartbeat.option;

import java.util.Arrays;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The values that an option may have. */
interface Allowed<T> {
    boolean has(T value);

    /** {@return the range in words, for people; empty for all} */
    String range();

    /** {@return the end of a refusal} */
    default String refusal() {
        return "allowed is " + range();
    }

    default @Nullable T min() {
        return null;
    }

    default @Nullable T max() {
        return null;
    }

    /** {@return these values as far as they are not less} */
    default Allowed<T> from(T least) {
        throw new UnsupportedOperationException(range());
    }

    /** {@return these values as far as they are not greater} */
    default Allowed<T> upTo(T most) {
        throw new UnsupportedOperationException(range());
    }

    static <T> Allowed<T> all() {
        return new Form<>(any -> true, "", "");
    }

    static <E extends Enum<E>> Allowed<E> of(Class<E> type) {
        String names = Arrays.stream(type.getEnumConstants()).map(Enum::name).collect(Collectors.joining(", "));
        return new Form<>(any -> true, names, "allowed is one of " + names);
    }

    /** A value with a form of its own. */
    record Form<T>(Predicate<T> isOne, String range, String refusal) implements Allowed<T> {
        @Override
        public boolean has(T value) {
            return isOne.test(value);
        }
    }

    /**
     * All from {@code min} to {@code max}.
     *
     * @param special a value beside them, with its meaning; null for none
     * @param words a bound for people
     */
    record Range<T extends Comparable<T>>(
            T min, T max, @Nullable T special, String meaning, Function<? super T, String> words)
            implements Allowed<T> {
        @Override
        public boolean has(T value) {
            return value.compareTo(min) >= 0 && value.compareTo(max) <= 0 || value.equals(special);
        }

        @Override
        public String range() {
            return span(words);
        }

        @Override
        public String refusal() {
            return "allowed is " + span(Option::textOf);
        }

        private String span(Function<? super T, String> bound) {
            String or = special == null ? "" : ", or " + special(bound) + " for " + meaning;
            return (isAnyAboveZero() ? "more than 0" : bound.apply(min)) + " to " + bound.apply(max) + or;
        }

        private String special(Function<? super T, String> bound) {
            return special == null ? "" : bound.apply(special);
        }

        private boolean isAnyAboveZero() {
            return min.equals(Double.MIN_VALUE);
        }

        @Override
        public Allowed<T> from(T least) {
            return new Range<>(least, max, special, meaning, words);
        }

        @Override
        public Allowed<T> upTo(T most) {
            return new Range<>(min, most, special, meaning, words);
        }
    }
}
