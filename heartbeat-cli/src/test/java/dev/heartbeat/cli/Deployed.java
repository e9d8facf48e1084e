package dev.heartbeat.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The files that are there to deploy a server. */
final class Deployed {
    static final Path FOLDER = Page.ROOT.resolve("deploy");
    static final Path CONFIGURATION = Path.of("src", "dist", "conf", "server.properties");

    private Deployed() {}

    /** The text of each file, by its path. */
    static Map<Path, String> texts() throws IOException {
        Map<Path, String> texts = new TreeMap<>();
        try (Stream<Path> files = Files.walk(FOLDER)) {
            files.filter(Files::isRegularFile).forEach(file -> texts.put(file, text(file)));
        }
        for (Path file : List.of(CONFIGURATION, Path.of("src", "deb", "default"))) {
            texts.put(file, text(file));
        }
        return texts;
    }

    static String text(String file) {
        return text(FOLDER.resolve(file));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The documents of a file of YAML, in which no key may be twice. */
    static List<Map<String, Object>> yaml(String file) {
        LoaderOptions strict = new LoaderOptions();
        strict.setAllowDuplicateKeys(false);
        List<Map<String, Object>> documents = new ArrayList<>();
        for (Object document : new Yaml(new SafeConstructor(strict)).loadAll(text(file))) {
            documents.add(map(document));
        }
        return documents;
    }

    /** The value below these keys. */
    static Object at(Object document, String... keys) {
        Object value = document;
        for (String key : keys) {
            value = map(value).get(key);
        }
        return value;
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }
}
