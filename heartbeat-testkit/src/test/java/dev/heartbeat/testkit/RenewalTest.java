package dev.heartbeat.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.AttachedNode;
import dev.heartbeat.AttachedNodeState;
import dev.heartbeat.ClientState;
import dev.heartbeat.FailureCode;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.Node;
import dev.heartbeat.NodeState;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.SendResult;
import dev.heartbeat.auth.Applicant;
import dev.heartbeat.auth.CredentialProvider;
import dev.heartbeat.auth.Grant;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A grant has a time, and a credential that comes within it renews the grant. */
@Tag("M112")
final class RenewalTest {
    private static final Duration SOON = Duration.ofMillis(200);
    private static final Duration TIME = Duration.ofSeconds(20);
    private static final String REFUSAL = "error the server reports UNAUTHORIZED: the credential is not accepted";

    private final Map<String, Grant> granted = new HashMap<>();
    /** The time of each question, in seconds, and the credential. */
    private final List<String> asked = new ArrayList<>();

    private Function<Applicant, CompletionStage<Grant>> decides =
            applicant -> completedFuture(granted.getOrDefault(credentialOf(applicant), Grant.none()));

    private final Bus bus = new Bus(
            93,
            2,
            options -> options.authenticator(this::authenticate)
                    .authenticationTimeout(Duration.ofSeconds(1))
                    .maxAuthentications(2));
    private final ClientRecorder told = new ClientRecorder();
    private final Host host = bus.world.newHost("client");

    private CompletionStage<Grant> authenticate(Applicant applicant) {
        asked.add(applicant.nodeId() + " " + credentialOf(applicant));
        return decides.apply(applicant);
    }

    private static String credentialOf(Applicant applicant) {
        byte[] credential = applicant.credential();
        return credential == null ? "" : new String(credential, UTF_8);
    }

    private HeartbeatClient.Builder client() {
        return bus.client(host, "n1").plaintextCredentials(true).listener(told);
    }

    private HeartbeatClient provided(String... credentials) {
        List<String> next = new ArrayList<>(List.of(credentials));
        HeartbeatClient client = client().credentials(
                        () -> completedFuture((next.size() > 1 ? next.remove(0) : next.get(0)).getBytes(UTF_8)))
                .connect();
        bus.advance(SOON);
        return client;
    }

    private Node node() {
        return bus.server.nodes().find("n1").orElseThrow();
    }

    private static Grant grant(String principal) {
        return Grant.to(principal).validFor(TIME);
    }

    // ---- the end of a grant

