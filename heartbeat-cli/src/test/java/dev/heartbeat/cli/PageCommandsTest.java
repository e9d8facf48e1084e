package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Commands on the pages exist, and the build runs them or says why it does not. */
@Tag("once")
final class PageCommandsTest {
    private static final Pattern INLINE = Pattern.compile("`((?:\\./heartbeat|mvn|jlink|\\.ci/)[^`]*)`");
    private static final Pattern COMMAND =
            Pattern.compile("^(?:[A-Z_]+=(?:\"[^\"]*\"|\\S+) +)*((?:\\./heartbeat|mvn|jlink|\\.ci/\\w+)\\b.*)$");
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)");

    /** Pages of commands that measure, which the build does not run, and of the past. */
    private static final Set<String> LEFT_OUT =
            Set.of("CHANGELOG.md", "docs/COMPARISON.md", "docs/PERFORMANCE.md", "docs/PLANNING.md");

    private static final String NOT_RUN = "not run";

    /**
     * Each command as it stands on a page; then the file that runs it with a text of that file, or
     * the reason why the build does not run it.
     */
    private static final String RUNS = """
            ./heartbeat demo
                .ci/run: ./heartbeat demo
            mvn -B -ntp verify
                .ci/run: mvn -B -ntp verify
            mvn -B -ntp -Dquick install
                .ci/run: mvn -B -q -ntp -Dquick install
            .ci/run
                .github/workflows/ci.yml: .ci/run
            mvn -B -q -ntp -Prelease package -DskipTests && .ci/licences . > docs/LICENCES.md
                .ci/run: .ci/licences
            jlink -p MODULES --add-modules com.example.fleet,dev.heartbeat.nio --output image
                examples/embedding/run: "$jlink" -p $modules --add-modules com.example.fleet,dev.heartbeat.nio
            mvn verify
                .ci/run: mvn -B -ntp verify
            ./heartbeat server
                heartbeat-cli/src/test/java/dev/heartbeat/cli/ServerAndClientTest.java: List.of("server"
            ./heartbeat client
                heartbeat-cli/src/test/java/dev/heartbeat/cli/Commands.java: List.of("client"
            ./heartbeat server --processes N
                heartbeat-cli/src/test/java/dev/heartbeat/cli/ProcessesTest.java: "--processes=
            ./heartbeat client --processes N
                heartbeat-cli/src/test/java/dev/heartbeat/cli/ProcessesTest.java: "--processes=
            ./heartbeat server --port 9501 --processes 6 --process-java-opts "-Xmx256m" --stats-every 10s
                heartbeat-cli/src/test/java/dev/heartbeat/cli/ProcessesTest.java: "--process-java-opts=
            ./heartbeat server --config heartbeat.properties --print-config
                heartbeat-cli/src/test/java/dev/heartbeat/cli/ConfigurationTest.java: --print-config
            ./heartbeat demo --page
                heartbeat-cli/src/test/java/dev/heartbeat/cli/DemoTest.java: --page
            ./heartbeat server --admin 9503 --probes 9502
                heartbeat-cli/src/test/java/dev/heartbeat/cli/AdminTest.java: --admin
            ./heartbeat doctor
                heartbeat-cli/src/test/java/dev/heartbeat/cli/DoctorTest.java: "doctor"
            ./heartbeat doctor --nodes 100000
                heartbeat-cli/src/test/java/dev/heartbeat/cli/DoctorTest.java: "--nodes=
            ./heartbeat doctor --server bus.example.com:9501 --tls-ca ca.crt --token-file node.token --node-id node-7
                heartbeat-cli/src/test/java/dev/heartbeat/cli/DoctorTest.java: "--server="
            ./heartbeat doctor --server HOST:PORT
                heartbeat-cli/src/test/java/dev/heartbeat/cli/DoctorTest.java: "--server="
            ./heartbeat load roll
                heartbeat-cli/src/test/java/dev/heartbeat/cli/RollTest.java: "roll"
            ./heartbeat client --spread
                not run: for more connections than one address has ports; LoopbackAddressesTest has the addresses
            ./heartbeat server --transport netty-epoll
                heartbeat-cli/src/test/java/dev/heartbeat/cli/TestedTransport.java: --transport
            ./heartbeat options > docs/OPTIONS.md
                heartbeat-cli/src/test/java/dev/heartbeat/cli/OptionsPageTest.java: ./heartbeat options
            ./heartbeat simulate --seeds 10000 --resume sweep
                heartbeat-cli/src/test/java/dev/heartbeat/cli/InterruptTest.java: simulate --seeds=
            ./heartbeat simulate calm
                heartbeat-cli/src/test/java/dev/heartbeat/cli/CalmFleetTest.java: new CalmFleet(
            ./heartbeat simulate calm --nodes 1000000 --interval 30s --for 1m
                not run: takes 8 GiB of heap
            ./heartbeat bench bulk
                heartbeat-cli/src/test/java/dev/heartbeat/cli/BenchBulkTest.java: "bench", "bulk"
            ./heartbeat bench slow-consumers
                heartbeat-cli/src/test/java/dev/heartbeat/cli/BenchSlowConsumersTest.java: "bench", "slow-consumers"
            ./heartbeat server --tls-cert server.crt --tls-key server.key
                heartbeat-cli/src/test/java/dev/heartbeat/cli/TlsTest.java: --tls-cert
            ./heartbeat client --tls-ca ca.crt
                heartbeat-cli/src/test/java/dev/heartbeat/cli/TlsTest.java: --tls-ca
            ./heartbeat server --token-file tokens
                heartbeat-cli/src/test/java/dev/heartbeat/cli/TokenTest.java: "server", "--token-file="
            ./heartbeat server --token-keys token.keys
                heartbeat-cli/src/test/java/dev/heartbeat/cli/TokenTest.java: "--token-keys="
            ./heartbeat server --jwt-keys jwks.json --jwt-algorithms ES256 --jwt-issuer https://login.example --jwt-audience heartbeat
                heartbeat-cli/src/test/java/dev/heartbeat/cli/TokenTest.java: "--jwt-keys="
            ./heartbeat token mint --token-keys token.keys --key-id k1 --principal site-3 --node-id "node-*" --valid-for 24h --out node.token
                heartbeat-cli/src/test/java/dev/heartbeat/cli/TokenTest.java: "mint"
            ./heartbeat token show node.token
                heartbeat-cli/src/test/java/dev/heartbeat/cli/TokenTest.java: "token", "show"
            ./heartbeat client --node-id node-7 --token-file node.token
                heartbeat-cli/src/test/java/dev/heartbeat/cli/TokenTest.java: "--token-file=" + token
            mvn -B -q -ntp -Papidocs -pl .,heartbeat-core,heartbeat-sockets,heartbeat-nio,heartbeat-netty,heartbeat-tls,heartbeat-tls-openssl,heartbeat-auth,heartbeat-jwt,heartbeat-sealed,heartbeat-micrometer,heartbeat-admin,heartbeat-tasks,heartbeat-jfr,heartbeat-histograms,heartbeat-testkit compile javadoc:aggregate-no-fork
                .ci/run: javadoc:aggregate-no-fork
            mvn -B -ntp verify -Pfull
                not run: takes more than half an hour
            mvn -B -q -ntp spotless:apply
                not run: changes sources; verify runs spotless:check
            mvn -B -ntp verify -pl heartbeat-testkit -am -Dtest=ChannelTest -Dsurefire.failIfNoSpecifiedTests=false
                not run: verify runs this test with all others
            mvn -pl heartbeat-cli -am test -Dtest=ApiFilesTest -Dsurefire.failIfNoSpecifiedTests=false -Dapi.update=true
                not run: changes files; verify compares them
            mvn -B -ntp verify -Dtests.excluded=long -pl heartbeat-testkit -am -Dtest='PlantedBugsTest' -Dsurefire.failIfNoSpecifiedTests=false
                not run: takes an hour; verify finds a selection of the bugs
            mvn -B -ntp verify -Pfull -pl heartbeat-fuzz -am -Dtest='*Fuzz*Test' -Dsurefire.failIfNoSpecifiedTests=false -Dfuzz.seconds=600
                not run: takes an hour; verify fuzzes for seconds
            mvn -B -ntp verify -pl heartbeat-jcstress -am -Dtest=RacesTest -Dsurefire.failIfNoSpecifiedTests=false -Draces.tests=Race '-Draces.options=-m quick'
                not run: takes an hour; verify runs a few of the races
            """;

    /** @param command in one line */
    private record Run(String command, String file, String text) {
        static List<Run> all() {
            List<Run> runs = new ArrayList<>();
            String command = "";
            for (String line : RUNS.lines().toList()) {
                if (line.startsWith("    ")) {
                    String[] parts = line.strip().split(": ", 2);
                    runs.add(new Run(command, parts[0], parts[1]));
                } else {
                    command = line;
                }
            }
            return runs;
        }
    }

    @Test
    void everyCommandIsRunOrNamedAsNotRun() throws IOException {
        Set<String> known = Run.all().stream().map(Run::command).collect(Collectors.toCollection(TreeSet::new));
        Set<String> found = new TreeSet<>();
        for (Page page : Page.all()) {
            if (!page.isTranslation() && !LEFT_OUT.contains(page.toString())) {
                found.addAll(commands(page));
            }
        }

        assertThat(found).isEqualTo(known);
    }

    @Test
    void whatRunsACommandIsThere() throws IOException {
        for (Run run : Run.all()) {
            if (!run.file().equals(NOT_RUN)) {
                assertThat(Files.readString(Page.ROOT.resolve(run.file())))
                        .as(run.command())
                        .contains(run.text());
            }
        }
    }

    /** The launcher has these commands and options; examples stand for names in capitals. */
    @Test
    void everyCommandOfTheLauncherHasItsOptions() throws IOException {
        List<Page> pages = new ArrayList<>(Page.all());
        pages.add(Page.read(Page.ROOT.resolve("heartbeat-bench/README.md")));
        int parsed = 0;
        for (Page page : pages) {
            for (String command : commands(page)) {
                if (command.startsWith("./heartbeat ")) {
                    String[] words = words(command);
                    assertThatCode(() -> Main.commandLine().parseArgs(words))
                            .as("%s: %s", page, command)
                            .doesNotThrowAnyException();
                    parsed++;
                }
            }
        }
        assertThat(parsed).isGreaterThan(50);
    }

    private static String[] words(String command) {
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(
                command.replaceAll(" [>|&].*", "").replaceAll("\\bN\\b", "2").replace("SCENARIO", "closed"));
        while (word.find()) {
            words.add(Arrays.asList(word.group(1), word.group(2), word.group(3)).stream()
                    .filter(text -> text != null)
                    .findFirst()
                    .orElseThrow());
        }
        return words.subList(1, words.size()).toArray(String[]::new);
    }

    /** The commands in blocks of no language, and those within sentences that have arguments. */
    private static Set<String> commands(Page page) {
        Set<String> found = new TreeSet<>();
        for (Page.Block block : page.blocks()) {
            if (block.language().isEmpty()) {
                block.code().replace("\\\n", " ").lines().forEach(line -> add(found, line));
            }
        }
        Matcher inline = INLINE.matcher(page.text());
        while (inline.find()) {
            add(found, inline.group(1));
        }
        return found;
    }

    private static void add(Set<String> found, String line) {
        Matcher command = COMMAND.matcher(
                line.replaceAll("\\s+", " ").replaceAll(" #.*", "").strip());
        if (command.matches()
                && (command.group(1).contains(" ") || command.group(1).startsWith(".ci/"))) {
            found.add(command.group(1));
        }
    }
}
