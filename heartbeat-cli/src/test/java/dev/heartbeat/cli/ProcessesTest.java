package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Servers that share a port, and clients that share the nodes, each started by one command. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
@Tag("once")
class ProcessesTest {
    private static final String FAST = "--process-java-opts=-XX:TieredStopAtLevel=1 -Xmx64m";

    @Test
    void serversShareAPortAndEndInOrder() throws Exception {
        try (CommandProcess servers = servers(2)) {
            List<Long> pids = listening(servers, 2);
            assertThat(pids).doesNotHaveDuplicates();
            try (CommandProcess clients = clients(servers, 2, 40)) {
                EventLine sum = untilOnline(servers, 40);
                assertThat(sum.integer("onlineLeast")).isPositive();
                assertThat(sum.integer("memoryBytes")).isPositive();
                assertThat(sum.integer("cpuMillis")).isPositive();
                assertThat(untilOnline(clients, 40).integer("nodes")).isEqualTo(40);

                clients.terminate();
                assertThat(clients.awaitStatus()).isZero();
            }
            untilOnline(servers, 0);

            servers.terminate();
            assertThat(servers.rest())
                    .anyMatch(line -> line.startsWith("1: ") && line.contains("\"stopped\""))
                    .anyMatch(line -> line.startsWith("2: ") && line.contains("\"stopped\""))
                    .last()
                    .asString()
                    .startsWith("{")
                    .contains("\"stopped\"");
            assertThat(servers.awaitStatus()).isZero();
            assertThat(servers.errors()).isEmpty();
            assertThat(pids).noneMatch(ProcessesTest::isAlive);
        }
    }

    @Test
    @Tag("long")
    void aServerThatIsKilledIsReplacedAndItsNodesComeBack() throws Exception {
        try (CommandProcess servers = servers(2)) {
            List<Long> pids = listening(servers, 2);
            try (CommandProcess clients = clients(servers, 1, 40)) {
                untilOnline(servers, 40);

                ProcessHandle.of(pids.get(0)).orElseThrow().destroyForcibly();

                EventLine ended = own(servers, "processEnded");
                assertThat(ended.integer("process")).isEqualTo(1);
                assertThat(ended.integer("pid")).isEqualTo(pids.get(0));
                assertThat(ended.integer("status")).isEqualTo(137);
                assertThat(of(servers, 1, "listening").integer("pid")).isNotEqualTo(pids.get(0));
                untilOnline(servers, 40);
                assertThat(servers.errors().lines())
                        .singleElement()
                        .asString()
                        .contains("process 1", pids.get(0).toString(), "137", "another takes its place");
                clients.terminate();
            }
        }
    }

    @Test
    @Tag("long")
    void noProcessOutlivesAParentThatIsKilled() throws Exception {
        try (CommandProcess servers = servers(2)) {
            List<Long> pids = listening(servers, 2);
            List<ProcessHandle> handles = pids.stream()
                    .map(pid -> ProcessHandle.of(pid).orElseThrow())
                    .toList();

            servers.process().destroyForcibly();

            for (ProcessHandle handle : handles) {
                handle.onExit().get(30, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    @Tag("long")
    void aPortThatOthersHaveIsOneLine() throws Exception {
        try (CommandProcess alone = new CommandProcess("server", "--host=127.0.0.1", "--port=0");
                CommandProcess group = servers(1)) {
            int port = (int) alone.next("listening").number("port");
            requireRefusal(port, "--processes=2");
            int shared = (int) own(group, "listening").number("port");
            requireRefusal(shared, "--processes=2");
            requireRefusal(shared, "--quiet");
        }
    }

    private static void requireRefusal(int port, String option) throws Exception {
        try (CommandProcess late = new CommandProcess("server", "--host=127.0.0.1", "--port=" + port, option)) {
            assertThat(late.awaitStatus()).isEqualTo(1);
            assertThat(late.rest()).isEmpty();
            assertThat(late.errors().lines()).singleElement().asString().contains("127.0.0.1", String.valueOf(port));
        }
    }

    @Test
    void faultOfAllProcessesIsReportedOnce() throws Exception {
        try (CommandProcess group =
                new CommandProcess("server", "--port=0", "--processes=3", "--interval=5s", "--suspect=1s")) {
            assertThat(group.awaitStatus()).isEqualTo(2);
            assertThat(group.rest()).isEmpty();
            assertThat(group.errors().lines()).singleElement().asString().contains("--suspect is 1 s");
        }
        try (CommandProcess group =
                new CommandProcess("server", "--port=0", "--processes=3", "--process-java-opts=-Xno")) {
            assertThat(group.awaitStatus()).isEqualTo(1);
            assertThat(group.errors()).contains("-Xno");
        }
    }

    // ---- the commands

    private static CommandProcess servers(int count) throws IOException {
        return new CommandProcess(
                "server",
                "--host=127.0.0.1",
                "--port=0",
                "--quiet",
                "--stats-every=200ms",
                "--processes=" + count,
                FAST);
    }

    private static CommandProcess clients(CommandProcess servers, int count, int nodes) throws IOException {
        int port = (int) own(servers, "listening").number("port");
        return new CommandProcess(
                "client",
                "--port=" + port,
                "--quiet",
                "--stats-every=200ms",
                "--reconnect-base=50ms",
                "--count=" + nodes,
                "--processes=" + count,
                FAST);
    }

    /** The pids of the servers, in the order of their numbers. */
    private static List<Long> listening(CommandProcess servers, int count) throws IOException {
        Long[] pids = new Long[count];
        for (int i = 0; i < count; i++) {
            String text = servers.nextText();
            int number = Integer.parseInt(text.substring(0, text.indexOf(": ")));
            pids[number - 1] =
                    EventLine.parse(text.substring(text.indexOf('{'))).integer("pid");
        }
        return new ArrayList<>(Stream.of(pids).toList());
    }

    /** The next line of the group's own of this kind. */
    private static EventLine own(CommandProcess group, String event) throws IOException {
        return next(group, "{", event);
    }

    /** The next line of one of its processes. */
    private static EventLine of(CommandProcess group, int process, String event) throws IOException {
        return next(group, process + ": {", event);
    }

    private static EventLine next(CommandProcess group, String beginning, String event) throws IOException {
        while (true) {
            String text = group.nextText();
            if (text.startsWith(beginning)) {
                EventLine line = EventLine.parse(text.substring(beginning.length() - 1));
                if (line.event().equals(event)) {
                    return line;
                }
            }
        }
    }

    private static EventLine untilOnline(CommandProcess group, int nodes) throws IOException {
        EventLine sum = own(group, "stats");
        while (sum.integer("online") != nodes) {
            sum = own(group, "stats");
        }
        return sum;
    }

    private static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }
}
