package dev.heartbeat.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.BroadcastResult;
import dev.heartbeat.JoinResult;
import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.SendResult;
import dev.heartbeat.SlowMemberPolicy;
import dev.heartbeat.TakeoverPolicy;
import dev.heartbeat.UndeliveredException;
import dev.heartbeat.fake.FakeEnvironment;
import dev.heartbeat.fake.FakeLoop;
import dev.heartbeat.fake.FakeOwner;
import dev.heartbeat.internal.frame.SharedMessage;
import dev.heartbeat.internal.queue.CallbackThreads;
import dev.heartbeat.internal.queue.Mailbox;
import dev.heartbeat.internal.queue.MessageList;
import dev.heartbeat.internal.queue.Outbox;
import dev.heartbeat.internal.queue.OutgoingMessage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Groups and what is sent to many, against a model that keeps lists and goes through all of them
 * each time.
 */
final class BroadcastModelTest {
    private static final int NODES = 12;
    private static final int GROUPS = 4;
    private static final int STEPS = 5000;
    private static final int MAX_JOINED = 3;
    private static final int MAX_QUEUED = 4;

    private final FakeEnvironment environment = new FakeEnvironment();
    private final Map<String, List<String>> undelivered = new TreeMap<>();
    private final NodeTable table = new NodeTable(
            TakeoverPolicy.NEWEST_WINS,
            "group",
            MAX_JOINED,
            GROUPS,
            new NodeEvents(
                    List.of(new Listener()),
                    (from, message) -> {},
                    (from, message) -> {},
                    (from, to) -> false,
                    null,
                    new CallbackThreads(environment, List.of(), null)),
            environment,
            () -> new Outbox(MAX_QUEUED, 1000, 100),
            10,
            new Tombstones(0, 0, FakeLoop.still()),
            Capacity.unbounded(),
            () -> {});

    private final Map<String, Model> nodes = new TreeMap<>();
    private final Map<String, List<String>> expectedUndelivered = new TreeMap<>();
    private final Map<String, SlowMemberPolicy> policies = new TreeMap<>();
    private Random random = new Random(0);
    private int messages;

    private final class Listener implements NodeListener {
        @Override
        public void onUndelivered(Node node, ByteBuffer message, UndeliveredException.Reason reason) {
            assertThat(message.position()).isZero();
            undelivered.computeIfAbsent(node.id(), id -> new ArrayList<>()).add(text(message));
            assertThat(message.remaining()).as("read to its end").isZero();
        }
    }

    /** A registered node. */
    private static final class Model {
        Registration registration;
        String named;
        final Set<String> joined = new TreeSet<>();
        final Deque<String> queue = new ArrayDeque<>();
        int unreported;

        Model(Registration registration, String named) {
            this.registration = registration;
            this.named = named;
        }

        boolean isIn(String group) {
            return joined.contains(group) || group.equals(named);
        }
    }

