package dev.heartbeat.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.NodeState;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.TakeoverPolicy;
import dev.heartbeat.UndeliveredException;
import dev.heartbeat.fake.FakeEnvironment;
import dev.heartbeat.fake.FakeLoop;
import dev.heartbeat.fake.FakeOwner;
import dev.heartbeat.internal.node.Admission.Refusal;
import dev.heartbeat.internal.queue.CallbackThreads;
import dev.heartbeat.internal.queue.Mailbox;
import dev.heartbeat.internal.queue.Outbox;
import dev.heartbeat.internal.queue.OutgoingMessage;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tombstones of OFFLINE nodes: their contents, their time, and returns. */
@Tag("M57")
final class TombstonesTest {
    private final FakeLoop home = new FakeLoop();
    private final FakeEnvironment environment = new FakeEnvironment();
    private final NodeTable table = newTable(60, 1000);

    private NodeTable newTable(long retentionSeconds, int maximum) {
        return new NodeTable(
                TakeoverPolicy.NEWEST_WINS,
                "group",
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
                new Tombstones(retentionSeconds * 1_000_000_000L, maximum, home),
                Capacity.unbounded(),
                () -> {});
    }

    private Admission claim(NodeTable at, String id, long incarnation, long attempt) {
        return at.admit(new Registration.Claim(id, incarnation, attempt, 0, Map.of("key", "value"), new FakeOwner()));
    }

    private void stay(NodeTable at, String id, OfflineReason end) {
        Registration registration = claim(at, id, 1, 5).registration();
        registration.entry().end(registration, end);
        environment.work();
    }

    /** The number of turns in which somebody was due to be forgotten. */
    private int pass(int seconds) {
        home.run();
        return home.pass(seconds * 1_000_000_000L);
    }

    private Node found(String id) {
        return table.find(id).orElseThrow();
    }

    @Test
    void nodeThatIsGoneIsKnownForAWhileAndThenForgotten() {
        stay(table, "n1", OfflineReason.TIMEOUT);
        pass(59);
        assertThat(found("n1").state()).isEqualTo(NodeState.OFFLINE);
        assertThat(found("n1").offlineReason()).isEqualTo(OfflineReason.TIMEOUT);
        assertThat(found("n1").offlineSince()).hasToString("2023-11-14T22:13:20Z");
        assertThat(found("n1").metadata()).isEmpty();
        assertThat(table.count(NodeState.OFFLINE)).isEqualTo(1);

        pass(2);
        assertThat(table.find("n1")).isEmpty();
        assertThat(table.count(NodeState.OFFLINE)).isZero();
        assertThat(table.isEmpty()).isTrue();
        assertThat(home.armed()).isZero();
    }

