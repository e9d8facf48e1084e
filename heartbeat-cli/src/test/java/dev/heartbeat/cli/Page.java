package dev.heartbeat.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A page of documentation: a file of Markdown. */
record Page(Path file, String text) {
    static final Path ROOT = Path.of("..");

    private static final Pattern BLOCK = Pattern.compile("(?ms)(?:^<!-- ([^\n]*) -->\n)?^```(\\w*)\n(.*?)^```$");
    private static final Pattern HEADING = Pattern.compile("(?m)^(#+) (.*)$");
    private static final Pattern LINK = Pattern.compile("]\\(([^()\\s]+)\\)");

    /**
     * A fenced block.
     *
     * @param mark the text of the comment on the line before; empty where there is none
     * @param line where the block begins
     */
    record Block(String mark, String language, String code, long line) {}

    static Page read(Path file) {
        try {
            return new Page(file, Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The pages of the root and of docs. */
    static List<Page> all() throws IOException {
        List<Page> pages = new ArrayList<>();
        for (Path folder : List.of(ROOT, ROOT.resolve("docs"))) {
            try (Stream<Path> files = Files.list(folder)) {
                files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(file -> pages.add(read(file)));
            }
        }
        return pages;
    }

    boolean isTranslation() {
        return file.toString().endsWith(".zh-CN.md");
    }

    /** The page that this one translates. */
    Page original() {
        return read(Path.of(file.toString().replace(".zh-CN.md", ".md")));
    }

    List<Block> blocks() {
        return BLOCK.matcher(text)
                .results()
                .map(found -> new Block(
                        found.group(1) == null ? "" : found.group(1),
                        found.group(2),
                        found.group(3),
                        text.substring(0, found.start(2)).lines().count()))
                .toList();
    }

    /** The signs of each heading, such as ##. */
    List<String> headingLevels() {
        return headings().map(heading -> heading.group(1)).toList();
    }

    /** The names by which GitHub links to its headings. */
    Set<String> anchors() {
        return headings()
                .map(heading -> heading.group(2).toLowerCase(Locale.ROOT))
                .map(title -> title.replaceAll("[^\\p{L}\\p{N}_ -]", "").replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    /** The links to files of the repository. */
    List<String> links() {
        return LINK.matcher(prose())
                .results()
                .map(link -> link.group(1))
                .filter(link -> !link.contains(":"))
                .toList();
    }

    private Stream<MatchResult> headings() {
        return HEADING.matcher(prose()).results();
    }

    private String prose() {
        return BLOCK.matcher(text).replaceAll(Matcher.quoteReplacement(""));
    }

    @Override
    public String toString() {
        return ROOT.relativize(file).toString();
    }
}
