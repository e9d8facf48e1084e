package dev.heartbeat.testkit;

import static dev.heartbeat.JoinResult.ALREADY_JOINED;
import static dev.heartbeat.JoinResult.JOINED;
import static dev.heartbeat.JoinResult.NOT_REGISTERED;
import static dev.heartbeat.JoinResult.TOO_MANY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.Node;
import dev.heartbeat.NodeGroups;
import dev.heartbeat.SlowMemberPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The members of each group, by metadata and by joining, through everything that may happen to a
 * node.
 */
final class GroupsTest {
    private final Room room =
            new Room(new Bus(51, 2, options -> options.maxGroupsPerNode(3).maxGroupPolicies(2)));
    private final NodeGroups groups = room.bus.server.groups();

    private List<String> members(String group) {
        assertThat(groups.size(group)).isEqualTo(groups.members(group).count());
        assertThat(room.bus.server.nodes().groupSize(group)).isEqualTo(groups.size(group));
        assertThat(room.bus.server.nodes().group(group)).hasSize((int) groups.size(group));
        return groups.members(group).map(Node::id).sorted().toList();
    }

    @Test
    void namedAndJoinedMembersAreAlike() {
        room.enter("named", options -> options.metadata("group", "red"));
        room.enter("joined");
        room.enter("neither");
        assertThat(groups.join("red", "joined")).isEqualTo(JOINED);
        assertThat(members("red")).containsExactly("joined", "named");

        assertThat(groups.join("red", "named")).as("both ways").isEqualTo(JOINED);
        assertThat(members("red")).containsExactly("joined", "named");
        assertThat(groups.groupsOf("named")).containsExactly("red");
        assertThat(groups.groupsOf("neither")).isEmpty();
        assertThat(groups.groupsOf("nobody")).isEmpty();
    }

    @Test
    void joiningAndLeavingSayWhatCameOfThem() {
        room.enter("n1");
        assertThat(groups.join("red", "n1")).isEqualTo(JOINED);
        assertThat(groups.join("red", "n1")).isEqualTo(ALREADY_JOINED);
        assertThat(groups.join("red", "nobody")).isEqualTo(NOT_REGISTERED);
        assertThat(groups.leave("red", "n1")).isTrue();
        assertThat(groups.leave("red", "n1")).isFalse();
        assertThat(groups.leave("blue", "n1")).isFalse();
        assertThat(groups.leave("red", "nobody")).isFalse();
        assertThat(members("red")).isEmpty();
    }

    @Test
    void groupsOfANodeAreBounded() {
        room.enter("n1", options -> options.metadata("group", "named"));
        for (String group : List.of("a", "b", "c")) {
            assertThat(groups.join(group, "n1")).isEqualTo(JOINED);
        }
        assertThat(groups.join("d", "n1")).isEqualTo(TOO_MANY);
        assertThat(groups.join("a", "n1")).isEqualTo(ALREADY_JOINED);
        assertThat(groups.groupsOf("n1")).containsExactly("a", "b", "c", "named");
        groups.leave("b", "n1");
        assertThat(groups.join("d", "n1")).isEqualTo(JOINED);
        assertThat(members("b")).isEmpty();
    }

