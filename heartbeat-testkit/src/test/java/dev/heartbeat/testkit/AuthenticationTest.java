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
import dev.heartbeat.auth.Applicant;
import dev.heartbeat.auth.Authenticator;
import dev.heartbeat.auth.Grant;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever registers is asked who it is, before anything of a node shows or changes. */
@Tag("M107")
final class AuthenticationTest {
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final String REFUSAL = "error the server reports UNAUTHORIZED: the credential is not accepted";
    private static final String FOR_NOW =
            "error the server reports NODE_CAPACITY: the server cannot decide on this registration now";

    private final Map<String, Grant> granted = new HashMap<>();
    private final List<String> asked = new ArrayList<>();
    private final List<CompletableFuture<Grant>> answers = new ArrayList<>();
    private Function<Applicant, CompletionStage<Grant>> decides =
            applicant -> completedFuture(granted.getOrDefault(credentialOf(applicant), Grant.none()));

    private final Bus bus = new Bus(
            91,
            2,
            options -> options.authenticator(this::authenticate)
                    .authenticationTimeout(Duration.ofSeconds(2))
                    .maxAuthentications(2));
    private final ClientRecorder told = new ClientRecorder();

    private CompletionStage<Grant> authenticate(Applicant applicant) {
        asked.add(applicant.nodeId() + " " + credentialOf(applicant));
        return decides.apply(applicant);
    }

    private static String credentialOf(Applicant applicant) {
        byte[] credential = applicant.credential();
        return credential == null ? "" : new String(credential, UTF_8);
    }

    private void answersLater() {
        decides = applicant -> {
            CompletableFuture<Grant> answer = new CompletableFuture<>();
            answers.add(answer);
            return answer;
        };
    }

    private HeartbeatClient.Builder client(String id) {
        return bus.client(bus.world.newHost("client"), id).plaintextCredentials(true);
    }

    private HeartbeatClient connect(String id, String credential) {
        HeartbeatClient client =
                client(id).credential(credential.getBytes(UTF_8)).listener(told).connect();
        bus.advance(SOON);
        return client;
    }

    private Node node(String id) {
        return bus.server.nodes().find(id).orElseThrow();
    }

    // ---- the decision

    @Test
    void nodeIsRegisteredAsThePrincipalThatWasGranted() {
        granted.put("secret", Grant.to("account 7"));
        HeartbeatClient client = connect("n1", "secret");

        assertThat(client.state()).isEqualTo(ClientState.ONLINE);
        assertThat(node("n1").principal()).isEqualTo("account 7");
        assertThat(asked).containsExactly("n1 secret");
    }

    @Test
    void refusedNodeHearsItAndEnds() {
        HeartbeatClient client = connect("n1", "wrong");
        bus.advance(Duration.ofMinutes(1));

        assertThat(client.state()).isEqualTo(ClientState.CLOSED);
        assertThat(told.events()).containsExactly("connected", REFUSAL, "disconnected REFUSED", "closed REFUSED");
        assertThatThrownBy(() -> client.registered().getNow(null))
                .hasCauseInstanceOf(HeartbeatException.class)
                .extracting(failure -> ((HeartbeatException) failure.getCause()).code())
                .isEqualTo(FailureCode.UNAUTHORIZED);
        assertThat(bus.server.nodes().find("n1")).isEmpty();
        assertThat(bus.server.stats().liveness().registrationsRefused()).isEqualTo(1);
        assertThat(bus.told.of("n1")).isEmpty();
        assertThat(asked).hasSize(1);
    }

    @Test
    void clientWithoutCredentialIsAskedAboutToo() {
        decides = applicant -> completedFuture(applicant.credential() == null ? Grant.to("guest") : Grant.none());
        HeartbeatClient client = client("n1").connect();
        bus.advance(SOON);
        assertThat(client.state()).isEqualTo(ClientState.ONLINE);
        assertThat(node("n1").principal()).isEqualTo("guest");
    }

    @Test
    void answerMayComeLaterAndNoLoopWaits() {
        answersLater();
        HeartbeatClient client = connect("n1", "a");
        assertThat(client.state()).isEqualTo(ClientState.CONNECTING);
        assertThat(bus.server.nodes().find("n1")).isEmpty();

        answers.get(0).complete(Grant.to("p"));
        bus.advance(SOON);
        assertThat(client.state()).isEqualTo(ClientState.ONLINE);
        bus.advance(Duration.ofMinutes(1)); // No deadline of the handshake is left.
        assertThat(told.events()).containsExactly("connected", "registered");
    }

