package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.Node;
import dev.heartbeat.NodeState;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Everything that can happen to a node in each of its states, in one table: the answer to the
 * cause, the frames on the first connection, the application's calls, and the next state. The first
 * connection is that of incarnation 77, attempt 5; newcomers register on the same event loop, and
 * on another.
 */
@Tag("M21")
@Tag("M22")
@Tag("M31")
@Tag("M57")
final class RegistryMatrixTest {
    private static final String TABLE = """
            state        | event      | answer         | first hears  | told                               | after
            none         | higher     | REGISTERED     |              | ONLINE                             | ONLINE
            none         | beat       | NOT_REGISTERED |              |                                    | none
            none         | kick       | false          |              |                                    | none

            online       | lower      | STALE_ATTEMPT  |              |                                    | ONLINE
            online       | equal      | STALE_ATTEMPT  |              |                                    | ONLINE
            online       | higher     | REGISTERED     | end later    | SUSPECT(LOST) ONLINE               | ONLINE
            online       | other      | REGISTERED     | REPLACED end | OFFLINE(REPLACED) ONLINE           | ONLINE
            online       | beat       |                | beat         |                                    | ONLINE
            online       | lose       |                |              | SUSPECT(LOST)                      | SUSPECT
            online       | unregister |                | end          | OFFLINE(UNREGISTERED)              | OFFLINE UNREGISTERED
            online       | kick       | true           | KICKED end   | OFFLINE(KICKED)                    | OFFLINE KICKED
            online       | wait       |                | TIMEOUT end  | SUSPECT(SILENT) OFFLINE(TIMEOUT)   | OFFLINE TIMEOUT

            silent       | lower      | STALE_ATTEMPT  |              |                                    | SUSPECT
            silent       | equal      | STALE_ATTEMPT  |              |                                    | SUSPECT
            silent       | higher     | REGISTERED     | end          | ONLINE                             | ONLINE
            silent       | other      | REGISTERED     | REPLACED end | OFFLINE(REPLACED) ONLINE           | ONLINE
            silent       | beat       |                | beat         | ONLINE                             | ONLINE
            silent       | lose       |                |              |                                    | SUSPECT
            silent       | unregister |                | end          | ONLINE OFFLINE(UNREGISTERED)       | OFFLINE UNREGISTERED
            silent       | kick       | true           | KICKED end   | OFFLINE(KICKED)                    | OFFLINE KICKED
            silent       | wait       |                | TIMEOUT end  | OFFLINE(TIMEOUT)                   | OFFLINE TIMEOUT

            lost         | lower      | STALE_ATTEMPT  |              |                                    | SUSPECT
            lost         | equal      | STALE_ATTEMPT  |              |                                    | SUSPECT
            lost         | higher     | REGISTERED     |              | ONLINE                             | ONLINE
            lost         | other      | REGISTERED     |              | OFFLINE(REPLACED) ONLINE           | ONLINE
            lost         | kick       | true           |              | OFFLINE(KICKED)                    | OFFLINE KICKED
            lost         | wait       |                |              | OFFLINE(CLOSED)                    | OFFLINE CLOSED

            timed out    | lower      | STALE_ATTEMPT  |              |                                    | OFFLINE TIMEOUT
            timed out    | equal      | STALE_ATTEMPT  |              |                                    | OFFLINE TIMEOUT
            timed out    | higher     | REGISTERED     |              | ONLINE                             | ONLINE
            timed out    | other      | REGISTERED     |              | ONLINE                             | ONLINE
            timed out    | kick       | false          |              |                                    | OFFLINE TIMEOUT
            timed out    | wait       |                |              |                                    | OFFLINE TIMEOUT

            closed       | lower      | STALE_ATTEMPT  |              |                                    | OFFLINE CLOSED
            closed       | equal      | STALE_ATTEMPT  |              |                                    | OFFLINE CLOSED
            closed       | higher     | REGISTERED     |              | ONLINE                             | ONLINE
            closed       | other      | REGISTERED     |              | ONLINE                             | ONLINE
            closed       | kick       | false          |              |                                    | OFFLINE CLOSED
            closed       | wait       |                |              |                                    | OFFLINE CLOSED

            unregistered | lower      | STALE_ATTEMPT  |              |                                    | OFFLINE UNREGISTERED
            unregistered | equal      | STALE_ATTEMPT  |              |                                    | OFFLINE UNREGISTERED
            unregistered | higher     | REGISTERED     |              | ONLINE                             | ONLINE
            unregistered | other      | REGISTERED     |              | ONLINE                             | ONLINE
            unregistered | kick       | false          |              |                                    | OFFLINE UNREGISTERED

            kicked       | lower      | STALE_ATTEMPT  |              |                                    | OFFLINE KICKED
            kicked       | equal      | STALE_ATTEMPT  |              |                                    | OFFLINE KICKED
            kicked       | higher     | KICKED         |              |                                    | OFFLINE KICKED
            kicked       | other      | REGISTERED     |              | ONLINE                             | ONLINE
            kicked       | kick       | false          |              |                                    | OFFLINE KICKED
            """;

    private static final Duration SOON = Duration.ofMillis(100);
    private static final long INCARNATION = 77;
    private static final long ATTEMPT = 5;

    private Bus bus;
    private Host firstHost;
    private ScriptedPeer first;

    record Row(String state, String event, String answer, String firstHears, String told, String after) {
        static Row of(String line) {
            String[] cells =
                    Arrays.stream(line.split("\\|", -1)).map(String::strip).toArray(String[]::new);
            return new Row(cells[0], cells[1], cells[2], cells[3], cells[4], cells[5]);
        }

