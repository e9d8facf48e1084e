package dev.heartbeat.option;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The description of one option: its name, type, default, range and purpose. It parses nothing;
 * whatever reads options from outside (flags, a file, the environment) parses to {@link #type}, and
 * calls {@link #set}. Immutable.
 *
 * @param <O> the options that it is one of
 * @param <T> its type
 * @since 0.1
 */
public final class Option<O, T> {
    private final String name;
    private final Class<T> type;
    private final Function<? super O, ? extends @Nullable T> getter;
    private final Allowed<T> allowed;
    private final @Nullable T defaultValue;
    private final String defaultText;
    private final boolean changeable;
    private final String text;

    private Option(Definition<O, T> definition, String text) {
        name = definition.name;
        type = definition.type;
        getter = definition.getter;
        allowed = definition.allowed;
        defaultValue = definition.defaultValue;
        defaultText = definition.defaultText;
        changeable = definition.changeable;
        this.text = text;
        if (defaultValue != null) {
            check(allowed, defaultValue);
        }
    }

    /** {@return the name of its setter and its accessor} */
    public String name() {
        return name;
    }

    /** {@return the type of its value; of a primitive the class of its box} */
    public Class<T> type() {
        return type;
    }

    /**
     * {@return its default; null where that follows from the machine, and where there is none}
     * Another option may move it, which {@link #defaultText} says.
     */
    public @Nullable T defaultValue() {
        return defaultValue;
    }

    /** {@return its default in words, such as {@code 64 KiB}} */
    public String defaultText() {
        return defaultText;
    }

    /** {@return the least value; null for what has no order} */
    public @Nullable T min() {
        return allowed.min();
    }

    /** {@return the greatest value; null for what has no order} */
    public @Nullable T max() {
        return allowed.max();
    }

    /**
     * {@return its range in words, such as {@code 10 ms to 1 day}; empty where every value of the
     * type is allowed}
     */
    public String range() {
        return allowed.range();
    }

    /**
     * {@return whether it can be changed while that runs which has it}
     *
     * @since 0.1
     */
    public boolean isChangeable() {
        return changeable;
    }

    /**
     * Its purpose in a sentence or two.
     *
     * @return this option
     */
    public String text() {
        return text;
    }

    /** Calls its setter. A value out of range is refused when the options are built. */
    public void set(OptionSetters<O, ?> builder, T value) {
        Objects.requireNonNull(builder, "builder");
        Objects.requireNonNull(value, "value");
        builder.put(this, value);
    }

    /** {@return its value; null where it has none} */
    public @Nullable T get(O options) {
        return getter.apply(Objects.requireNonNull(options, "options"));
    }

    /** The name. */
    @Override
    public String toString() {
        return name;
    }

    /**
     * {@return a value as refusals write it: a duration as short as it can be said exactly, and all
     * else as it is}
     */
    public static String textOf(Object any) {
        Objects.requireNonNull(any, "any");
        return any instanceof Duration duration ? Texts.exact(duration) : any.toString();
    }

    T checked(T value) {
        return check(allowed, value);
    }

    /** Checks a value that another option is the lower bound of. */
    T checkedFrom(T least, T value) {
        return check(allowed.from(least), value);
    }

    /** Checks a value that another option is the upper bound of. */
    T checkedUpTo(T most, T value) {
        return check(allowed.upTo(most), value);
    }

    private T check(Allowed<T> these, T value) {
        if (!these.has(value)) {
            String said = value instanceof String ? "'" + value + "'" : textOf(value);
            throw new IllegalArgumentException(name + " is " + said + ", " + these.refusal());
        }
        return value;
    }

    /**
     * An option that has no text yet, with which it is complete.
     *
     * @param <O> the options that it is one of
     * @param <T> its type
     */
    public static final class Definition<O, T> {
        private final OptionList<O> list;
        private final String name;
        private final Class<T> type;
        private final Function<? super O, ? extends @Nullable T> getter;
        private final Allowed<T> allowed;
        private final Function<? super T, String> words;
        private @Nullable T defaultValue;
        private String defaultText = "none";
        private boolean changeable;

        Definition(
                OptionList<O> list,
                String name,
                Class<T> type,
                Function<? super O, ? extends @Nullable T> getter,
                Allowed<T> allowed,
                Function<? super T, String> words) {
            this.list = list;
            this.name = Objects.requireNonNull(name, "name");
            this.type = Objects.requireNonNull(type, "type");
            this.getter = Objects.requireNonNull(getter, "getter");
            this.allowed = allowed;
            this.words = words;
        }

        /**
         * Its default.
         *
         * @return this option
         */
        public Definition<O, T> byDefault(T defaultValue) {
            return byDefault(defaultValue, words.apply(Objects.requireNonNull(defaultValue, "defaultValue")));
        }

        /**
         * Its default, which other options may move, in words.
         *
         * @return this option
         */
        public Definition<O, T> byDefault(T defaultValue, String inWords) {
            this.defaultValue = Objects.requireNonNull(defaultValue, "defaultValue");
            defaultText = Objects.requireNonNull(inWords, "inWords");
            return this;
        }

        /**
         * The words for a default that follows from other options, or from the machine.
         *
         * @return this option
         */
        public Definition<O, T> otherwise(String inWords) {
            defaultText = Objects.requireNonNull(inWords, "inWords");
            return this;
        }

        /**
         * It can be changed while that runs which has it.
         *
         * @return this option
         */
        public Definition<O, T> changeable() {
            changeable = true;
            return this;
        }

        /**
         * Completes it, and adds it to its list.
         *
         * @return this option
         */
        public Option<O, T> text(String text) {
            return list.add(new Option<>(this, Objects.requireNonNull(text, "text")));
        }
    }
}