    // ---- no decision

    @Test
    void lateAnswerDecidesNothingAndIsCancelled() {
        answersLater();
        connect("n1", "a");
        bus.advance(Duration.ofMillis(1500));
        assertThat(told.events()).startsWith("connected", FOR_NOW, "disconnected GO_AWAY");
        assertThat(answers.get(0)).isCancelled();
        assertThat(bus.server.nodes().find("n1")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"throws", "fails", "null", "grants null"})
    void failingAuthenticatorEndsNoClient(String how) {
        decides = applicant -> switch (how) {
            case "throws" -> throw new IllegalStateException("no database");
            case "fails" -> CompletableFuture.failedFuture(new IllegalStateException("no database"));
            case "null" -> null;
            default -> completedFuture(null);
        };
        HeartbeatClient client = connect("n1", "a");
        assertThat(told.events()).startsWith("connected", FOR_NOW, "disconnected GO_AWAY");
        assertThat(bus.server.stats().callbacks().failures()).isPositive();

        decides = applicant -> completedFuture(Grant.to("p"));
        bus.advance(Duration.ofMinutes(1));
        assertThat(client.state()).isEqualTo(ClientState.ONLINE);
    }

    @Test
    void oneMoreThanMayWaitIsSentAwayForNow() {
        answersLater();
        connect("n1", "a");
        ClientRecorder third = new ClientRecorder();
        client("n2").credential(new byte[1]).connect();
        bus.advance(Duration.ofMillis(100));
        client("n3").credential(new byte[1]).listener(third).connect();
        bus.advance(Duration.ofMillis(100));
        assertThat(answers).hasSize(2);
        assertThat(third.events())
                .startsWith(
                        "connected",
                        "error the server reports NODE_CAPACITY: too many registrations wait to be decided on",
                        "disconnected GO_AWAY");

        answers.forEach(answer -> answer.complete(Grant.to("p")));
        decides = applicant -> completedFuture(Grant.to("p"));
        bus.advance(Duration.ofMinutes(1)); // Both places are free again.
        assertThat(bus.server.nodes().count(NodeState.ONLINE)).isEqualTo(3);
    }

    @Test
    void clientThatLeavesCancelsItsQuestion() {
        answersLater();
        HeartbeatClient client = connect("n1", "a");
        client.closeAsync();
        bus.advance(Duration.ofSeconds(10));
        assertThat(answers.get(0)).isCancelled();
        assertThat(bus.server.nodes().find("n1")).isEmpty();
    }

    @Test
    void answerThatIgnoresTheCancellationRegistersNobody() {
        List<CompletableFuture<Grant>> stages = new ArrayList<>();
        decides = applicant -> {
            CompletableFuture<Grant> stage = new CompletableFuture<>();
            stages.add(stage);
            return stage.minimalCompletionStage();
        };
        HeartbeatClient client = connect("n1", "a");
        client.closeAsync();
        bus.advance(Duration.ofSeconds(10));
        stages.forEach(stage -> stage.complete(Grant.to("p")));
        bus.advance(SOON);
        assertThat(bus.told.of("n1")).isEmpty();
        assertThat(bus.server.nodes().find("n1")).isEmpty();
    }

    @Test
    void serverThatStopsWaitsForNoAnswer() {
        answersLater();
        connect("n1", "a");
        CompletableFuture<Void> closed = bus.server.closeAsync();
        bus.advance(Duration.ofSeconds(5));
        assertThat(closed).isCompleted();
        assertThat(answers.get(0)).isCancelled();
    }

    // ---- a peer that goes on meanwhile

    private ScriptedPeer waiting() {
        answersLater();
        ScriptedPeer peer = ScriptedPeer.client(bus.world.newHost("peer").transport(), bus.server.localAddress());
        peer.connect().register("n1");
        peer.play();
        bus.advance(Duration.ofMillis(100));
        assertThat(answers).hasSize(1);
        return peer;
    }

