package dev.heartbeat.testkit;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Proxy;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The callable parts of a public API, found by reflection, and arguments for them. */
final class ApiCalls {
    private static final String API = "dev.heartbeat";

    private final Map<Class<?>, Object> samples = new HashMap<>();

    ApiCalls() {
        add(String.class, "sample");
        add(Duration.class, Duration.ofSeconds(1));
        add(Instant.class, Instant.EPOCH);
        add(Map.class, Map.of("key", "value"));
        add(List.class, List.of());
        add(InetSocketAddress.class, new InetSocketAddress(InetAddress.getLoopbackAddress(), 9));
        add(UnaryOperator.class, UnaryOperator.identity());
        add(Predicate.class, any -> true);
        add(BooleanSupplier.class, () -> true);
        add(Throwable.class, new IllegalStateException("a sample"));
        add(byte[].class, new byte[0]);
        add(String[].class, new String[0]);
    }

    <T> void add(Class<? super T> type, T sample) {
        samples.put(type, sample);
    }

    // ---- what there is

    /**
     * The public types that an application meets on its way from these: what it calls, gives and
     * gets.
     */
    static Set<Class<?>> reachableFrom(Class<?>... roots) {
        Set<Class<?>> seen = new LinkedHashSet<>();
        Deque<Class<?>> left = new ArrayDeque<>(List.of(roots));
        while (!left.isEmpty()) {
            Class<?> type = left.remove();
            if (isApi(type) && seen.add(type)) {
                left.addAll(List.of(type.getClasses()));
                members(type).flatMap(ApiCalls::typesOf).forEach(left::add);
            }
        }
        return seen;
    }

    private static boolean isApi(Class<?> type) {
        return type.getName().startsWith(API)
                && !type.getName().contains(".internal.")
                && Modifier.isPublic(type.getModifiers());
    }

    /**
     * The public constructors and methods that are the API's own, and neither made by the compiler
     * nor known to every object.
     */
    static Stream<Executable> members(Class<?> type) {
        Stream<Executable> methods = Arrays.stream(type.getMethods())
                .filter(method -> isApi(method.getDeclaringClass()))
                .filter(method -> !method.isSynthetic() && !method.getName().equals("equals"))
                .filter(method -> !(type.isEnum() && method.getName().equals("valueOf")))
                .map(method -> method);
        Stream<Executable> constructors =
                Modifier.isAbstract(type.getModifiers()) ? Stream.of() : Arrays.stream(type.getConstructors());
        return Stream.concat(methods, constructors).sorted(Comparator.comparing(Executable::toString));
    }

    private static Stream<Class<?>> typesOf(Executable member) {
        Stream<Type> taken = Arrays.stream(member.getGenericParameterTypes());
        Stream<Type> given = member instanceof Method method ? Stream.of(method.getGenericReturnType()) : Stream.of();
        return Stream.concat(taken, given).flatMap(ApiCalls::classesIn);
    }

    private static Stream<Class<?>> classesIn(Type type) {
        if (type instanceof Class<?> one) {
            return Stream.of(one);
        }
        if (type instanceof ParameterizedType generic) {
            return Stream.concat(
                    classesIn(generic.getRawType()),
                    Arrays.stream(generic.getActualTypeArguments()).flatMap(ApiCalls::classesIn));
        }
        if (type instanceof WildcardType wild) {
            return Stream.concat(Arrays.stream(wild.getUpperBounds()), Arrays.stream(wild.getLowerBounds()))
                    .flatMap(ApiCalls::classesIn);
        }
        return Stream.of();
    }

    static boolean isOfObject(Executable member) {
        return member instanceof Method && !Modifier.isStatic(member.getModifiers());
    }

    static boolean mayBeNull(Executable member, int parameter) {
        AnnotatedElement taken = member.getAnnotatedParameterTypes()[parameter];
        Class<?> owner = member.getDeclaringClass();
        // The header is what is written.
        if (owner.isRecord() && member instanceof Constructor<?>) {
            RecordComponent component = owner.getRecordComponents()[parameter];
            return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
        }
        return taken.isAnnotationPresent(Nullable.class);
    }

