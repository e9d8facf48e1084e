package dev.heartbeat.planted;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A bug that could be in a module: a text of one of its source files, and what stands there instead.
 * It is read from a file whose name is the bug's name:
 *
 * <pre>
 * What is wrong, in a line
 * source: dev/heartbeat/internal/node/NodeEntry.java
 * breaks: I9 the invariant, or how its name begins
 * seed: 3
 * ---- instead of
 * the text, which occurs exactly once in the source
 * ---- it says
 * its replacement
 * </pre>
 *
 * <p>The lines with a label, but for the source, say who finds it, in words of the tests that look
 * for it.
 *
 * @param name the file's
 * @param title what is wrong
 * @param sources the folder that the source is in
 * @param source its path there
 * @param head the lines with a label
 * @param original what the source says
 * @param replacement what it says with the bug
 */
public record PlantedBug(
        String name, String title, Path sources, String source, String head, String original, String replacement) {
    private static final Path BUGS = Path.of("src/test/resources/planted");
    private static final String SUFFIX = ".bug";
    private static final String INSTEAD_OF = "\n---- instead of\n";
    private static final String IT_SAYS = "\n---- it says\n";

    /** {@return all of the module whose tests run, by name} */
    public static List<PlantedBug> all(Path sources) {
        try (Stream<Path> files = Files.list(BUGS)) {
            return files.filter(file -> file.toString().endsWith(SUFFIX))
                    .sorted()
                    .map(file -> read(sources, file))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the one of this name} */
    public static PlantedBug named(Path sources, String name) {
        return read(sources, BUGS.resolve(name + SUFFIX));
    }

    private static PlantedBug read(Path sources, Path file) {
        String text = textOf(file);
        int first = text.indexOf(INSTEAD_OF);
        int second = text.indexOf(IT_SAYS);
        if (first < 0 || second < first) {
            throw new IllegalArgumentException(file + " has no \"instead of\" followed by \"it says\"");
        }
        String head = text.substring(0, first);
        return new PlantedBug(
                file.getFileName().toString().replace(SUFFIX, ""),
                head.lines().findFirst().orElseThrow(),
                sources,
                field(file.toString(), head, "source"),
                head,
                text.substring(first + INSTEAD_OF.length(), second),
                text.substring(second + IT_SAYS.length()).stripTrailing());
    }

    /** {@return what stands behind this label} */
    public String field(String label) {
        return field(name, head, label);
    }

    private static String field(String file, String head, String label) {
        String start = label + ": ";
        return head.lines()
                .filter(line -> line.startsWith(start))
                .map(line -> line.substring(start.length()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(file + " has no line \"" + start + "\""));
    }

    /** {@return the source with the bug in it} */
    public String mutated() {
        String text = textOf(sources.resolve(source));
        int at = text.indexOf(original);
        if (at < 0 || text.indexOf(original, at + 1) >= 0) {
            throw new IllegalArgumentException(name + ": its text must occur once in " + source + ", and occurs "
                    + (at < 0 ? "nowhere" : "twice"));
        }
        return text.substring(0, at) + replacement + text.substring(at + original.length());
    }

    private static String textOf(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
