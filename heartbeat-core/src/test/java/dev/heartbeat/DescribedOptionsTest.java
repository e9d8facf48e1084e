package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Named.named;

import dev.heartbeat.option.Option;
import dev.heartbeat.option.OptionSetters;
import dev.heartbeat.spi.Resolver;
import dev.heartbeat.spi.TransportOptions;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each option is described once, and setter, accessor, default and range are as described. */
@Tag("once")
final class DescribedOptionsTest {
    private static final Set<String> OF_ALL = Set.of("toBuilder", "hashCode", "toString");

    /** One of the classes of options. */
    private record Kind<O, B extends OptionSetters<O, B>>(
            Class<O> options,
            List<Option<O, ?>> descriptions,
            Supplier<B> builder,
            Function<B, O> build,
            Function<O, B> toBuilder) {
        O defaults() {
            return build.apply(builder.get());
        }

        <T> O with(Option<O, T> option, T value) {
            B changed = builder.get();
            option.set(changed, value);
            return build.apply(changed);
        }
    }

    static Stream<Named<Kind<?, ?>>> kinds() {
        return Stream.<Kind<?, ?>>of(
                        new Kind<>(
                                ChannelOptions.class,
                                ChannelOptions.descriptions(),
                                ChannelOptions::builder,
                                ChannelOptions.Builder::build,
                                ChannelOptions::toBuilder),
                        new Kind<>(
                                ServerOptions.class,
                                ServerOptions.descriptions(),
                                ServerOptions::builder,
                                ServerOptions.Builder::build,
                                ServerOptions::toBuilder),
                        new Kind<>(
                                ClientOptions.class,
                                ClientOptions.descriptions(),
                                ClientOptions::builder,
                                ClientOptions.Builder::build,
                                ClientOptions::toBuilder),
                        new Kind<>(
                                TransportOptions.class,
                                TransportOptions.descriptions(),
                                TransportOptions::builder,
                                TransportOptions.Builder::build,
                                TransportOptions::toBuilder))
                .map(kind -> named(kind.options().getSimpleName(), kind));
    }

    static Stream<Arguments> options() {
        return kinds().flatMap(kind -> kind.getPayload().descriptions().stream()
                .map(option -> Arguments.of(kind, named(option.name(), option))));
    }

    // ---- what there is

    @ParameterizedTest
    @MethodSource("kinds")
    void everyAccessorAndEverySetterIsOfADescribedOption(Kind<?, ?> kind) {
        Set<String> described =
                kind.descriptions().stream().map(Option::name).collect(Collectors.toCollection(TreeSet::new));
        assertThat(described).hasSameSizeAs(kind.descriptions());

        assertThat(ownMethods(kind.options(), 0).filter(name -> !OF_ALL.contains(name)))
                .containsExactlyInAnyOrderElementsOf(described);
        assertThat(ownMethods(kind.builder().get().getClass(), 1)).containsExactlyInAnyOrderElementsOf(described);
    }

    private static Stream<String> ownMethods(Class<?> type, int parameters) {
        return Arrays.stream(type.getMethods())
                .filter(method -> method.getDeclaringClass() != Object.class || OF_ALL.contains(method.getName()))
                .filter(method -> !Modifier.isStatic(method.getModifiers()) && !method.isSynthetic())
                .filter(method -> method.getParameterCount() == parameters
                        && !method.getName().equals("equals"))
                .map(Method::getName);
    }

    @ParameterizedTest
    @MethodSource("options")
    <O, B extends OptionSetters<O, B>, T> void theAccessorAndTheSetterAreOfTheDescribedType(
            Kind<O, B> kind, Option<O, T> option) throws ReflectiveOperationException {
        O defaults = kind.defaults();
        Method accessor = kind.options().getMethod(option.name());
        assertThat(option.get(defaults)).isEqualTo(accessor.invoke(defaults));

        T other = other(kind, option);
        B builder = kind.builder().get();
        Method setter = Arrays.stream(builder.getClass().getMethods())
                .filter(method -> method.getName().equals(option.name()) && method.getParameterCount() == 1)
                .findAny()
                .orElseThrow();
        assertThat(setter.invoke(builder, other)).isSameAs(builder);
        assertThat(kind.build().apply(builder)).isEqualTo(kind.with(option, other));
        assertThat(accessor.invoke(kind.build().apply(builder))).isEqualTo(other);
    }

    @ParameterizedTest
    @MethodSource("options")
    <O, B extends OptionSetters<O, B>, T> void theDefaultIsTheDescribed(Kind<O, B> kind, Option<O, T> option) {
        if (option.defaultValue() != null) {
            assertThat(option.get(kind.defaults())).isEqualTo(option.defaultValue());
        }
        assertThat(option.defaultText()).isNotEmpty();
    }

