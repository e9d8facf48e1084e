package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Comments and documentation are plain: short lines, subject first, and the field's own terms.
 *
 * <p>Three figures stand for that.
 */
@Tag("once")
final class ProseTest {

    private static final Path ROOT = Path.of("..");

    private static final int COLUMNS = 100;

    /** Percent of the lines of comments. */
    private static final double MAX_LONG_LINES = 1;

    /** Percent of the sentences. */
    private static final double MAX_INVERTED = 3;

    /** Per 1,000 words. */
    private static final double MAX_TOLD = 0.5;

    private static final Pattern INVERTED = Pattern.compile("(Who|What|Where|How|By|Of|To|In)\\b.*", Pattern.DOTALL);
    private static final Pattern TOLD = Pattern.compile("(?i)\\b(tell|tells|told)\\b");
    private static final Pattern WORD = Pattern.compile("[A-Za-z][\\w'’-]*");
    private static final Pattern SENTENCE_END = Pattern.compile("(?<=[.!?][)\"”]?)\\s+(?=[A-Z\"“(`])");

    @Test
    void linesOfCommentsAreShort() throws IOException {
        Prose all = everything();
        assertThat(all.longLines()).as("%s", all).isLessThanOrEqualTo(MAX_LONG_LINES);
    }

    @Test
    void sentencesBeginWithTheirSubject() throws IOException {
        Prose all = everything();
        assertThat(all.inverted()).as("%s", all).isLessThanOrEqualTo(MAX_INVERTED);
    }

    @Test
    void thingsAreReportedRatherThanTold() throws IOException {
        Prose all = everything();
        System.out.println(all);
        assertThat(all.told()).as("%s", all).isLessThanOrEqualTo(MAX_TOLD);
    }

    @Test
    void countsInCommentsAlone() {
        Prose prose = new Prose();
        prose.addJava("""
                /**
                 * Of two sentences, one. The other has {@link Object its subject} first.
                 *
                 * <pre>What stands here. Is an example.</pre>
                 *
                 * @param name what is no sentence
                 */
                String a = "// What is in a string. "; // It tells nothing.
                char c = '"'; // In /* one */ line, one sentence.
                """);
        assertThat(prose.comments).isEqualTo(9);
        assertThat(prose.sentences).isEqualTo(4);
        assertThat(prose.invertedSentences).isEqualTo(2);
        assertThat(prose.toldWords).isEqualTo(1);
    }

    @Test
    void countsTheSentencesOfAPage() {
        Prose prose = new Prose();
        prose.addPage("""
                # How to read this

                In short, one. Two are
                told. What `it` does is *three*.

                - To the point, four.

                | What | is a table. |

                ```java
                // What is code.
                ```
                """);
        assertThat(prose.sentences).isEqualTo(4);
        assertThat(prose.invertedSentences).isEqualTo(3);
        assertThat(prose.toldWords).isEqualTo(1);
    }

    private static Prose everything() throws IOException {
        Prose all = new Prose();
        for (Path module : list(ROOT)) {
            Path sources = module.resolve("src/main/java");
            if (Files.isDirectory(sources)) {
                try (Stream<Path> files = Files.walk(sources)) {
                    for (Path file :
                            files.filter(path -> isNamed(path, ".java")).toList()) {
                        all.addJava(Files.readString(file));
                    }
                }
            }
        }
        all.addPage(Files.readString(ROOT.resolve("README.md")));
        for (Path page : list(ROOT.resolve("docs"))) {
            if (isNamed(page, ".md") && !isNamed(page, ".zh-CN.md")) {
                all.addPage(Files.readString(page));
            }
        }
        return all;
    }

    private static boolean isNamed(Path file, String ending) {
        return file.getFileName().toString().endsWith(ending);
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> listed = Files.list(folder)) {
            return listed.toList();
        }
    }

    /** The counts so far. */
    private static final class Prose {
        private static final Pattern TOKEN = Pattern.compile(
                "\"\"\".*?(?<!\\\\)\"\"\"|\"(\\\\.|[^\"\\\\\n])*\"|'(\\\\.|[^'\\\\\n])*'"
                        + "|(?<comment>(?<line>//[^\n]*(\n[ \t]*//[^\n]*)*)|/\\*.*?\\*/)",
                Pattern.DOTALL);

        private int comments;
        private int longComments;
        private int sentences;
        private int invertedSentences;
        private int words;
        private int toldWords;

        void addJava(String source) {
            var tokens = TOKEN.matcher(source);
            while (tokens.find()) {
                if (tokens.group("comment") != null) {
                    addComment(source, tokens.start(), tokens.end());
                }
            }
        }

        private void addComment(String source, int start, int end) {
            int from = source.lastIndexOf('\n', start) + 1;
            int to = source.indexOf('\n', end) < 0 ? source.length() : source.indexOf('\n', end);
            for (String line : source.substring(from, to).split("\n", -1)) {
                comments++;
                longComments += line.length() > COLUMNS ? 1 : 0;
            }
            String text = source.substring(start, end)
                    .replaceAll("^/\\*+|\\*/$", "")
                    .replaceAll("(?m)^[ \t]*(\\*|//) ?", "")
                    .replaceAll("(?s)<pre>.*?</pre>|\\{@snippet.*?\n}", "\n\n")
                    .replaceAll("(?m)^@(param\\s+\\S+|throws\\s+\\S+|\\w+)", "\n\n")
                    .replaceAll("\\{@(link|linkplain)\\s+[^\\s}]+\\s+([^}]*)}", "$2")
                    .replaceAll("\\{@\\w+\\s+([^}]*)}", "$1")
                    .replaceAll("</?(p|li|ul|ol|dl|dt|dd|h\\d|tr|td|th|table)\\b[^>]*>", "\n\n")
                    .replaceAll("</?\\w+[^>]*>", "");
            addText(text);
        }

        void addPage(String page) {
            addText(page.replaceAll("(?ms)^[ \t]*```.*?^[ \t]*```[ \t]*$", "\n\n")
                    .replaceAll("(?s)<!--.*?-->", "\n\n")
                    .replaceAll("(?m)^[ \t]*[#|].*$", "\n\n")
                    .replaceAll("(?m)^[ \t]*([-*]|\\d+\\.) ", "\n\n")
                    .replaceAll("[*`]", ""));
        }

        private void addText(String text) {
            for (String paragraph : text.split("\n\\s*\n", -1)) {
                for (String sentence : SENTENCE_END.split(paragraph.strip(), -1)) {
                    if (!sentence.isEmpty() && Character.isUpperCase(sentence.charAt(0))) {
                        sentences++;
                        invertedSentences += INVERTED.matcher(sentence).matches() ? 1 : 0;
                    }
                    words += (int) WORD.matcher(sentence).results().count();
                    toldWords += (int) TOLD.matcher(sentence).results().count();
                }
            }
        }

        double longLines() {
            return 100.0 * longComments / comments;
        }

        double inverted() {
            return 100.0 * invertedSentences / sentences;
        }

        double told() {
            return 1000.0 * toldWords / words;
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%.2f %% of %,d lines of comments are over %d columns, %.2f %% of %,d sentences are inverted,"
                            + " and %.2f of 1,000 words are tell, tells or told",
                    longLines(),
                    comments,
                    COLUMNS,
                    inverted(),
                    sentences,
                    told());
        }
    }
}