    @Test
    void nodeWhoseGrantExpiresIsSentAwayAndHasItsGrace() {
        granted.put("a", grant("p"));
        HeartbeatClient client =
                client().credential("a".getBytes(UTF_8)).autoReconnect(false).connect();
        bus.advance(SOON);
        granted.clear(); // It cannot be renewed.
        bus.advance(TIME.minus(SOON).minus(Duration.ofMillis(50)));
        assertThat(node().state()).isEqualTo(NodeState.ONLINE);

        bus.advance(Duration.ofMillis(100));
        assertThat(node().state()).isEqualTo(NodeState.SUSPECT);
        assertThat(told.events())
                .containsExactly("connected", "registered", REFUSAL, "disconnected EXPIRED", "closed EXPIRED");
        assertThat(client.state()).isEqualTo(ClientState.CLOSED);

        bus.advance(Bus.TIMEOUT.minus(Duration.ofMillis(150)));
        assertThat(node().state()).isEqualTo(NodeState.SUSPECT);
        bus.advance(Duration.ofMillis(200));
        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "SUSPECT(LOST)", "OFFLINE(EXPIRED)");
        assertThat(bus.server.stats().liveness().offline(OfflineReason.EXPIRED)).isEqualTo(1);
    }

    @Test
    void nodeComesBackWithinItsGraceAndKeepsItsMessages() {
        decides = applicant -> completedFuture(asked.size() == 1 ? grant("p") : Grant.none());
        HeartbeatClient client = client().onMessage(message -> told.onUndelivered(message, null))
                .credentials(() -> completedFuture(("c" + asked.size()).getBytes(UTF_8)))
                .connect();
        bus.advance(TIME.minusMillis(10));
        assertThat(told.events()).contains(REFUSAL).doesNotContain("disconnected EXPIRED");
        decides = applicant -> completedFuture(Grant.to("p"));
        bus.advance(Duration.ofMillis(30));
        assertThat(bus.server.trySend("n1", ByteBuffer.wrap("waits".getBytes(UTF_8))))
                .isEqualTo(SendResult.ACCEPTED);
        bus.advance(Bus.TIMEOUT);
        assertThat(client.state()).isEqualTo(ClientState.ONLINE);
        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "SUSPECT(LOST)", "ONLINE");
        assertThat(told.events()).endsWith("disconnected EXPIRED", "connected", "registered", "undelivered waits");
    }

    /** Whatever the peer does: it need not listen. */
    @Test
    void peerThatGoesOnAfterItsTimeIsNotHeard() {
        granted.put("", grant("p"));
        ScriptedPeer peer = ScriptedPeer.client(bus.world.newHost("peer").transport(), bus.server.localAddress());
        peer.connect().register("n1").expectRegistered();
        peer.play();
        for (int i = 0; i < 20; i++) {
            bus.advance(Duration.ofSeconds(1));
            peer.heartbeat().expectHeartbeatAnswer();
            if (i < 19) {
                peer.play();
            }
        }
        bus.advance(SOON);
        assertThat(node().state()).isEqualTo(NodeState.SUSPECT);
        peer.play();
        bus.advance(Bus.TIMEOUT.plus(SOON));
        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "SUSPECT(LOST)", "OFFLINE(EXPIRED)");
        assertThatThrownBy(peer::verify).hasMessageContaining("EXPIRED: the credential has expired");
    }

    @Test
    void grantWithoutATimeNeverExpires() {
        granted.put("a", Grant.to("p"));
        HeartbeatClient client = client().credential("a".getBytes(UTF_8)).connect();
        bus.advance(Duration.ofHours(2));
        assertThat(client.state()).isEqualTo(ClientState.ONLINE);
        assertThat(asked).hasSize(1);
    }

    // ---- renewal

    @Test
    @Tag("M113")
    void credentialIsRenewedInTimeOnTheLiveConnection() {
        granted.put("a", grant("p"));
        granted.put("b", grant("p"));
        granted.put("c", Grant.to("p"));
        HeartbeatClient client = provided("a", "b", "c");
        client.updateMetadata(Map.of("k", "v"));
        bus.advance(Duration.ofSeconds(10));
        assertThat(asked).hasSize(1); // Not before half of the time.
        bus.advance(Duration.ofMinutes(2));

        assertThat(asked).containsExactly("n1 a", "n1 b", "n1 c");
        assertThat(told.events()).containsExactly("connected", "registered");
        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "updated {k=v}");
        assertThat(node().metadata()).containsExactly(Map.entry("k", "v")); // The credentials left it alone.
    }

    @Test
    void crowdDoesNotRenewAllAtOnce() {
        List<Duration> times = new ArrayList<>();
        decides = applicant -> {
            times.add(bus.world.now());
            return completedFuture(Grant.to("p").validFor(Duration.ofMinutes(10)));
        };
        for (int i = 0; i < 50; i++) {
            bus.client(host, "m" + i)
                    .plaintextCredentials(true)
                    .credential(new byte[1])
                    .connect();
            bus.advance(Duration.ofMillis(5));
        }
        bus.advance(SOON);
        Duration registered = bus.world.now();
        times.clear();
        bus.advance(Duration.ofSeconds(590));
        assertThat(times).hasSize(50);
        assertThat(times.stream().map(time -> time.minus(registered).toSeconds()))
                .allMatch(seconds -> seconds >= 359 && seconds <= 481);
        assertThat(times.stream().map(time -> time.toSeconds() / 12).distinct()).hasSizeGreaterThan(7);
    }

    @Test
    @Tag("M113")
    void anotherPrincipalIsRefusedAndTheRegistrationStands() {
        granted.put("a", grant("p"));
        granted.put("b", grant("q"));
        granted.put("c", grant("p"));
        HeartbeatClient client = provided("a", "b", "c");
        bus.advance(Duration.ofMinutes(1));
        assertThat(client.state()).isEqualTo(ClientState.ONLINE);
        assertThat(node().principal()).isEqualTo("p");
        assertThat(told.events()).containsExactly("connected", "registered", REFUSAL);
        assertThat(bus.told.of("n1")).containsExactly("ONLINE");
    }

    @Test
    void refusedClientEndsWhereItsProviderHasNoOther() {
        granted.put("a", grant("p"));
        HeartbeatClient client = provided("a", "b");
        bus.advance(Duration.ofMinutes(2));
        assertThat(client.state()).isEqualTo(ClientState.CLOSED);
        assertThat(told.events())
                .containsExactly(
                        "connected",
                        "registered",
                        REFUSAL,
                        "disconnected EXPIRED",
                        "disconnected REFUSED",
                        "closed REFUSED");
        assertThat(asked).containsExactly("n1 a", "n1 b");
        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "SUSPECT(LOST)", "OFFLINE(EXPIRED)");
    }

    @Test
    void authenticatorThatCannotDecideIsAskedAgain() {
        granted.put("a", grant("p"));
        List<CompletableFuture<Grant>> answers = new ArrayList<>();
        provided("a", "b");
        decides = applicant -> {
            answers.add(new CompletableFuture<>());
            return answers.get(answers.size() - 1);
        };
        bus.advance(TIME.minusSeconds(4));
        assertThat(answers).isNotEmpty();
        assertThat(answers.get(0)).isCancelled();
        decides = applicant -> completedFuture(Grant.to("p"));
        bus.advance(Duration.ofMinutes(1));
        assertThat(bus.told.of("n1")).startsWith("ONLINE");
        assertThat(node().state()).isEqualTo(NodeState.ONLINE);
    }

    @Test
    void providerThatFailsIsAskedAgainWithinTheTime() {
        granted.put("a", grant("p"));
        granted.put("b", Grant.to("p"));
        List<Integer> calls = new ArrayList<>();
        HeartbeatClient client = client().credentials(() -> {
                    calls.add(1);
                    return switch (calls.size()) {
                        case 1 -> completedFuture("a".getBytes(UTF_8));
                        case 2, 3 -> CompletableFuture.failedFuture(new IllegalStateException("no file"));
                        default -> completedFuture("b".getBytes(UTF_8));
                    };
                })
                .connect();
        bus.advance(Duration.ofMinutes(1));
        assertThat(client.state()).isEqualTo(ClientState.ONLINE);
        assertThat(told.events()).containsExactly("connected", "registered");
    }

    @Test
    void narrowerGrantSendsAwayTheNodesItDoesNotCover() {
        granted.put("a", grant("p").attaching("s-*"));
        granted.put("b", Grant.to("p").attaching("s-1"));
        HeartbeatClient gateway = provided("a", "b");
        AttachedRecorder second = new AttachedRecorder();
        AttachedNode one = gateway.attach("s-1", Map.of(), new AttachedRecorder());
        gateway.attach("s-2", Map.of(), second);
        bus.advance(TIME);
        assertThat(one.state()).isEqualTo(AttachedNodeState.REGISTERED);
        assertThat(bus.told.of("s-1")).containsExactly("ONLINE");
        assertThat(bus.told.of("s-2")).startsWith("ONLINE", "SUSPECT(LOST)");
        assertThat(second.events()).first().isEqualTo("registered");
        assertThat(second.events()).last().isEqualTo("ended REFUSED");
        assertThat(bus.told.of("n1")).containsExactly("ONLINE");
    }

    // ---- nodes of a gateway that show credentials of their own

    private HeartbeatClient gateway() {
        granted.put("g", Grant.to("gateway"));
        return provided("g");
    }

    private static CredentialProvider each(String... credentials) {
        List<String> next = new ArrayList<>(List.of(credentials));
        return () -> completedFuture((next.size() > 1 ? next.remove(0) : next.get(0)).getBytes(UTF_8));
    }

    private Node node(String id) {
        return bus.server.nodes().find(id).orElseThrow();
    }

    @Test
    @Tag("M114")
    void attachedNodeIsDecidedByItsOwnCredential() {
        granted.put("mine", Grant.to("door").openingOnly());
        HeartbeatClient gateway = gateway(); // Which may attach nobody.
        AttachedRecorder told = new AttachedRecorder();
        AttachedNode door = gateway.attach("door", Map.of(), each("mine"), told);
        AttachedRecorder refused = new AttachedRecorder();
        gateway.attach("window", Map.of(), each("wrong"), refused);
        gateway.attach("roof", Map.of(), refused);
        bus.advance(Duration.ofSeconds(10));
        assertThat(door.state()).isEqualTo(AttachedNodeState.REGISTERED);
        assertThat(node("door").principal()).isEqualTo("door");
        assertThat(refused.events()).filteredOn("ended REFUSED"::equals).hasSize(2);
        assertThat(gateway.state()).isEqualTo(ClientState.ONLINE);
        assertThat(asked).containsExactly("n1 g", "door mine", "window wrong");
        assertThat(bus.server.nodes().count(NodeState.ONLINE)).isEqualTo(2);
    }

    @Test
    @Tag("M114")
    void attachedNodeRenewsItsCredentialOrIsSentAwayAlone() {
        granted.put("a", grant("door"));
        granted.put("b", grant("door"));
        HeartbeatClient gateway = gateway();
        AttachedRecorder told = new AttachedRecorder();
        gateway.attach("door", Map.of(), each("a", "b", "c"), told);
        bus.advance(TIME.plusSeconds(10));
        assertThat(asked).containsExactly("n1 g", "door a", "door b");
        assertThat(bus.told.of("door")).containsExactly("ONLINE");
        bus.advance(TIME.plusSeconds(10));
        assertThat(asked).endsWith("door c");
        assertThat(told.events()).last().isEqualTo("ended REFUSED");
        assertThat(bus.told.of("door")).containsExactly("ONLINE", "SUSPECT(LOST)", "OFFLINE(EXPIRED)");
        assertThat(bus.told.of("n1")).containsExactly("ONLINE");
        assertThat(gateway.state()).isEqualTo(ClientState.ONLINE);
    }

    @Test
    @Tag("M114")
    void answersComeAsTheyAreDecidedAndNoneIsLeft() {
        Map<String, CompletableFuture<Grant>> answers = new HashMap<>();
        HeartbeatClient gateway = gateway();
        decides = applicant -> answers.computeIfAbsent(applicant.nodeId(), id -> new CompletableFuture<>());
        AttachedNode one = gateway.attach("d1", Map.of(), each("x"), new AttachedRecorder());
        AttachedNode two = gateway.attach("d2", Map.of(), each("x"), new AttachedRecorder());
        bus.advance(SOON);
        answers.get("d2").complete(Grant.to("d"));
        bus.advance(SOON);
        assertThat(one.state()).isEqualTo(AttachedNodeState.WAITING);
        assertThat(two.state()).isEqualTo(AttachedNodeState.REGISTERED);
        gateway.closeAsync();
        bus.advance(SOON);
        host.powerOff();
        bus.advance(Duration.ofSeconds(10));
        assertThat(answers.get("d1")).isDone();
        assertThat(bus.server.nodes().count(NodeState.ONLINE)).isZero();
    }

    @Test
    @Tag("M114")
    void credentialOfANodeWithoutOneIsRefused() {
        granted.put("", grant("p").attaching("d*"));
        ScriptedPeer peer = ScriptedPeer.client(bus.world.newHost("peer").transport(), bus.server.localAddress());
        peer.connect().register("n1").expectRegistered().register(1, "d1").expectRegistered();
        play(peer.raw(update("030001 62").replace("ab020f0000000000", "ab020f0000000001"))
                .expectError("UNAUTHORIZED"));
        assertThat(node("d1").state()).isEqualTo(NodeState.ONLINE);
    }

    // ---- a peer that does as it likes

    private ScriptedPeer registered() {
        granted.put("", grant("p"));
        ScriptedPeer peer = ScriptedPeer.client(bus.world.newHost("peer").transport(), bus.server.localAddress());
        peer.connect().register("n1").expectRegistered();
        peer.raw(update("010003 016b76")); // Metadata k=v.
        peer.play();
        bus.advance(SOON);
        assertThat(node().metadata()).containsExactly(Map.entry("k", "v"));
        return peer;
    }

    private static String update(String tlvs) {
        String bytes = tlvs.replace(" ", "");
        return String.format("ab020f0000000000%08x%s", bytes.length() / 2, bytes); // Of handle 0.
    }

    private void play(ScriptedPeer peer) {
        peer.play();
        bus.advance(SOON);
        peer.verify();
    }

    @Test
    @Tag("M113")
    void updateLeavesReplacesOrEmptiesTheMetadata() {
        granted.put("b", grant("p"));
        ScriptedPeer peer = registered();
        play(peer.raw(update("030001 62")).expectRegistered());
        assertThat(node().metadata()).containsExactly(Map.entry("k", "v"));
        play(peer.raw(update("030001 62 010003 016c77")).expectRegistered());
        assertThat(node().metadata()).containsExactly(Map.entry("l", "w"));
        play(peer.raw(update("020000 030001 62")).expectRegistered());
        assertThat(node().metadata()).isEmpty();
        play(peer.raw(update("010003 016b76")));
        play(peer.raw(update("020000")));
        assertThat(node().metadata()).isEmpty();
    }

    @Test
    @Tag("M113")
    void refusedCredentialChangesNoMetadata() {
        ScriptedPeer peer = registered();
        play(peer.raw(update("030001 78 010003 016c77")).expectError("UNAUTHORIZED"));
        assertThat(node().metadata()).containsExactly(Map.entry("k", "v"));
        assertThat(node().state()).isEqualTo(NodeState.ONLINE);
    }

    @Test
    @Tag("M113")
    void metadataBesideTheirAbsenceAreMalformed() {
        ScriptedPeer peer = registered();
        play(peer.raw(update("020000 010003 016b76")).expectError("MALFORMED"));
    }

    @Test
    @Tag("M113")
    void secondCredentialMeanwhileIsRefused() {
        ScriptedPeer peer = registered();
        List<CompletableFuture<Grant>> answers = new ArrayList<>();
        decides = applicant -> {
            answers.add(new CompletableFuture<>());
            return answers.get(answers.size() - 1);
        };
        play(peer.raw(update("030001 62")).raw(update("030001 63")).expectError("ALREADY_REGISTERED"));
        assertThat(answers).hasSize(1);
        answers.get(0).complete(grant("p"));
        play(peer.expectRegistered());
    }

    @Test
    void connectionThatEndsCancelsTheQuestion() {
        ScriptedPeer peer = registered();
        List<CompletableFuture<Grant>> answers = new ArrayList<>();
        decides = applicant -> {
            answers.add(new CompletableFuture<>());
            return answers.get(answers.size() - 1);
        };
        play(peer.raw(update("030001 62")));
        peer.reset();
        peer.play();
        bus.advance(SOON);
        assertThat(answers.get(0)).isCancelled();
    }

    /** A flood of credentials ends as any other flood of errors. */
    @Test
    @Tag("M49")
    void guessingEndsTheConnection() {
        ScriptedPeer peer = registered();
        for (int i = 0; i < 16; i++) {
            play(peer.raw(update("030001 78")).expectError("UNAUTHORIZED"));
        }
        peer.raw(update("030001 78")).expectError("TOO_MANY_ERRORS");
        play(peer);
        assertThat(bus.told.of("n1")).endsWith("OFFLINE(PROTOCOL_ERROR)");
    }

    @Test
    void timeOfAGrantIsJudgedAtOnce() {
        assertThatThrownBy(() -> Grant.to("p").validFor(Duration.ZERO))
                .hasMessage("time is PT0S, allowed is 1 ms to 3,650 days");
        assertThatThrownBy(() -> Grant.to("p").validFor(Duration.ofDays(3651)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(Grant.to("p").validity()).isNull();
        assertThat(grant("p").attaching("a").openingOnly().validity()).isEqualTo(TIME);
        assertThat(new HeartbeatException(FailureCode.FORBIDDEN, "x").code().isRetryable())
                .isFalse();
    }
}