    @Test
    void secondRegistrationMeanwhileIsRefused() {
        ScriptedPeer peer = waiting();
        peer.register("n2").expectError("ALREADY_REGISTERED");
        peer.play();
        bus.advance(Duration.ofMillis(100));
        answers.get(0).complete(Grant.to("p"));
        peer.expectRegistered();
        peer.play();
        bus.advance(Duration.ofMillis(100));
        peer.verify();
        assertThat(asked).hasSize(1);
        assertThat(node("n1").state()).isEqualTo(NodeState.ONLINE);
    }

    @Test
    void anythingButPingMeanwhileEndsTheConnection() {
        ScriptedPeer peer = waiting();
        peer.heartbeat().expectError("NOT_REGISTERED");
        peer.play();
        bus.advance(Duration.ofMillis(100));
        peer.verify();
        assertThat(answers.get(0)).isCancelled();
    }

    // ---- whose node it is

    @Test
    @Tag("M108")
    void anotherPrincipalNeitherTakesTheNodeOverNorLearnsThatItIsThere() {
        granted.put("a", Grant.to("A"));
        granted.put("b", Grant.to("B"));
        HeartbeatClient first = connect("n1", "a");
        ClientRecorder strangers = new ClientRecorder();
        HeartbeatClient stranger =
                client("n1").credential("b".getBytes(UTF_8)).listener(strangers).connect();
        bus.advance(SOON);

        assertThat(strangers.events()).containsExactly("connected", REFUSAL, "disconnected REFUSED", "closed REFUSED");
        assertThat(stranger.state()).isEqualTo(ClientState.CLOSED);
        assertThat(first.state()).isEqualTo(ClientState.ONLINE);
        assertThat(bus.told.of("n1")).containsExactly("ONLINE");
    }

    @Test
    @Tag("M108")
    void anotherPrincipalDoesNotGetANodeInItsGrace() {
        granted.put("a", Grant.to("A"));
        granted.put("b", Grant.to("B"));
        Host host = bus.world.newHost("client");
        HeartbeatClient first = bus.client(host, "n1")
                .plaintextCredentials(true)
                .credential("a".getBytes(UTF_8))
                .connect();
        bus.advance(SOON);
        bus.world.isolate(host);
        connect("n1", "b");
        assertThat(told.events()).contains(REFUSAL);
        bus.world.rejoin(host);
        bus.advance(Duration.ofSeconds(10));
        assertThat(first.state()).isEqualTo(ClientState.ONLINE);
        assertThat(node("n1").principal()).isEqualTo("A");
    }

    @Test
    void samePrincipalTakesItsNodeOverAndAnotherMayHaveTheIdAfterIt() {
        granted.put("a", Grant.to("A"));
        granted.put("a2", Grant.to("A"));
        granted.put("b", Grant.to("B"));
        HeartbeatClient first = connect("n1", "a");
        HeartbeatClient second = client("n1").credential("a2".getBytes(UTF_8)).connect();
        bus.advance(SOON);
        assertThat(first.state()).isEqualTo(ClientState.CLOSED);
        assertThat(second.state()).isEqualTo(ClientState.ONLINE);

        second.closeAsync();
        bus.advance(Duration.ofSeconds(2));
        connect("n1", "b");
        assertThat(node("n1").principal()).isEqualTo("B");
    }

    // ---- gateways

    @Test
    @Tag("M109")
    void gatewaySpeaksForTheNodesItWasGrantedAndNoOthers() {
        granted.put("g", Grant.to("G").attaching("sensor-*").attaching("door"));
        HeartbeatClient gateway = connect("gw", "g");
        AttachedRecorder refused = new AttachedRecorder();
        AttachedNode one = gateway.attach("sensor-1", Map.of(), new AttachedRecorder());
        AttachedNode door = gateway.attach("door", Map.of(), new AttachedRecorder());
        gateway.attach("door-2", Map.of(), refused);
        bus.advance(Duration.ofSeconds(2));

        assertThat(one.state()).isEqualTo(AttachedNodeState.REGISTERED);
        assertThat(door.state()).isEqualTo(AttachedNodeState.REGISTERED);
        assertThat(node("sensor-1").principal()).isEqualTo("G");
        assertThat(refused.events()).first().asString().contains("UNAUTHORIZED");
        assertThat(bus.server.nodes().find("door-2")).isEmpty();
        assertThat(gateway.state()).isEqualTo(ClientState.ONLINE);
        assertThat(asked).containsExactly("gw g"); // Its nodes cost no call.
    }

