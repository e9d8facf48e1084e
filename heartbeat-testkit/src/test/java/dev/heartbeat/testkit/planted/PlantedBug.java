package dev.heartbeat.testkit.planted;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A bug that could be in core: a text of one of its source files, and what stands there instead. It
 * is read from a file whose name is the bug's name:
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
 * @param breaks how the message of the violation begins that must be found
 * @param seed the first that finds it
 */
record PlantedBug(
        String name, String title, String source, String breaks, long seed, String original, String replacement) {
    private static final Path BUGS = Path.of("src/test/resources/planted");
    private static final Path CORE = Path.of("../heartbeat-core/src/main/java");
    private static final String SUFFIX = ".bug";
    private static final String INSTEAD_OF = "\n---- instead of\n";
    private static final String IT_SAYS = "\n---- it says\n";

    static List<PlantedBug> all() {
        try (Stream<Path> files = Files.list(BUGS)) {
            return files.filter(file -> file.toString().endsWith(SUFFIX))
                    .sorted()
                    .map(PlantedBug::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static PlantedBug named(String name) {
        return read(BUGS.resolve(name + SUFFIX));
    }

    private static PlantedBug read(Path file) {
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
                field(file, head, "source: "),
                field(file, head, "breaks: "),
                Long.parseLong(field(file, head, "seed: ")),
                text.substring(first + INSTEAD_OF.length(), second),
                text.substring(second + IT_SAYS.length()).stripTrailing());
    }

    private static String field(Path file, String head, String label) {
        return head.lines()
                .filter(line -> line.startsWith(label))
                .map(line -> line.substring(label.length()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(file + " has no line \"" + label + "\""));
    }

    /** The source with the bug in it. */
    String mutated() {
        String text = textOf(CORE.resolve(source));
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
