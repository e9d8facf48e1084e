package dev.heartbeat.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.testkit.Host;
import dev.heartbeat.testkit.Simulation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** People come into rooms, talk, lose their connections and leave. */
final class ChatRoomsTest {
    private static final int PORT = 9501;

    private final Simulation sim = new Simulation(7);
    private final Host serverHost = sim.newHost("server");
    private final ChatRooms rooms =
            new ChatRooms(HeartbeatServer.builder().port(PORT).transport(serverHost.transport()));
    private final Map<String, HeartbeatClient> people = new HashMap<>();
    private final Map<String, Host> hosts = new HashMap<>();
    private final Map<String, List<String>> heard = new HashMap<>();

    private void enter(String name) {
        Host host = sim.newHost(name);
        hosts.put(name, host);
        heard.put(name, new ArrayList<>());
        people.put(
                name,
                HeartbeatClient.builder()
                        .server(serverHost.address(), PORT)
                        .nodeId(name)
                        .onMessage(line -> heard.get(name)
                                .add(StandardCharsets.UTF_8.decode(line).toString()))
                        .transport(host.transport())
                        .connect());
        sim.advance(Duration.ofSeconds(1));
    }

    private void says(String name, String line) {
        people.get(name).trySend(StandardCharsets.UTF_8.encode(line));
        sim.advance(Duration.ofSeconds(1));
    }

    @Test
    void whatOneSaysIsHeardByAllInTheRoomAndByNobodyElse() {
        List.of("ann", "ben", "cat").forEach(this::enter);
        says("ann", "/join tea");
        says("ben", "/join tea");
        says("cat", "/join coffee");
        says("ann", "tea hello there");
        says("cat", "tea may I?");
        says("ben", "/leave tea");
        says("ann", "tea anybody?");
        assertThat(heard.get("ann")).containsExactly("JOINED tea", "tea ann: hello there", "tea ann: anybody?");
        assertThat(heard.get("ben")).containsExactly("JOINED tea", "tea ann: hello there");
        assertThat(heard.get("cat")).containsExactly("JOINED coffee");
    }

    @Test
    void whoLosesTheConnectionForAMomentIsStillInTheRoomAndMissesNothing() {
        rooms.openRoom("tea");
        enter("ann");
        enter("ben");
        says("ann", "/join tea");
        says("ben", "/join tea");
        hosts.get("ben").resetConnections();
        people.get("ann").trySend(StandardCharsets.UTF_8.encode("tea are you there?"));
        sim.advance(Duration.ofSeconds(10));
        assertThat(heard.get("ben")).containsExactly("JOINED tea", "tea ann: are you there?");
    }

    @Test
    void aRoomThatCannotBeIsSaidToWhoWantedIt() {
        enter("ann");
        says("ann", "/join two words");
        assertThat(heard.get("ann"))
                .singleElement()
                .asString()
                .startsWith("group is 'two words'")
                .endsWith("allowed are 1 to 128 characters of A-Z a-z 0-9 . _ : -");
    }
}
