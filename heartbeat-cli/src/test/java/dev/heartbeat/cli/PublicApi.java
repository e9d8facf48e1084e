package dev.heartbeat.cli;

import java.io.IOException;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.GenericDeclaration;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.TypeVariable;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Describes what the exported packages of a module offer, one line for each type and member, in a
 * fixed order.
 */
final class PublicApi {
    private PublicApi() {}

    /**
     * @param witness a class of the module
     * @param packages those that the module exports to everybody
     */
    static String of(Class<?> witness, List<String> packages) throws IOException {
        return types(witness, packages).stream().flatMap(PublicApi::lines).collect(Collectors.joining("\n", "", "\n"));
    }

    /** The types that these packages offer, by name. */
    static List<Class<?>> types(Class<?> witness, List<String> packages) throws IOException {
        Path place = placeOf(witness);
        if (Files.isDirectory(place)) {
            return types(place, packages);
        }
        try (FileSystem jar = FileSystems.newFileSystem(place)) {
            return types(jar.getPath("/"), packages);
        }
    }

    private static Path placeOf(Class<?> witness) {
        try {
            return Path.of(
                    witness.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Class<?>> types(Path classes, List<String> packages) throws IOException {
        TreeSet<String> names = new TreeSet<>();
        for (String each : packages) {
            try (Stream<Path> files = Files.list(classes.resolve(each.replace('.', '/')))) {
                files.map(file -> file.getFileName().toString())
                        .filter(file -> file.endsWith(".class") && !file.endsWith("-info.class"))
                        .forEach(file -> names.add(each + "." + file.substring(0, file.length() - ".class".length())));
            }
        }
        return names.stream()
                .<Class<?>>map(PublicApi::load)
                .filter(PublicApi::isOffered)
                .toList();
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, PublicApi.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isOffered(Class<?> type) {
        return (type.getEnclosingClass() == null || isOffered(type.getEnclosingClass()))
                && !type.isAnonymousClass()
                && !type.isLocalClass()
                && isOffered(type.getModifiers());
    }

    private static boolean isOffered(int modifiers) {
        return (modifiers & (Modifier.PUBLIC | Modifier.PROTECTED)) != 0;
    }

    /**
     * The type, then its members in order of their text, but for enum constants and record
     * components, whose order counts.
     */
    private static Stream<String> lines(Class<?> type) {
        Stream<String> constants = type.isEnum()
                ? Arrays.stream(type.getEnumConstants()).map(each -> ((Enum<?>) each).name())
                : Stream.empty();
        Stream<String> components = type.isRecord()
                ? Arrays.stream(type.getRecordComponents())
                        .map(each -> "component " + text(each.getAnnotatedType()) + " " + each.getName())
                : Stream.empty();
        Stream<String> fields = Arrays.stream(type.getDeclaredFields())
                .filter(each -> isOffered((Member) each) && !each.isEnumConstant())
                .map(PublicApi::text);
        Stream<String> calls = Stream.concat(
                        Arrays.stream(type.getDeclaredConstructors()), Arrays.stream(type.getDeclaredMethods()))
                .filter(PublicApi::isOffered)
                .map(PublicApi::text);
        Stream<String> members = Stream.concat(fields, calls).sorted(Comparator.naturalOrder());
        return Stream.concat(
                Stream.of(header(type)),
                Stream.of(constants, components, members)
                        .flatMap(all -> all)
                        .map(member -> type.getName() + " " + member));
    }

    private static boolean isOffered(Member member) {
        return !member.isSynthetic() && isOffered(member.getModifiers());
    }

    private static String header(Class<?> type) {
        List<String> above = Stream.concat(
                        Stream.ofNullable(type.getAnnotatedSuperclass()), Arrays.stream(type.getAnnotatedInterfaces()))
                .map(PublicApi::text)
                .filter(name -> !name.equals("java.lang.Object"))
                .toList();
        String word = type.isRecord() ? "record" : type.isEnum() ? "enum" : type.isInterface() ? "" : "class";
        String modifiers = Modifier.toString(type.getModifiers() & ~Modifier.STATIC);
        return (modifiers + " " + word).strip() + " " + type.getName() + parameters(type)
                + (above.isEmpty() ? "" : " : " + String.join(", ", above));
    }

    private static String parameters(GenericDeclaration declared) {
        return declared.getTypeParameters().length == 0
                ? ""
                : Arrays.stream(declared.getTypeParameters())
                        .map(PublicApi::parameter)
                        .collect(Collectors.joining(", ", "<", ">"));
    }

    private static String parameter(TypeVariable<?> variable) {
        String bounds = Arrays.stream(variable.getAnnotatedBounds())
                .map(PublicApi::text)
                .filter(bound -> !bound.equals("java.lang.Object"))
                .collect(Collectors.joining(" & "));
        return bounds.isEmpty() ? variable.getName() : variable.getName() + " extends " + bounds;
    }

    private static String text(Field field) {
        return Modifier.toString(field.getModifiers()) + " " + text(field.getAnnotatedType()) + " " + field.getName();
    }

    private static String text(Executable call) {
        String modifiers = Modifier.toString(call.getModifiers()
                & (Modifier.PUBLIC | Modifier.PROTECTED | Modifier.STATIC | Modifier.ABSTRACT | Modifier.FINAL));
        String generics = parameters(call);
        String what = call instanceof Constructor<?>
                ? "new"
                : (((Method) call).isDefault() ? "default " : "") + text(call.getAnnotatedReturnType()) + " "
                        + call.getName();
        return modifiers + " " + generics + (generics.isEmpty() ? "" : " ") + what
                + Arrays.stream(call.getAnnotatedParameterTypes())
                        .map(PublicApi::text)
                        .collect(Collectors.joining(", ", "(", ")"))
                + (call.getExceptionTypes().length == 0
                        ? ""
                        : Arrays.stream(call.getExceptionTypes())
                                .map(Class::getName)
                                .collect(Collectors.joining(", ", " throws ", "")));
    }

    /**
     * With {@code @Nullable} before the type, and without the package of the annotation; JDKs
     * differ in that.
     */
    private static String text(AnnotatedType type) {
        return type.toString()
                .replaceAll("@org\\.jspecify\\.annotations\\.(\\w+)(\\(\\))?", "@$1")
                .replaceAll("((?:\\w+\\.)+)(@\\w+ )", "$2$1");
    }
}
