package dev.heartbeat.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.NodeState;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.SuspectReason;
import dev.heartbeat.TakeoverPolicy;
import dev.heartbeat.fake.FakeEnvironment;
import dev.heartbeat.fake.FakeLoop;
import dev.heartbeat.fake.FakeOwner;
import dev.heartbeat.internal.queue.CallbackThreads;
import dev.heartbeat.internal.queue.Outbox;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The registry's answers: the state of nodes, their metadata, and their groups. */
final class NodeQueriesTest {
    private static final int MANY = 100_000;

    private final FakeLoop home = new FakeLoop();
    private final FakeEnvironment environment = new FakeEnvironment();
    private final NodeTable table = new NodeTable(
            TakeoverPolicy.NEWEST_WINS,
            "zone",
            4,
            2,
            new NodeEvents(
                    List.of(new NodeListener() {}),
                    (from, message) -> {},
                    (from, message) -> {},
                    (from, to) -> false,
                    null,
                    new CallbackThreads(environment, List.of(), null)),
            environment,
            () -> new Outbox(10, 1000, 100),
            10,
            new Tombstones(60_000_000_000L, 1000, home),
            Capacity.unbounded(),
            () -> {});

    private Registration register(String id, long incarnation, long attempt, Map<String, String> metadata) {
        return table.admit(new Registration.Claim(id, incarnation, attempt, 0, metadata, new FakeOwner()))
                .registration();
    }

    private Set<String> ids(Stream<Node> nodes) {
        return nodes.map(Node::id).collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void nodesByState() {
        register("n1", 1, 1, Map.of());
        Registration second = register("n2", 1, 1, Map.of());
        second.entry().suspect(second, SuspectReason.SILENT);
        Registration third = register("n3", 1, 1, Map.of());
        third.entry().end(third, OfflineReason.TIMEOUT);
        environment.work();

        assertThat(ids(table.stream(NodeState.ONLINE))).containsExactly("n1");
        assertThat(ids(table.stream(NodeState.SUSPECT))).containsExactly("n2");
        assertThat(ids(table.stream(NodeState.OFFLINE))).containsExactly("n3");
        assertThat(ids(table.stream())).containsExactly("n1", "n2", "n3");
        assertThat(table.size()).isEqualTo(2);
    }

    @Test
    void nodesByWhatTheySay() {
        register("n1", 1, 1, Map.of("role", "worker", "zone", "a"));
        register("n2", 1, 1, Map.of("role", "board"));
        Registration gone = register("n3", 1, 1, Map.of("role", "worker"));
        gone.entry().end(gone, OfflineReason.TIMEOUT);

        assertThat(ids(table.withMetadata("role", "worker"))).containsExactly("n1");
        assertThat(ids(table.withMetadata("role", "none"))).isEmpty();
        assertThat(ids(table.withMetadata("none", "worker"))).isEmpty();
    }

    @Test
    void groupFollowsRegistrationReturnChangeReplacementAndEnd() {
        Registration first = register("n1", 1, 1, Map.of("zone", "a"));
        register("n2", 1, 1, Map.of());
        assertThat(ids(table.group("a"))).containsExactly("n1");

        Registration back = register("n1", 1, 2, Map.of("zone", "b"));
        assertThat(table.groupSize("a")).isZero();
        assertThat(ids(table.group("b"))).containsExactly("n1");

        var unused = first.entry().changeMetadata(first, Map.of("zone", "a"));
        assertThat(table.groupSize("a")).as("it is not current").isZero();
        assertThat(back.entry().changeMetadata(back, Map.of("zone", "c"))).isNull();
        assertThat(table.groupSize("b")).isZero();
        assertThat(table.group("c").map(Node::metadata)).containsExactly(Map.of("zone", "c"));

        Registration other = register("n1", 2, 1, Map.of("zone", "d"));
        assertThat(table.groupSize("c")).isZero();
        assertThat(table.groupSize("d")).isEqualTo(1);

        other.entry().end(other, OfflineReason.KICKED);
        assertThat(table.groupSize("d")).isZero();
        assertThat(table.group("d")).isEmpty();
        assertThat(table.groups().count())
                .as("groups without nodes take no memory")
                .isZero();
    }

    @Test
    void indexAgreesWithTheNodesWhateverHappens() {
        Random random = new Random(7);
        TreeMap<String, Registration> current = new TreeMap<>();
        for (int step = 0; step < 20_000; step++) {
            String id = "n" + random.nextInt(50);
            Map<String, String> metadata = random.nextInt(4) == 0 ? Map.of() : Map.of("zone", "z" + random.nextInt(5));
            Registration registration = current.get(id);
            switch (random.nextInt(4)) {
                case 0, 1 -> current.put(id, register(id, random.nextInt(3) == 0 ? step + 2 : 1, step + 1, metadata));
                case 2 -> {
                    if (registration != null) {
                        registration.entry().changeMetadata(registration, metadata);
                    }
                }
                default -> {
                    if (registration != null) {
                        registration.entry().end(registration, OfflineReason.CLOSED);
                        current.remove(id);
                    }
                }
            }
        }
        for (int zone = 0; zone < 5; zone++) {
            assertThat(ids(table.group("z" + zone))).isEqualTo(ids(table.withMetadata("zone", "z" + zone)));
            assertThat(table.groupSize("z" + zone))
                    .isEqualTo(table.group("z" + zone).count());
        }
    }

    /** Looking at every node each time would be a thousand million looks. */
    @Test
    @Timeout(30)
    void smallGroupAmongManyIsFoundWithoutLookingAtAll() {
        for (int i = 0; i < MANY; i++) {
            register("n" + i, 1, 1, i % 10_000 == 0 ? Map.of("zone", "few") : Map.of("zone", "most"));
        }
        long found = 0;
        for (int i = 0; i < 10_000; i++) {
            found += table.group("few").count();
        }
        assertThat(found).isEqualTo(10_000L * table.groupSize("few"));
        assertThat(table.groupSize("few")).isEqualTo(10);
        assertThat(table.groupSize("most")).isEqualTo(MANY - 10);
    }

    @Test
    void manyAreGoneThroughWhileTheyComeAndGo() {
        for (int i = 0; i < MANY; i++) {
            register("n" + i, 1, 1, Map.of());
        }
        Set<String> seen = new TreeSet<>();
        Iterator<Node> all = table.stream().iterator();
        for (int i = 0; all.hasNext(); i++) {
            assertThat(seen.add(all.next().id())).as("seen once").isTrue();
            if (i % 10 == 0) {
                // Nothing that happens meanwhile waits for the walk through them, or disturbs it.
                register("late" + i, 1, 1, Map.of());
                Registration gone = register("n" + i, 2, 1, Map.of());
                gone.entry().suspect(gone, SuspectReason.LOST);
            }
        }
        assertThat(seen.stream().filter(id -> id.startsWith("n")))
                .as("who was there all the time")
                .hasSize(MANY);
    }
}
