package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The first page is short, and its commands and versions are those of the build. */
@Tag("once")
final class ReadmeTest {
    private static final String TEXT = Page.read(Page.ROOT.resolve("README.md")).text();

    @Test
    void itHasAtMostSixHundredWords() {
        assertThat(TEXT.strip().split("\\s+")).hasSizeLessThanOrEqualTo(600);
    }

    @Test
    void theVersionIsThatOfTheBuild() throws IOException {
        Matcher version =
                Pattern.compile("<version>(.*?)</version>").matcher(Files.readString(Page.ROOT.resolve("pom.xml")));
        assertThat(version.find()).isTrue();

        assertThat(TEXT).contains("<artifactId>heartbeat-bom</artifactId>", version.group());
    }

    @Test
    void itNamesTheCommandsOfTestAndDemo() {
        assertThat(TEXT).contains("\nmvn -B -ntp verify", "\n./heartbeat demo");
    }
}
