package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.BroadcastResult;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.Node;
import dev.heartbeat.NodeGroups;
import dev.heartbeat.NodeListener;
import dev.heartbeat.SlowMemberPolicy;
import dev.heartbeat.UndeliveredException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Messages to groups while nodes come, go, stop reading and are cut off, in an order that a seed
 * chooses. Every accepted message arrives or is reported as undelivered, none twice, and in the
 * order of sending. A node that was a member all the time and read its messages misses none.
 */
final class BroadcastAccountsTest {
    private static final int STEPS = 600;
    private static final int NODES = 12;
    /** Those that nothing happens to. */
    private static final int CALM = 3;

    private final Map<String, List<Integer>> heard = new HashMap<>();
    private final Map<String, List<Integer>> undelivered = new HashMap<>();
    private final Map<String, Host> hosts = new HashMap<>();
    private final Set<String> paused = new TreeSet<>();
    private Bus bus;
    private Random random;

    private static ByteBuffer message(int number, int size) {
        return ByteBuffer.allocate(Math.max(4, size)).putInt(0, number);
    }

    private static void note(Map<String, List<Integer>> notes, String id, ByteBuffer message) {
        notes.computeIfAbsent(id, any -> new ArrayList<>()).add(message.getInt(0));
    }

    private void enter(String id) {
        Host host = hosts.get(id);
        if (host == null) {
            host = bus.world.newHost(id);
            hosts.put(id, host);
        } else {
            host.restart();
        }
        paused.remove(id);
        HeartbeatClient client = bus.client(host, id)
                .onMessage(message -> note(heard, id, message))
                .connect();
        assertThat(client.registered()).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void everyAcceptedMessageIsAccountedFor(long seed) {
        random = new Random(seed);
        bus = new Bus(
                seed,
                2,
                options -> options.channelQueueMessages(5).listener(new NodeListener() {
                    @Override
                    public void onUndelivered(Node node, ByteBuffer message, UndeliveredException.Reason reason) {
                        note(undelivered, node.id(), message);
                    }
                }));
        HeartbeatServer server = bus.server;
        NodeGroups groups = server.groups();
        for (int i = 0; i < NODES; i++) {
            enter("n" + i);
        }
        bus.advance(Duration.ofSeconds(1));
        for (int i = 0; i < NODES; i++) {
            groups.join("red", "n" + i);
        }
        groups.setSlowMemberPolicy("red", seed % 2 == 0 ? SlowMemberPolicy.DROP_OLDEST : SlowMemberPolicy.REMOVE);

        long accepted = 0;
        long dropped = 0;
        List<Integer> toGroup = new ArrayList<>();
        for (int step = 0; step < STEPS; step++) {
            if (random.nextInt(3) == 0) {
                befall("n" + (CALM + random.nextInt(NODES - CALM)), groups);
            } else {
                int size = random.nextInt(10) == 0 ? 40_000 : random.nextInt(2000);
                BroadcastResult result = groups.broadcast("red", message(step, size));
                assertThat(result.recipients()).isEqualTo(result.accepted() + result.full() + result.closed());
                assertThat(result.recipients()).isBetween((long) CALM, (long) NODES);
                accepted += result.accepted();
                dropped += result.dropped();
                toGroup.add(step);
            }
            bus.advance(Duration.ofMillis(random.nextInt(100)));
        }
        for (String id : List.copyOf(paused)) {
            hosts.get(id).resume();
        }
        bus.world.healAll();
        bus.advance(Duration.ofSeconds(30));

        for (int i = 0; i < CALM; i++) {
            assertThat(heard.get("n" + i)).as("n" + i).isEqualTo(toGroup);
        }
        heard.forEach((id, messages) -> assertThat(messages).as(id).isSorted().doesNotHaveDuplicates());
        assertThat(server.stats().callbacks().failures()).isZero();
        assertThat(server.stats().distribution().broadcasts()).isEqualTo(toGroup.size());
        assertThat(server.stats().messages().dropped()).isEqualTo(dropped);
        long told = undelivered.values().stream().mapToLong(List::size).sum();
        assertThat(server.stats().messages().sent() + told)
                .as("has left through a socket, or was told")
                .isEqualTo(accepted);
        assertThat(told).isPositive();
        assertThat(heard.values().stream().mapToLong(List::size).sum()).isLessThanOrEqualTo(accepted);
    }

    private void befall(String id, NodeGroups groups) {
        Host host = hosts.get(id);
        switch (random.nextInt(9)) {
            case 0, 1 -> groups.join("red", id);
            case 2 -> groups.leave("red", id);
            case 3 -> host.resetConnections();
            case 4 -> enter(id);
            case 5 -> {
                if (paused.add(id)) {
                    host.pause();
                }
            }
            case 6 -> {
                if (paused.remove(id)) {
                    host.resume();
                }
            }
            case 7 -> bus.world.partition(host, bus.serverHost);
            default -> bus.world.heal(host, bus.serverHost);
        }
    }
}
