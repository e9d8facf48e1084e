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
import dev.heartbeat.internal.node.Registration.Claim;
import dev.heartbeat.internal.queue.CallbackThreads;
import dev.heartbeat.internal.queue.Outbox;
import dev.heartbeat.internal.queue.OutgoingMessage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random transitions of one node, reported to a listener of any slowness. */
final class NodeEntryTest {
    private final FakeEnvironment environment = new FakeEnvironment();
    private final List<String> told = new ArrayList<>();
    private final List<Long> toldEpochs = new ArrayList<>();
    private Map<String, String> toldMetadata = Map.of();
    private final NodeEvents events = new NodeEvents(
            List.of(new Recording()),
            (from, message) -> {},
            (from, message) -> {},
            (from, to) -> false,
            null,
            new CallbackThreads(environment, List.of(), null));
    /** The latest that was made. */
    private Outbox outbox = new Outbox(1, 1, 1);

    private final NodeTable table = new NodeTable(
            TakeoverPolicy.NEWEST_WINS,
            "group",
            4,
            2,
            events,
            environment,
            () -> {
                outbox = new Outbox(10, 1000, 100);
                return outbox;
            },
            10,
            new Tombstones(0, 0, FakeLoop.still()),
            Capacity.unbounded(),
            () -> {});

    private final class Recording implements NodeListener {
        @Override
        public void onOnline(Node node) {
            told.add("ONLINE " + node.incarnation());
            toldMetadata = node.metadata();
            toldEpochs.add(node.epoch());
        }

        @Override
        public void onSuspect(Node node, SuspectReason reason) {
            told.add("SUSPECT " + node.incarnation());
        }

        @Override
        public void onUpdated(Node node) {
            told.add("UPDATED " + node.incarnation());
            toldMetadata = node.metadata();
        }

        @Override
        public void onOffline(Node node, OfflineReason reason) {
            told.add("OFFLINE " + node.incarnation());
        }
    }

    private Admission claim(long incarnation, long attempt, long lastEpoch) {
        return claim(incarnation, attempt, lastEpoch, new FakeOwner());
    }

    private Admission claim(long incarnation, long attempt, long lastEpoch, FakeOwner owner) {
        return table.admit(new Claim("n1", incarnation, attempt, lastEpoch, Map.of(), owner));
    }