    private static String text(ByteBuffer message) {
        return StandardCharsets.US_ASCII.decode(message).toString();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void agreeWhateverHappens(long seed) {
        random = new Random(seed);
        for (int step = 0; step < STEPS; step++) {
            step(step);
            if (step % 50 == 0) {
                tellAll();
                compare();
            }
        }
        tellAll();
        compare();
        assertThat(undelivered).isNotEmpty();
    }

    private void step(int step) {
        String id = "n" + random.nextInt(NODES);
        String group = "g" + random.nextInt(GROUPS);
        Model node = nodes.get(id);
        switch (random.nextInt(16)) {
            case 0, 1 -> register(id, node, step);
            case 2 -> end(id, node);
            case 3 -> changeMetadata(node);
            case 4, 5, 6 -> join(group, id, node);
            case 7 -> leave(group, id, node);
            case 8 -> setPolicy(group);
            case 9, 10, 11 -> {
                SharedMessage message = nextMessage();
                BroadcastResult expected = send(sender -> sender.isIn(group), group, policies.get(group));
                assertThat(table.send(group, message)).isEqualTo(expected);
            }
            case 12 -> {
                SharedMessage message = nextMessage();
                BroadcastResult expected = send(any -> true, "", null);
                assertThat(table.broadcast(message)).isEqualTo(expected);
            }
            case 13 -> {
                SharedMessage message = nextMessage();
                BroadcastResult expected = send(chosen -> chosen.isIn(group) && chosen != node, "", null);
                assertThat(table.broadcast(
                                chosen -> table.groupsOf(chosen.id()).contains(group)
                                        && !chosen.id().equals(id),
                                message))
                        .isEqualTo(expected);
            }
            case 14 -> {
                if (node != null && node.registration.entry().mailbox(node.registration) != null) {
                    drain(node);
                }
            }
            default -> tellAll();
        }
    }

    private void register(String id, Model node, int step) {
        boolean isBack = node != null && random.nextBoolean();
        String named = random.nextInt(3) == 0 ? null : "g" + random.nextInt(GROUPS);
        Registration fresh = table.admit(new Registration.Claim(
                        id,
                        isBack ? node.registration.incarnation : step + 1,
                        step + 1,
                        0,
                        metadata(named),
                        new FakeOwner()))
                .registration();
        if (isBack) {
            node.registration = fresh;
            node.named = named;
            return;
        }
        ended(id, node);
        nodes.put(id, new Model(fresh, named));
    }

    private static Map<String, String> metadata(String named) {
        return named == null ? Map.of() : Map.of("group", named);
    }

    private void end(String id, Model node) {
        if (node != null) {
            node.registration.entry().end(node.registration, OfflineReason.CLOSED);
            ended(id, node);
            nodes.remove(id);
        }
    }

    private void ended(String id, Model node) {
        if (node != null) {
            node.queue.forEach(left -> expectUndelivered(id, left));
        }
    }

    private void expectUndelivered(String id, String message) {
        expectedUndelivered.computeIfAbsent(id, any -> new ArrayList<>()).add(message);
    }

    private void changeMetadata(Model node) {
        if (node != null) {
            node.named = random.nextInt(3) == 0 ? null : "g" + random.nextInt(GROUPS);
            node.registration.entry().changeMetadata(node.registration, metadata(node.named));
        }
    }

    private void join(String group, String id, Model node) {
        JoinResult expected;
        if (node == null) {
            expected = JoinResult.NOT_REGISTERED;
        } else if (node.joined.contains(group)) {
            expected = JoinResult.ALREADY_JOINED;
        } else if (node.joined.size() == MAX_JOINED) {
            expected = JoinResult.TOO_MANY;
        } else {
            expected = JoinResult.JOINED;
            node.joined.add(group);
        }
        assertThat(table.join(group, id)).isEqualTo(expected);
    }

    private void leave(String group, String id, Model node) {
        assertThat(table.leave(group, id)).isEqualTo(node != null && node.joined.remove(group));
    }

    private void setPolicy(String group) {
        List<SlowMemberPolicy> all = List.of(SlowMemberPolicy.values());
        SlowMemberPolicy policy = all.get(random.nextInt(all.size()));
        policies.put(group, policy);
        table.setSlowMemberPolicy(group, policy);
    }

    private SharedMessage nextMessage() {
        messages++;
        return SharedMessage.copyOf(ByteBuffer.wrap(("m" + messages).getBytes(StandardCharsets.US_ASCII)));
    }

    private BroadcastResult send(Predicate<Model> to, String group, SlowMemberPolicy policy) {
        long accepted = 0;
        long full = 0;
        long dropped = 0;
        long removed = 0;
        for (Map.Entry<String, Model> recipient : nodes.entrySet()) {
            Model node = recipient.getValue();
            if (!to.test(node)) {
                continue;
            }
            if (node.queue.size() < MAX_QUEUED) {
                node.queue.add("m" + messages);
                accepted++;
            } else if (policy == SlowMemberPolicy.DROP_OLDEST && node.unreported < MAX_QUEUED) {
                expectUndelivered(recipient.getKey(), node.queue.remove());
                node.unreported++;
                node.queue.add("m" + messages);
                dropped++;
                accepted++;
            } else {
                full++;
                if (policy == SlowMemberPolicy.REMOVE && node.joined.remove(group)) {
                    removed++;
                }
            }
        }
        return new BroadcastResult(accepted + full, accepted, full, 0, dropped, removed, 0);
    }

    private void drain(Model node) {
        Mailbox outbox = node.registration.entry().mailbox(node.registration);
        for (int i = random.nextInt(MAX_QUEUED + 1); i > 0; i--) {
            OutgoingMessage polled = poll(outbox, node.registration);
            assertThat(polled == null ? null : text(polled.content())).isEqualTo(node.queue.poll());
        }
    }

    private static @Nullable OutgoingMessage poll(Mailbox outbox, Registration holder) {
        MessageList first = new MessageList();
        outbox.poll(holder, 0, 0, first);
        return first.poll();
    }

    private void tellAll() {
        environment.work();
        nodes.values().forEach(node -> node.unreported = 0);
    }

    private void compare() {
        assertThat(undelivered).isEqualTo(expectedUndelivered);
        for (int i = 0; i < GROUPS; i++) {
            String group = "g" + i;
            Set<String> expected = nodes.entrySet().stream()
                    .filter(node -> node.getValue().isIn(group))
                    .map(Map.Entry::getKey)
                    .collect(Collectors.toCollection(TreeSet::new));
            assertThat(table.group(group).map(Node::id).collect(Collectors.toList()))
                    .as("nobody twice")
                    .containsExactlyInAnyOrderElementsOf(expected);
            assertThat(table.groupSize(group)).isEqualTo(expected.size());
        }
        for (int i = 0; i < NODES; i++) {
            Model node = nodes.get("n" + i);
            Set<String> expected = new TreeSet<>();
            if (node != null) {
                expected.addAll(node.joined);
                if (node.named != null) {
                    expected.add(node.named);
                }
            }
            assertThat(table.groupsOf("n" + i)).isEqualTo(expected);
        }
        assertThat(table.groups().count())
                .as("groups without members take no memory")
                .isEqualTo((int) nodes.values().stream()
                        .flatMap(node -> java.util.stream.Stream.concat(
                                node.joined.stream(), java.util.stream.Stream.ofNullable(node.named)))
                        .distinct()
                        .count());
    }

    /** Polled and reported messages equal the sent ones. */
    @ParameterizedTest
    @ValueSource(strings = {"", "x", "a longer one"})
    void oneBufferIsSharedAndNobodyMovesItForTheOthers(String text) {
        List<Model> all = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            register("n" + i, null, i);
            all.add(nodes.get("n" + i));
        }
        SharedMessage message = SharedMessage.copyOf(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
        assertThat(table.broadcast(message)).isEqualTo(new BroadcastResult(3, 3, 0, 0, 0, 0, 0));
        Registration first = all.get(0).registration;
        OutgoingMessage polled = poll(first.entry().mailbox(first), first);
        assertThat(polled.content()).isEqualTo(message.content()).isNotSameAs(message.content());
        assertThat(polled.sharedFrame(0)).isSameAs(message.frame());
        assertThat(polled.sharedFrame(1)).as("it has to name its node").isNull();
        all.forEach(node -> node.registration.entry().end(node.registration, OfflineReason.CLOSED));
        environment.work();
        assertThat(undelivered).isEqualTo(Map.of("n1", List.of(text), "n2", List.of(text)));
        assertThat(message.content().position()).isZero();
        assertThat(table.offer("n1", new OutgoingMessage(message))).isEqualTo(SendResult.CLOSED);
    }
}
