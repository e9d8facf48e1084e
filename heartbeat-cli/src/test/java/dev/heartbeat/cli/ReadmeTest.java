package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the first page says can be copied from it. */
final class ReadmeTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    /** What blocks without imports of their own take for granted. */
    private static final String SURROUNDINGS = """
            import dev.heartbeat.*;
            import java.nio.ByteBuffer;
            import java.time.Duration;
            """;

    private static final String NAMES = """
                HeartbeatServer server;
                HeartbeatClient client;
                ByteBuffer message;
                ChannelListener listener;
                ChannelOptions options;
                Duration timeout;
            """;

    @TempDir
    private Path folder;

    static Stream<String> blocks() throws IOException {
        return JAVA.matcher(readme()).results().map(block -> block.group(1));
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void everyBlockOfJavaCompiles(String block) {
        List<String> imports =
                block.lines().filter(line -> line.startsWith("import ")).toList();
        String statements =
                block.lines().filter(line -> !line.startsWith("import ")).collect(Collectors.joining("\n"));
        String source = imports.isEmpty()
                ? SURROUNDINGS + "class Readme {\n" + NAMES + "void paste() {\n" + statements + "\n}\n}\n"
                : String.join("\n", imports) + "\nclass Readme {\nvoid paste() {\n" + statements + "\n}\n}\n";

        StringWriter errors = new StringWriter();
        boolean compiles = ToolProvider.getSystemJavaCompiler()
                .getTask(
                        errors,
                        null,
                        null,
                        List.of("-proc:none", "-cp", System.getProperty("java.class.path"), "-d", folder.toString()),
                        null,
                        List.of(new Source(source)))
                .call();

        assertThat(compiles).as(errors + source).isTrue();
    }

    @Test
    void theVersionIsThatOfTheBuild() throws IOException {
        Matcher version =
                Pattern.compile("<version>(.*?)</version>").matcher(Files.readString(ROOT.resolve("pom.xml")));
        assertThat(version.find()).isTrue();

        assertThat(readme()).contains("<artifactId>heartbeat-bom</artifactId>", version.group());
    }

    private static String readme() throws IOException {
        return Files.readString(ROOT.resolve("README.md"));
    }

    /** A file in memory. */
    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String text) {
            super(URI.create("string:///Readme.java"), JavaFileObject.Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