    /**
     * The name in a refusal of this parameter: the option's, if the parameter of its setter is only
     * a value.
     */
    static String nameOf(Executable member, int parameter) {
        String name = member.getParameters()[parameter].getName();
        return name.equals("value") && member.getParameterCount() == 1 ? member.getName() : name;
    }

    static String textOf(Executable member) {
        String parameters = String.join(
                ", ",
                Arrays.stream(member.getParameterTypes())
                        .map(Class::getSimpleName)
                        .toList());
        return member.getDeclaringClass().getSimpleName()
                + (member instanceof Constructor<?> ? "" : "." + member.getName()) + "(" + parameters + ")";
    }

    // ---- calling it

    Object[] arguments(Executable member) {
        return Arrays.stream(member.getParameters()).map(this::sample).toArray();
    }

    private Object sample(Parameter parameter) {
        return sample(parameter.getType());
    }

    private Object sample(Class<?> type) {
        Object given = samples.get(type);
        if (given != null) {
            return given;
        }
        if (type == ByteBuffer.class) {
            return ByteBuffer.allocate(3);
        }
        if (type.isPrimitive()) {
            return primitive(type);
        }
        if (type.isEnum()) {
            return type.getEnumConstants()[0];
        }
        if (type.isInterface()) {
            return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, ApiCalls::answer);
        }
        if (type.isRecord()) {
            Constructor<?> canonical = type.getConstructors()[0];
            try {
                return canonical.newInstance(arguments(canonical));
            } catch (ReflectiveOperationException e) {
                throw new LinkageError("no sample of " + type, e);
            }
        }
        throw new AssertionError("no sample of " + type);
    }

    private static @Nullable Object answer(Object proxy, Method method, Object @Nullable [] arguments) {
        return switch (method.getName()) {
            case "hashCode" -> System.identityHashCode(proxy);
            case "equals" -> arguments != null && proxy == arguments[0];
            case "toString" -> "a sample";
            default -> method.getReturnType().isPrimitive() ? primitive(method.getReturnType()) : null;
        };
    }

    private static @Nullable Object primitive(Class<?> type) {
        if (type == void.class) {
            return null;
        }
        if (type == boolean.class) {
            return false;
        }
        Object zero = Array.get(Array.newInstance(type, 1), 0);
        return zero instanceof Integer ? Integer.valueOf(1) : zero instanceof Long ? Long.valueOf(1) : zero;
    }

    /** The exception of the call; null if it returned. */
    static @Nullable Throwable thrownBy(Executable member, @Nullable Object target, @Nullable Object... arguments) {
        try {
            Object unused = resultOf(member, target, arguments);
            return null;
        } catch (InvocationTargetException e) {
            return e.getCause();
        }
    }

    static @Nullable Object resultOf(Executable member, @Nullable Object target, @Nullable Object... arguments)
            throws InvocationTargetException {
        try {
            return member instanceof Method method
                    ? method.invoke(target, arguments)
                    : ((Constructor<?>) member).newInstance(arguments);
        } catch (IllegalAccessException | InstantiationException e) {
            throw new LinkageError(textOf(member), e);
        }
    }

    /**
     * A line for each parameter that may not be null, and whose null is not refused by its name.
     */
    List<String> acceptedNulls(Executable member, @Nullable Object target) {
        Stream.Builder<String> wrong = Stream.builder();
        for (int i = 0; i < member.getParameterCount(); i++) {
            if (member.getParameterTypes()[i].isPrimitive()) {
                continue;
            }
            @Nullable Object[] arguments = arguments(member);
            arguments[i] = null;
            Throwable thrown = thrownBy(member, target, arguments);
            String name = nameOf(member, i);
            boolean isRefused = thrown instanceof NullPointerException && name.equals(thrown.getMessage());
            if (mayBeNull(member, i) ? thrown instanceof NullPointerException : !isRefused) {
                wrong.add(textOf(member) + ", " + name + ": " + thrown);
            }
        }
        return wrong.build().toList();
    }
}
