package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.FailureCode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Code on the pages compiles, links lead somewhere, and translations follow their originals. */
@Tag("once")
final class PagesTest {
    private static final Pattern TYPE =
            Pattern.compile("(?m)^(?:public |final |abstract )*(?:class|interface|record|enum) (\\w+)");
    private static final Pattern FIGURE = Pattern.compile("\\d[\\d,]*(?:\\.\\d+)?");
    private static final String EXCERPT = "excerpt of ";

    /** Imports and names that a block without imports of its own takes for granted. */
    private static final String SURROUNDINGS = """
            import dev.heartbeat.*;
            import dev.heartbeat.admin.*;
            import dev.heartbeat.auth.*;
            import dev.heartbeat.credentials.*;
            import dev.heartbeat.jwt.*;
            import dev.heartbeat.micrometer.*;
            import dev.heartbeat.netty.*;
            import dev.heartbeat.nio.*;
            import dev.heartbeat.jfr.*;
            import dev.heartbeat.sealed.*;
            import dev.heartbeat.spi.*;
            import dev.heartbeat.tasks.*;
            import dev.heartbeat.testkit.*;
            import dev.heartbeat.testkit.contract.*;
            import dev.heartbeat.tls.*;
            import io.micrometer.core.instrument.*;
            import java.nio.ByteBuffer;
            import java.nio.charset.StandardCharsets;
            import java.nio.file.Path;
            import java.time.Duration;
            import java.util.*;
            import java.util.concurrent.*;
            import org.junit.jupiter.api.*;
            """;

    private static final String NAMES = """
                HeartbeatServer server;
                HeartbeatClient client;
                ByteBuffer message;
                Channel channel;
                ChannelListener listener;
                ChannelOptions options;
                TransportOptions transportOptions;
                Transport transport;
                Duration timeout;
                String nodeId;
                Path chain;
                Path key;
                MeterRegistry registry;
                Simulation sim;
                Host host;
                io.netty.channel.IoEventLoopGroup eventLoops;
            """;

    @TempDir
    private Path folder;

    @Test
    void everyBlockOfJavaCompiles() throws IOException {
        List<Source> sources = new ArrayList<>();
        for (Page page : Page.all()) {
            for (Page.Block block : page.blocks()) {
                if (block.language().equals("java")
                        && !page.isTranslation()
                        && !block.mark().startsWith(EXCERPT)) {
                    sources.add(new Source("in" + sources.size(), page + ":" + block.line(), block.code()));
                }
            }
        }
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();

        boolean compiles = ToolProvider.getSystemJavaCompiler()
                .getTask(
                        null,
                        null,
                        problems,
                        List.of("-proc:none", "-cp", System.getProperty("java.class.path"), "-d", folder.toString()),
                        null,
                        sources)
                .call();

        assertThat(compiles)
                .as(problems.getDiagnostics().stream()
                        .map(problem -> problem.getSource() + ": " + problem.getMessage(null))
                        .collect(Collectors.joining("\n", "", "\n")))
                .isTrue();
    }

    @Test
    void everyExcerptStandsInItsFile() throws IOException {
        for (Page page : Page.all()) {
            for (Page.Block block : page.blocks()) {
                if (block.mark().startsWith(EXCERPT)) {
                    Path file = Page.ROOT.resolve(block.mark().substring(EXCERPT.length()));
                    List<String> lines =
                            Files.readString(file).lines().map(String::strip).toList();
                    assertThat(lines)
                            .as(page + ":" + block.line())
                            .containsAll(block.code().lines().map(String::strip).toList());
                }
            }
        }
    }

    @Test
    void everyLinkLeadsSomewhere() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Page page : Page.all()) {
            for (String link : page.links()) {
                if (!exists(page, link)) {
                    broken.add(page + ": " + link);
                }
            }
        }

        assertThat(broken).isEmpty();
    }

    private static boolean exists(Page page, String link) {
        String[] parts = link.split("#", 2);
        Path target = parts[0].isEmpty() ? page.file() : page.file().resolveSibling(parts[0]);
        return Files.exists(target)
                && (parts.length == 1 || Page.read(target).anchors().contains(parts[1]));
    }

    @Test
    void everyTranslationHasTheHeadingsAndTheCodeOfItsOriginal() throws IOException {
        for (Page page : Page.all()) {
            if (page.isTranslation()) {
                Page original = page.original();
                assertThat(page.headingLevels()).as(page.toString()).isEqualTo(original.headingLevels());
                assertThat(codeOf(page)).as(page.toString()).isEqualTo(codeOf(original));
            }
        }
    }

    private static List<String> codeOf(Page page) {
        return page.blocks().stream().map(Page.Block::code).toList();
    }

    @Test
    void theGuideExplainsEveryFailureCode() {
        assertThat(section("docs/GUIDE.md", "## What each error means"))
                .contains(Arrays.stream(FailureCode.values())
                        .map(code -> "| `" + code + "` |")
                        .toList());
    }

    @Test
    void everyFigureIsMeasured() {
        String measured = page("docs/PERFORMANCE.md");
        List<String> figures = new ArrayList<>(figuresOf("docs/COMPARISON.md", "## Measured"));
        figures.addAll(figuresOf("README.md", "## What makes it different"));

        assertThat(figures)
                .hasSizeGreaterThan(50)
                .allSatisfy(figure -> assertThat(measured)
                        .containsPattern("(?<![\\d.,])" + Pattern.quote(figure) + "(?![\\d]|[.,]\\d)"));
    }

    private static List<String> figuresOf(String file, String heading) {
        return FIGURE.matcher(section(file, heading))
                .results()
                .map(MatchResult::group)
                .distinct()
                .toList();
    }

    /** The text from a heading to the next one of its level. */
    private static String section(String file, String heading) {
        return page(file).split("\n" + heading + "\n", 2)[1].split("\n## ", 2)[0];
    }

    private static String page(String file) {
        return Page.read(Page.ROOT.resolve(file)).text();
    }

    /** A block as a file of Java in memory, in a package of its own. */
    private static final class Source extends SimpleJavaFileObject {
        private final String where;
        private final String text;

        Source(String packageName, String where, String code) {
            super(URI.create("string:///" + packageName + "/" + nameOf(code) + ".java"), Kind.SOURCE);
            this.where = where;
            this.text = "package " + packageName + ";\n" + unit(code);
        }

        private static String nameOf(String code) {
            Matcher type = TYPE.matcher(code);
            return type.find() ? type.group(1) : "Fragment";
        }

        /** A type as it stands, with imports where it has none; else statements of a method. */
        private static String unit(String code) {
            if (code.startsWith("import ")) {
                return code;
            }
            return TYPE.matcher(code).find()
                    ? SURROUNDINGS + code
                    : SURROUNDINGS + "class Fragment {\n" + NAMES + "void run() throws Exception {\n" + code + "}\n}\n";
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }

        @Override
        public String toString() {
            return where;
        }
    }
}