    // ---- clients and their providers

    private HeartbeatClient provided(String... credentials) {
        List<String> next = new ArrayList<>(List.of(credentials));
        HeartbeatClient client = client("n1")
                .credentials(() -> completedFuture((next.size() > 1 ? next.remove(0) : next.get(0)).getBytes(UTF_8)))
                .listener(told)
                .connect();
        bus.advance(Duration.ofMinutes(10));
        return client;
    }

    @Test
    void refusedClientTriesItsProvidersNextCredential() {
        granted.put("new", Grant.to("p"));
        HeartbeatClient client = provided("old", "new");
        assertThat(client.state()).isEqualTo(ClientState.ONLINE);
        assertThat(told.events())
                .containsExactly("connected", REFUSAL, "disconnected GO_AWAY", "connected", "registered");
    }

    @Test
    void refusedClientEndsWhereItsProviderHasNoOther() {
        HeartbeatClient client = provided("old");
        assertThat(client.state()).isEqualTo(ClientState.CLOSED);
        assertThat(asked).hasSize(1);
        assertThat(told.events()).endsWith("disconnected REFUSED", "closed REFUSED");
        assertThatThrownBy(() -> client.registered().getNow(null)).hasMessageContaining("refused the credential");
    }

    @Test
    void clientEndsAfterFiveRefusalsInARow() {
        HeartbeatClient client = provided("1", "2", "3", "4", "5", "6", "7");
        assertThat(client.state()).isEqualTo(ClientState.CLOSED);
        assertThat(asked).containsExactly("n1 1", "n1 2", "n1 3", "n1 4", "n1 5");
    }

    @Test
    void providerThatFailsIsAskedAgain() {
        granted.put("a", Grant.to("p"));
        List<Integer> calls = new ArrayList<>();
        HeartbeatClient client = client("n1")
                .credentials(() -> {
                    calls.add(1);
                    return switch (calls.size()) {
                        case 1 -> throw new IllegalStateException("no file");
                        case 2 -> new CompletableFuture<>();
                        case 3 -> completedFuture(new byte[4097]);
                        default -> completedFuture("a".getBytes(UTF_8));
                    };
                })
                .listener(told)
                .connect();
        bus.advance(Duration.ofMinutes(1));
        assertThat(client.state()).isEqualTo(ClientState.ONLINE);
        assertThat(told.events())
                .containsExactly(
                        "disconnected CONNECT_FAILED",
                        "disconnected CONNECT_FAILED",
                        "disconnected CONNECT_FAILED",
                        "connected",
                        "registered");
    }

    @Test
    @Tag("M110")
    void credentialLeavesTheMachineOnlyUnderTls() {
        granted.put("a", Grant.to("p"));
        HeartbeatClient client = bus.client(bus.world.newHost("client"), "n1")
                .credential("a".getBytes(UTF_8))
                .listener(told)
                .connect();
        bus.advance(Duration.ofSeconds(1));
        assertThat(client.state()).isNotEqualTo(ClientState.ONLINE);
        assertThat(told.events()).first().isEqualTo("disconnected CONNECT_FAILED");
        assertThat(asked).isEmpty();
        client.closeAsync();
        bus.advance(SOON);
        assertThat(told.events()).last().isEqualTo("closed LOCAL");
    }

    // ---- arguments

    @Test
    void argumentsAreJudgedAtOnce() {
        Authenticator none = null;
        assertThatThrownBy(() -> bus.client(bus.serverHost, "n1").credential(new byte[4097]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("credential is 4097 bytes, allowed is 0 to 4096");
        assertThatThrownBy(() -> Grant.to("")).hasMessage("principal is 0 characters, allowed is 1 to 256");
        assertThatThrownBy(() -> Grant.to("p").attaching("a b"))
                .hasMessage("pattern of node ids 'a b', allowed are 1 to 128 characters of A-Z a-z 0-9 . _ : - *");
        assertThatThrownBy(() -> Grant.none().attaching("a")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> dev.heartbeat.HeartbeatServer.builder().authenticator(none))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("authenticator");
    }
}