        boolean isTakeover() {
            return answer.equals("REGISTERED") && (state.equals("online") || state.equals("silent"));
        }
    }

    static Stream<Arguments> everything() {
        return rows().flatMap(row -> Stream.of(Arguments.of(row, 1), Arguments.of(row, 2)));
    }

    static Stream<Arguments> takeovers() {
        return rows().filter(Row::isTakeover).flatMap(row -> Stream.of(Arguments.of(row, 1), Arguments.of(row, 2)));
    }

    private static Stream<Row> rows() {
        return TABLE.lines().skip(1).filter(line -> !line.isBlank()).map(Row::of);
    }

    /**
     * Connections are spread over the loops in turn: with two of them, the newcomer is on the
     * other.
     */
    @ParameterizedTest(name = "{0}, {1} loops")
    @MethodSource("everything")
    void row(Row row, int loops) {
        begin(row, loops);
        happen(row);
        assertThat(bus.told.of("n1")).containsExactlyElementsOf(words(row.told));
        assertThat(stateNow()).isEqualTo(row.after);
        if (row.firstHears.endsWith("later")) {
            bus.advance(Bus.TIMEOUT); // It is asked first whether anybody is there.
        }
        if (!row.firstHears.isEmpty()) {
            first.verify();
        }
    }

    /** The first connection is half open when it is taken over, and its end is read afterwards. */
    @ParameterizedTest(name = "{0}, {1} loops")
    @MethodSource("takeovers")
    void rowWithALateEndOfTheFirstConnection(Row row, int loops) {
        begin(row, loops);
        bus.world.partition(firstHost, bus.serverHost);
        happen(row);
        firstHost.resetConnections();
        bus.world.healAll();
        bus.advance(Duration.ofSeconds(1));
        assertThat(bus.told.of("n1")).containsExactlyElementsOf(words(row.told));
        assertThat(stateNow()).isEqualTo(row.after);
    }

    private static List<String> words(String told) {
        return told.isEmpty() ? List.of() : List.of(told.split(" "));
    }

    private String stateNow() {
        Node node = bus.server.nodes().find("n1").orElse(null);
        if (node == null) {
            return "none";
        }
        assertThat(bus.server.nodes().count(node.state())).isEqualTo(1);
        assertThat(bus.server.nodes().stream()).hasSize(1);
        return node.state() + (node.state() == NodeState.OFFLINE ? " " + node.offlineReason() : "");
    }

    private void begin(Row row, int loops) {
        bus = new Bus(61, loops, options -> options);
        firstHost = bus.world.newHost("first");
        first = ScriptedPeer.client(firstHost.transport(), bus.server.localAddress());
        first.ignore("PING");
        if (!row.state.equals("none")) {
            first.connect().register("n1", INCARNATION, ATTEMPT).expectRegistered();
            playFirst(SOON);
            reach(row.state);
        }
        bus.told.clear();
    }

    private void reach(String state) {
        switch (state) {
            case "silent" -> bus.advance(Duration.ofMillis(2500));
            case "lost" -> firstHost.resetConnections();
            case "timed out" -> bus.advance(Duration.ofMillis(3500));
            case "closed" -> {
                firstHost.resetConnections();
                bus.advance(Duration.ofMillis(3500));
            }
            case "unregistered" -> {
                first.unregister();
                playFirst(SOON);
            }
            case "kicked" -> bus.server.kick("n1", "because");
            default -> assertThat(state).isEqualTo("online");
        }
        bus.advance(SOON);
    }

    private void playFirst(Duration time) {
        first.play();
        bus.advance(time);
    }

    private void happen(Row row) {
        switch (row.event) {
            case "lower" -> newcomer(row, INCARNATION, ATTEMPT - 1);
            case "equal" -> newcomer(row, INCARNATION, ATTEMPT);
            case "higher" -> newcomer(row, INCARNATION, ATTEMPT + 1);
            case "other" -> newcomer(row, 88, 1);
            case "beat" -> beat(row);
            case "lose" -> firstHost.resetConnections();
            case "unregister" -> {
                first.unregister();
                hearOnFirst(row);
            }
            case "kick" -> {
                hearOnFirst(row);
                assertThat(bus.server.kick("n1", "because")).hasToString(row.answer);
            }
            default -> {
                assertThat(row.event).isEqualTo("wait");
                hearOnFirst(row);
                bus.advance(Duration.ofMillis(3500));
            }
        }
        bus.advance(SOON);
    }

    private void beat(Row row) {
        if (row.state.equals("none")) {
            first.connect().heartbeat().expectError(row.answer).expectEndOfStream();
            playFirst(SOON);
            first.verify();
        } else {
            first.heartbeat();
            hearOnFirst(row);
        }
    }

    private void newcomer(Row row, long incarnation, long attempt) {
        hearOnFirst(row);
        ScriptedPeer newcomer =
                ScriptedPeer.client(bus.world.newHost("newcomer").transport(), bus.server.localAddress());
        newcomer.connect().register("n1", incarnation, attempt);
        switch (row.answer) {
            case "REGISTERED" -> newcomer.expectRegistered();
            case "KICKED" -> newcomer.expectGoAway("KICKED").expectEndOfStream();
            default -> newcomer.expectError(row.answer).expectEndOfStream();
        }
        newcomer.play();
        bus.advance(SOON);
        newcomer.verify();
    }

    private void hearOnFirst(Row row) {
        for (String what : words(row.firstHears)) {
            switch (what) {
                case "end" -> first.expectEndOfStream();
                case "later" -> {}
                case "beat" -> first.expectHeartbeatAnswer();
                default -> first.expectGoAway(what);
            }
        }
        if (!row.firstHears.isEmpty()) {
            first.play();
        }
    }
}