    private void work(int calls) {
        environment.work(calls);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void eventsMatchTheGrammarHoweverSlowTheListener(long seed) {
        Random random = new Random(seed);
        long incarnation = 1;
        long attempt = 1;
        Registration current = null;
        for (int step = 0; step < 5000; step++) {
            switch (random.nextInt(9)) {
                case 0 -> {
                    attempt++;
                    Admission admission = claim(incarnation, attempt, 0);
                    current = admission.registration();
                }
                case 1 -> {
                    incarnation++;
                    current = claim(incarnation, ++attempt, 0).registration();
                }
                case 2, 3 -> {
                    if (current != null) {
                        current.entry().suspect(current, SuspectReason.SILENT);
                    }
                }
                case 4 -> {
                    if (current != null) {
                        current.entry().recover(current);
                    }
                }
                case 5 -> {
                    if (current != null && random.nextInt(3) == 0) {
                        current.entry().end(current, OfflineReason.CLOSED);
                    }
                }
                case 6, 7 -> {
                    if (current != null) {
                        current.entry().changeMetadata(current, Map.of("step", String.valueOf(step)));
                    }
                }
                default -> work(random.nextInt(100) == 0 ? 1000 : 0);
            }
            long counted = 0;
            for (NodeState state : NodeState.values()) {
                counted += table.count(state);
            }
            assertThat(counted).isLessThanOrEqualTo(1);
        }
        work(Integer.MAX_VALUE);

        assertThat(told).matches(this::isGrammatical, "grammatical");
        assertThat(toldEpochs).isSorted();
        assertThat(told.removeIf(event -> event.startsWith("UPDATED"))).isTrue();
        String last = told.get(told.size() - 1);
        assertThat(table.find("n1")
                        .map(node -> node.state() + " " + node.incarnation())
                        .orElse("OFFLINE"))
                .isEqualTo(last.startsWith("OFFLINE") ? "OFFLINE" : last);
        if (table.find("n1").isEmpty()) {
            assertThat(table.isEmpty()).isTrue();
        } else {
            assertThat(toldEpochs.get(toldEpochs.size() - 1))
                    .isEqualTo(table.find("n1").orElseThrow().epoch());
        }
        table.find("n1").ifPresent(node -> assertThat(toldMetadata).isEqualTo(node.metadata()));
        assertThat(events.coalescedCount()).isPositive();
    }

    /**
     * {@code (ONLINE (SUSPECT ONLINE)* SUSPECT? OFFLINE)*}, each stay of one incarnation; UPDATED
     * anywhere within a stay.
     */
    private boolean isGrammatical(List<? extends String> events) {
        String state = "OFFLINE";
        String incarnation = "";
        for (String event : events) {
            String what = event.substring(0, event.indexOf(' '));
            String who = event.substring(event.indexOf(' '));
            if (what.equals("UPDATED")) {
                if (state.equals("OFFLINE") || !incarnation.equals(who)) {
                    return false;
                }
                continue;
            }
            boolean allowed = switch (what) {
                case "ONLINE" -> !state.equals("ONLINE");
                case "SUSPECT" -> state.equals("ONLINE");
                default -> !state.equals("OFFLINE");
            };
            if (!allowed || (!state.equals("OFFLINE") && !incarnation.equals(who))) {
                return false;
            }
            state = what;
            incarnation = who;
        }
        return true;
    }

    @Test
    @Tag("M61")
    void onlyTheLatestUpdateIsReported() {
        Registration one = claim(1, 1, 0).registration();
        for (int i = 0; i < 1000; i++) {
            one.entry().changeMetadata(one, Map.of("i", String.valueOf(i)));
        }
        work(Integer.MAX_VALUE);
        assertThat(told).containsExactly("ONLINE 1", "UPDATED 1");
        assertThat(toldMetadata).isEqualTo(Map.of("i", "999"));
    }

    @Test
    @Tag("M61")
    void aDisplacedRegistrationUpdatesNothing() {
        Registration old = claim(1, 1, 0).registration();
        claim(2, 1, 0);
        old.entry().changeMetadata(old, Map.of("late", "yes"));
        work(Integer.MAX_VALUE);
        assertThat(told).doesNotContain("UPDATED 1", "UPDATED 2");
        assertThat(table.find("n1").orElseThrow().metadata()).isEmpty();
    }

    @Test
    @Tag("M21")
    void nothingDoneByADisplacedRegistrationCounts() {
        Registration old = claim(1, 1, 0).registration();
        Registration fresh = claim(2, 1, 0).registration();

        assertThat(old.entry().suspect(old, SuspectReason.LOST)).isFalse();
        assertThat(old.entry().end(old, OfflineReason.CLOSED)).isFalse();
        assertThat(table.count(NodeState.ONLINE)).isEqualTo(1);
        assertThat(fresh.entry().isCurrent(fresh)).isTrue();
    }

    @Test
    @Tag("M21")
    void sameOrLowerAttemptIsStale() {
        claim(1, 5, 0);
        assertThat(claim(1, 5, 0).refusal()).isEqualTo(Admission.Refusal.STALE_ATTEMPT);
        assertThat(claim(1, 4, 0).refusal()).isEqualTo(Admission.Refusal.STALE_ATTEMPT);
        assertThat(claim(1, 6, 0).refusal()).isNull();
    }

    @Test
    @Tag("M23")
    void epochOvertakesWhatTheNodeWasGivenElsewhere() {
        long here = claim(1, 1, 0).registration().epoch();
        long elsewhere = here + (3600_000L << 20);
        assertThat(claim(1, 2, elsewhere).registration().epoch()).isGreaterThan(elsewhere);
        assertThat(claim(1, 3, here + (25 * 3600_000L << 20)).refusal()).isEqualTo(Admission.Refusal.IMPLAUSIBLE_EPOCH);
        assertThat(claim(1, 3, -1).refusal()).isEqualTo(Admission.Refusal.IMPLAUSIBLE_EPOCH);
    }

    /** Else the message would wait until another comes for this node. */
    @Test
    @Tag("M39")
    void ownerIsWokenThoughTheMailboxMovedMeanwhile() throws InterruptedException {
        claim(1, 1, 0);
        table.offer("n1", new OutgoingMessage(ByteBuffer.allocate(1)));
        FakeOwner next = new FakeOwner();
        Thread sender = new Thread(() -> table.offer("n1", new OutgoingMessage(ByteBuffer.allocate(1))));
        Outbox held = outbox;
        synchronized (held) {
            sender.start();
            while (sender.getState() != Thread.State.BLOCKED) {
                Thread.onSpinWait();
            }
            // The sender has found the old registration, and its message is not in the outbox yet.
            claim(1, 2, 0, next);
        }
        sender.join();
        assertThat(next.wakes()).isEqualTo(1);
    }
}
