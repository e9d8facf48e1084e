package dev.heartbeat.testkit.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command that starts a Java program as this one was started: by the same Java, with the same
 * class path. Confined to one thread.
 */
public final class JavaCommand {
    private final String main;
    private final List<String> shell = new ArrayList<>();
    private final List<String> options = new ArrayList<>();
    private final List<String> arguments = new ArrayList<>();
    private String classPath = System.getProperty("java.class.path");

    private JavaCommand(String main) {
        this.main = main;
    }

    /** Begins the command of a program. */
    public static JavaCommand of(Class<?> main) {
        return of(main.getName());
    }

    /** Begins the command of a program that is named. */
    public static JavaCommand of(String main) {
        return new JavaCommand(main);
    }

    /** Adds options for its Java. */
    public JavaCommand options(String... more) {
        return options(List.of(more));
    }

    /** Adds options for its Java. */
    public JavaCommand options(List<String> more) {
        options.addAll(more);
        return this;
    }

    /** Adds arguments for the program. */
    public JavaCommand arguments(String... more) {
        return arguments(List.of(more));
    }

    /** Adds arguments for the program. */
    public JavaCommand arguments(List<String> more) {
        arguments.addAll(more);
        return this;
    }

    /** Takes the classes from elsewhere. */
    public JavaCommand classPath(String other) {
        classPath = other;
        return this;
    }

    /**
     * Limits how many files it may have open. The JVM raises the soft limit by itself, so both are
     * lowered around it.
     */
    public JavaCommand files(int limit) {
        shell.addAll(List.of("sh", "-c", "ulimit -n " + limit + "; exec \"$@\"", "sh"));
        return this;
    }

    /** The words of the command. */
    public List<String> words() {
        List<String> words = new ArrayList<>(shell);
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(options);
        // For Netty's native library; newer versions would warn.
        words.add("--enable-native-access=ALL-UNNAMED");
        words.addAll(List.of("-cp", classPath, main));
        words.addAll(arguments);
        return words;
    }

    /** Its process, with this one's environment, to be started. */
    public ProcessBuilder process() {
        return new ProcessBuilder(words());
    }
}