    @Test
    void nameThatIsNoneIsRefusedInWordsFitForALog() {
        room.enter("n1");
        for (String name : List.of("", "two words", "x\ny", "ä", "x".repeat(129))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> groups.join(name, "n1"))
                    .withMessageStartingWith("group is '")
                    .withMessageContaining("allowed are 1 to 128 characters of A-Z a-z 0-9 . _ : -")
                    .matches(refusal -> refusal.getMessage().matches("[ -~]{1,250}"));
        }
        assertThat(groups.join("x".repeat(128), "n1")).isEqualTo(JOINED);
        assertThat(groups.groupsOf("n1")).hasSize(1);
    }

    @Test
    void groupThatANodeNamesMayHaveAnyName() {
        room.enter("n1", options -> options.metadata("group", "zwei Wörter"));
        assertThat(members("zwei Wörter")).containsExactly("n1");
        assertThat(groups.broadcast("zwei Wörter", Room.text("hello")).accepted())
                .isEqualTo(1);
        assertThat(groups.leave("zwei Wörter", "n1")).isFalse();
    }

    @Test
    void changedMetadataMoveWhoIsNotJoined() {
        HeartbeatClient client = room.enter("n1", options -> options.metadata("group", "red"));
        client.updateMetadata(Map.of("group", "blue"));
        room.bus.advance(Duration.ofMillis(100));
        assertThat(members("red")).isEmpty();
        assertThat(members("blue")).containsExactly("n1");

        groups.join("blue", "n1");
        client.updateMetadata(Map.of());
        room.bus.advance(Duration.ofMillis(100));
        assertThat(members("blue")).containsExactly("n1");
        client.updateMetadata(Map.of("group", "blue"));
        room.bus.advance(Duration.ofMillis(100));
        assertThat(groups.leave("blue", "n1")).isTrue();
        assertThat(members("blue")).as("it still says so itself").containsExactly("n1");
    }

    @Test
    void joinedMemberStaysThroughReconnects() {
        room.enter("n1");
        groups.join("red", "n1");
        for (int i = 0; i < 3; i++) {
            room.disconnect("n1");
            assertThat(members("red")).containsExactly("n1");
            room.reconnect("n1");
            assertThat(members("red")).containsExactly("n1");
        }
        assertThat(room.bus.told.of("n1"))
                .containsExactly(
                        "ONLINE", "SUSPECT(LOST)", "ONLINE", "SUSPECT(LOST)", "ONLINE", "SUSPECT(LOST)", "ONLINE");
        groups.broadcast("red", Room.text("still here?"));
        room.bus.advance(Duration.ofMillis(100));
        assertThat(room.heard("n1")).containsExactly("still here?");
    }

    @Test
    void everyEndOfAStayLeaves() {
        HeartbeatClient leaves = room.enter("leaves");
        for (String id : List.of("crashes", "falls-silent", "is-kicked", "is-replaced")) {
            room.enter(id, options -> options.metadata("group", "red"));
        }
        for (String id : List.of("leaves", "crashes", "falls-silent", "is-kicked", "is-replaced")) {
            assertThat(groups.join("red", id)).isEqualTo(JOINED);
            assertThat(groups.join("blue", id)).isEqualTo(JOINED);
        }
        leaves.closeAsync();
        room.host("crashes").crash();
        room.host("falls-silent").pause();
        room.bus.server.kick("is-kicked", "enough");
        room.enter("is-replaced");
        assertThat(members("blue")).containsExactly("crashes", "falls-silent");
        room.bus.advance(Duration.ofSeconds(10));
        assertThat(members("red")).isEmpty();
        assertThat(members("blue")).isEmpty();
        assertThat(groups.groupsOf("is-replaced"))
                .as("another process is another member")
                .isEmpty();
        assertThat(groups.join("red", "crashes")).isEqualTo(NOT_REGISTERED);
    }

    @Test
    void joinedWhenToldOnlineAndGoneWhenToldOffline() {
        Simulation world = new Simulation(3);
        Host serverHost = world.newHost("server", 2);
        NodeGroups[] groups = new NodeGroups[1];
        List<String> told = new java.util.ArrayList<>();
        dev.heartbeat.HeartbeatServer server = dev.heartbeat.HeartbeatServer.builder()
                .listener(new dev.heartbeat.NodeListener() {
                    @Override
                    public void onOnline(Node node) {
                        told.add(groups[0].join("all", node.id()) + " " + groups[0].size("all"));
                    }

                    @Override
                    public void onOffline(Node node, dev.heartbeat.OfflineReason reason) {
                        told.add(groups[0].leave("all", node.id()) + " " + groups[0].size("all"));
                    }
                })
                .transport(serverHost.transport())
                .start();
        groups[0] = server.groups();
        HeartbeatClient client = HeartbeatClient.builder()
                .server(serverHost.address(), 9501)
                .nodeId("n1")
                .transport(world.newHost("client").transport())
                .connect();
        world.advance(Duration.ofSeconds(1));
        client.closeAsync();
        world.advance(Duration.ofSeconds(1));
        assertThat(told).containsExactly("JOINED 1", "false 0");
    }

    @Test
    void nodesOfAGatewayAreMembersLikeAnyOther() {
        HeartbeatClient gateway = room.enter("gw");
        List<AttachedRecorder> heard = new java.util.ArrayList<>();
        for (int i = 0; i < 3; i++) {
            heard.add(new AttachedRecorder());
            gateway.attach("a" + i, i == 0 ? Map.of("group", "red") : Map.of(), heard.get(i));
        }
        room.bus.advance(Duration.ofSeconds(1));
        groups.join("red", "a1");
        groups.join("red", "gw");
        assertThat(members("red")).containsExactly("a0", "a1", "gw");

        assertThat(groups.broadcast("red", Room.text("hello")).accepted()).isEqualTo(3);
        room.bus.advance(Duration.ofMillis(100));
        assertThat(heard.get(0).events()).containsExactly("registered", "message hello");
        assertThat(heard.get(1).events()).containsExactly("registered", "message hello");
        assertThat(heard.get(2).events()).containsExactly("registered");
        assertThat(room.heard("gw")).containsExactly("hello");

        room.host("gw").crash();
        room.bus.advance(Duration.ofMillis(100));
        assertThat(members("red")).hasSize(3);
        room.bus.advance(Duration.ofSeconds(10));
        assertThat(members("red")).isEmpty();
    }

    @Test
    void policiesAreBoundedAndTheDefaultIsNone() {
        groups.setSlowMemberPolicy("a", SlowMemberPolicy.DROP_OLDEST);
        groups.setSlowMemberPolicy("b", SlowMemberPolicy.REMOVE);
        groups.setSlowMemberPolicy("b", SlowMemberPolicy.DROP_OLDEST);
        assertThatIllegalStateException()
                .isThrownBy(() -> groups.setSlowMemberPolicy("c", SlowMemberPolicy.REMOVE))
                .withMessage("2 groups have a policy of their own, allowed are 2 (maxGroupPolicies)");
        groups.setSlowMemberPolicy("c", SlowMemberPolicy.SKIP);
        groups.setSlowMemberPolicy("a", SlowMemberPolicy.SKIP);
        groups.setSlowMemberPolicy("c", SlowMemberPolicy.REMOVE);
    }

    @Test
    void optionsOutOfRangeAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Bus(1, 1, options -> options.maxGroupsPerNode(-1)))
                .withMessage("maxGroupsPerNode is -1, allowed is 0 to 100000");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Bus(1, 1, options -> options.maxGroupPolicies(10_000_001)))
                .withMessage("maxGroupPolicies is 10000001, allowed is 0 to 10000000");
    }

    @Test
    void groupsOfReturnsASnapshot() {
        room.enter("n1");
        groups.join("red", "n1");
        Set<String> before = groups.groupsOf("n1");
        groups.join("blue", "n1");
        assertThat(before).containsExactly("red");
        assertThat(groups.groupsOf("n1")).containsExactly("blue", "red");
    }
}
