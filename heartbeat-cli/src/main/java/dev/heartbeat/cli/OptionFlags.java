package dev.heartbeat.cli;

import dev.heartbeat.Networks;
import dev.heartbeat.option.Option;
import dev.heartbeat.option.OptionSetters;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * A flag for each of the library's options of a kind, made from its description. Options that are
 * not given are left to the library's defaults.
 *
 * @param <O> the options
 */
final class OptionFlags<O> {
    private static final Set<Class<?>> WRITABLE = Set.of(
            Integer.class,
            Long.class,
            Double.class,
            Boolean.class,
            Duration.class,
            String.class,
            Map.class,
            Networks.class);

    private final Map<Option<O, ?>, OptionSpec> flags = new LinkedHashMap<>();

    /**
     * @param without the names of options that have no use in the command, or a flag that is made
     *     otherwise
     * @param defaults by name: the defaults of the command, in words, where they are not those of
     *     the library
     */
    OptionFlags(List<Option<O, ?>> options, Set<String> without, Map<String, String> defaults) {
        for (Option<O, ?> option : options) {
            if (isWritable(option) && !without.contains(option.name())) {
                flags.put(option, flag(option, defaults.getOrDefault(option.name(), option.defaultText())));
            }
        }
    }

    OptionFlags(List<Option<O, ?>> options, Set<String> without) {
        this(options, without, Map.of());
    }

    /** Whether a text can say its value. */
    static boolean isWritable(Option<?, ?> option) {
        return option.type().isEnum() || WRITABLE.contains(option.type());
    }

    private static OptionSpec flag(Option<?, ?> option, String byDefault) {
        String name = OptionNames.of(option.name());
        OptionSpec.Builder flag = OptionSpec.builder(name).type(option.type());
        if (option.type() == Boolean.class) {
            String text = isNegated(name) ? "Switches off: " + option.text() : option.text();
            return flag.arity("0").description(escaped(text)).build();
        }
        if (option.type() == Map.class) {
            flag.auxiliaryTypes(String.class, String.class);
        }
        if (option.type() == Networks.class) {
            flag.converters(new NetworksConverter());
        }
        String range = option.range().isEmpty() ? "" : "; " + option.range();
        String text = option.text() + " (default: " + byDefault + range + ")";
        return flag.paramLabel(label(option, name))
                .description(escaped(OptionNames.inWordsOfFlags(text)))
                .build();
    }

    private static boolean isNegated(String name) {
        return name.startsWith("--no-");
    }

    private static String label(Option<?, ?> option, String name) {
        if (option.type() == Map.class) {
            return "KEY=VALUE";
        }
        if (option.type() == Duration.class) {
            return "TIME";
        }
        if (option.type() == Networks.class) {
            return "CIDR,...";
        }
        return option.type() == Integer.class || option.type() == Long.class
                ? "N"
                : name.substring(name.lastIndexOf('-') + 1).toUpperCase(Locale.ROOT);
    }

    private static String escaped(String text) {
        return text.replace("%", "%%");
    }

    void addTo(CommandSpec command) {
        flags.values().forEach(command::addOption);
    }

    /** The values that are in force, by the names of the flags without dashes before them. */
    Map<String, String> texts(O options) {
        Map<String, String> texts = new HashMap<>();
        flags.forEach((option, flag) -> {
            Object value = option.get(options);
            if (value != null) {
                texts.put(flag.longestName().substring("--".length()), text(flag, value));
            }
        });
        return texts;
    }

    private static String text(OptionSpec flag, Object value) {
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(entry -> entry.getKey() + "=" + entry.getValue())
                    .collect(Collectors.joining(", "));
        }
        if (value instanceof Boolean set) {
            return String.valueOf(set != isNegated(flag.longestName()));
        }
        return value instanceof Duration time ? DurationConverter.format(time) : value.toString();
    }

    /** Sets every option whose flag was given. */
    void giveTo(OptionSetters<O, ?> builder) {
        flags.forEach((option, flag) -> give(option, flag, builder));
    }

    private static <O, T> void give(Option<O, T> option, OptionSpec flag, OptionSetters<O, ?> builder) {
        Object value = flag.getValue();
        if (value != null) {
            Object meant = isNegated(flag.longestName()) ? Boolean.FALSE.equals(value) : value;
            option.set(builder, option.type().cast(meant));
        }
    }

    /** The value of the flag of this option; null if it was not given. */
    <T> @Nullable T given(String option, Class<T> type) {
        return flags.entrySet().stream()
                .filter(flag -> flag.getKey().name().equals(option))
                .findAny()
                .map(flag -> flag.getValue().<Object>getValue())
                .map(type::cast)
                .orElse(null);
    }

    /** The value of the flag of this option, or the option's default. */
    <T> T value(String option, Class<T> type) {
        T given = given(option, type);
        return given != null ? given : type.cast(Objects.requireNonNull(defaultOf(option)));
    }

    private @Nullable Object defaultOf(String option) {
        return flags.keySet().stream()
                .filter(described -> described.name().equals(option))
                .findAny()
                .orElseThrow()
                .defaultValue();
    }
}