    @Test
    void isOfflineAtOnceAndKeptFromWhenItsEndIsTold() {
        Registration registration = claim(table, "n1", 1, 5).registration();
        registration.entry().end(registration, OfflineReason.CLOSED);
        assertThat(found("n1").state()).isEqualTo(NodeState.OFFLINE);
        pass(600);
        assertThat(found("n1").offlineReason()).isEqualTo(OfflineReason.CLOSED);
        environment.work();
        pass(59);
        assertThat(table.find("n1")).isPresent();
        pass(2);
        assertThat(table.find("n1")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(OfflineReason.class)
    void abandonedAttemptOfAStayThatEndedIsStaleHoweverItEnded(OfflineReason reason) {
        stay(table, "n1", reason);
        assertThat(claim(table, "n1", 1, 4).refusal()).isEqualTo(Refusal.STALE_ATTEMPT);
        assertThat(claim(table, "n1", 1, 5).refusal()).isEqualTo(Refusal.STALE_ATTEMPT);
        assertThat(found("n1").offlineReason()).isEqualTo(reason);
        assertThat(claim(table, "n1", 1, 6).refusal())
                .isEqualTo(reason == OfflineReason.KICKED ? Refusal.KICKED : null);
    }

    @ParameterizedTest
    @EnumSource(OfflineReason.class)
    void anotherProcessBeginsAStayOfItsOwn(OfflineReason reason) {
        stay(table, "n1", reason);
        assertThat(claim(table, "n1", 2, 1).refusal()).isNull();
        assertThat(found("n1").state()).isEqualTo(NodeState.ONLINE);
        assertThat(found("n1").offlineReason()).isNull();
        assertThat(table.count(NodeState.OFFLINE)).isZero();
        pass(600);
        assertThat(found("n1").state()).isEqualTo(NodeState.ONLINE);
        assertThat(home.armed()).isZero();
    }

    @Test
    void forgottenNodeMayComeBackWithAnyAttempt() {
        stay(table, "n1", OfflineReason.KICKED);
        pass(61);
        assertThat(claim(table, "n1", 1, 1).refusal()).isNull();
    }

    @Test
    void oldestTombstonesAreForgottenFirst() {
        NodeTable small = newTable(60, 3);
        for (int i = 1; i <= 10; i++) {
            stay(small, "n" + i, OfflineReason.CLOSED);
            home.run();
            assertThat(small.count(NodeState.OFFLINE)).isLessThanOrEqualTo(3);
        }
        assertThat(small.stream().map(Node::id)).containsExactlyInAnyOrder("n8", "n9", "n10");
    }

    @Test
    void returnedNodeIsNotForgottenMeanwhile() {
        for (String id : List.of("n1", "n2", "n3")) {
            stay(table, id, OfflineReason.CLOSED);
        }
        home.run();
        Registration back = claim(table, "n2", 1, 6).registration();
        pass(30);
        back.entry().end(back, OfflineReason.TIMEOUT);
        environment.work();
        pass(31);
        assertThat(table.stream().map(Node::id)).containsExactly("n2");
        pass(30);
        assertThat(table.isEmpty()).isTrue();
    }

    @Test
    void returnedNodeHasNoTombstone() {
        stay(table, "n1", OfflineReason.CLOSED);
        claim(table, "n1", 1, 6); // Before the loop has heard of its departure.
        pass(600);
        assertThat(found("n1").state()).isEqualTo(NodeState.ONLINE);
        assertThat(home.armed()).isZero();
    }

    @Test
    void manyAreForgottenInSeveralTurns() {
        NodeTable large = newTable(60, 10_000);
        for (int i = 0; i < 10_000; i++) {
            stay(large, "n" + i, OfflineReason.CLOSED);
        }
        home.run();
        assertThat(pass(61)).isGreaterThanOrEqualTo(10_000 / 256);
        assertThat(large.isEmpty()).isTrue();
    }

    @Test
    void messageThatComesBackLateDelaysForgetting() {
        Registration registration = claim(table, "n1", 1, 5).registration();
        Mailbox mailbox = table.mailbox("n1");
        registration.entry().end(registration, OfflineReason.CLOSED);
        environment.work();
        pass(59);
        mailbox.undelivered(new OutgoingMessage(ByteBuffer.allocate(1)), UndeliveredException.Reason.LOST);
        pass(2);
        assertThat(table.isEmpty()).isFalse();
        assertThat(table.find("n1")).isEmpty();
        environment.work();
        assertThat(table.isEmpty()).isTrue();
        assertThat(table.count(NodeState.OFFLINE)).isZero();
    }

    @Test
    void endOfAllForgetsAll() {
        stay(table, "n1", OfflineReason.CLOSED);
        claim(table, "n2", 1, 1);
        home.run();
        table.endAll(OfflineReason.SHUTDOWN, "");
        assertThat(table.find("n1")).isEmpty();
        assertThat(table.isEmpty()).as("n2 is to be told").isFalse();
        environment.work();
        home.run();
        assertThat(table.isEmpty()).isTrue();
        assertThat(home.armed()).isZero();
        for (NodeState state : NodeState.values()) {
            assertThat(table.count(state)).isZero();
        }
    }

    @Test
    void nothingIsKeptWithoutRetention() {
        NodeTable forgetful = newTable(0, 1000);
        stay(forgetful, "n1", OfflineReason.KICKED);
        assertThat(forgetful.isEmpty()).isTrue();
        assertThat(claim(forgetful, "n1", 1, 1).refusal()).isNull();
    }
}