    /** Subject first, and short enough for a terminal and a table. */
    @ParameterizedTest
    @MethodSource("options")
    void theTextIsPlain(Kind<?, ?> kind, Option<?, ?> option) {
        assertThat(option.text())
                .matches("[A-Z0-9].*\\.")
                .doesNotContainPattern("\\b(Who|What|Where|How|By|Of|To|In which|Whose)\\b")
                .hasSizeLessThan(250);
    }

    // ---- ranges

    @ParameterizedTest
    @MethodSource("options")
    <O, B extends OptionSetters<O, B>, T> void beyondItsRangeItIsRefusedByName(Kind<O, B> kind, Option<O, T> option) {
        for (T beyond : beyond(option)) {
            assertThatThrownBy(() -> kind.with(option, beyond))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith(option.name() + " is " + Option.textOf(beyond) + ", allowed is ");
        }
    }

    @SuppressWarnings("unchecked")
    private static <T> List<T> beyond(Option<?, T> option) {
        List<Object> values = new ArrayList<>();
        Object min = option.min();
        Object max = option.max();
        if (min instanceof Integer least && max instanceof Integer most) {
            addIf(values, least > Integer.MIN_VALUE && least != 1, least - 1);
            addIf(values, most < Integer.MAX_VALUE, most + 1);
            values.add(Integer.MIN_VALUE);
        } else if (min instanceof Long least && max instanceof Long most) {
            values.addAll(List.of(least - 1, most + 1, Long.MIN_VALUE, Long.MAX_VALUE));
        } else if (min instanceof Duration least && max instanceof Duration most) {
            addIf(values, !least.equals(Duration.ofNanos(1)), least.minusNanos(1));
            values.addAll(
                    List.of(most.plusNanos(1), Duration.ofSeconds(Long.MIN_VALUE), Duration.ofSeconds(Long.MAX_VALUE)));
        } else if (min instanceof Double least && max instanceof Double most) {
            values.addAll(List.of(-least, Math.nextUp(most), Double.NaN, 0.0));
        }
        return (List<T>) values;
    }

    private static void addIf(List<Object> values, boolean condition, Object value) {
        if (condition) {
            values.add(value);
        }
    }

    // ---- values

    @ParameterizedTest
    @MethodSource("options")
    <O, B extends OptionSetters<O, B>, T> void optionsAreEqualByTheirValues(Kind<O, B> kind, Option<O, T> option) {
        O defaults = kind.defaults();
        T other = other(kind, option);
        O changed = kind.with(option, other);

        assertThat(defaults).isEqualTo(kind.defaults()).hasSameHashCodeAs(kind.defaults());
        assertThat(changed).isNotEqualTo(defaults).isEqualTo(kind.with(option, other));
        assertThat(changed).hasSameHashCodeAs(kind.with(option, other));
        assertThat(changed.toString())
                .startsWith(kind.options().getSimpleName() + "[")
                .contains(option.name() + "=" + Option.textOf(other));
    }

    @ParameterizedTest
    @MethodSource("options")
    <O, B extends OptionSetters<O, B>, T> void aBuilderMadeOfOptionsBuildsTheSameAndLeavesThemAlone(
            Kind<O, B> kind, Option<O, T> option) {
        T other = other(kind, option);
        O options = kind.with(option, other);
        String before = options.toString();
        B copy = kind.toBuilder().apply(options);

        assertThat(kind.build().apply(copy)).isEqualTo(options);

        T back = Objects.requireNonNullElse(option.get(kind.defaults()), other);
        option.set(copy, back);
        assertThat(option.get(kind.build().apply(copy))).isEqualTo(back);
        assertThat(options).hasToString(before);
    }

    /**
     * A value that is not the default, and that goes together with the defaults of the other
     * options.
     */
    private static <O, B extends OptionSetters<O, B>, T> T other(Kind<O, B> kind, Option<O, T> option) {
        T byDefault = option.get(kind.defaults());
        return candidates(option)
                .filter(value -> !value.equals(byDefault))
                .filter(value -> isAccepted(kind, option, value))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no other value of " + option));
    }

    private static <O, B extends OptionSetters<O, B>, T> boolean isAccepted(
            Kind<O, B> kind, Option<O, T> option, T value) {
        try {
            return kind.with(option, value) != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static <T> Stream<T> candidates(Option<?, T> option) {
        Class<T> type = option.type();
        Stream<Object> values = option.max() != null
                ? Stream.of(option.min(), option.max(), Duration.ofSeconds(27))
                : Stream.of(
                        false,
                        true,
                        "other",
                        Map.of("key", "value"),
                        Networks.of("10.0.0.0/8"),
                        (Resolver) host -> null,
                        (Executor) task -> {});
        if (type.isEnum()) {
            values = Arrays.stream(type.getEnumConstants());
        }
        return values.filter(type::isInstance).map(type::cast);
    }
}
