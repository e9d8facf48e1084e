package dev.heartbeat.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.ClientState;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.NodeState;
import dev.heartbeat.auth.Applicant;
import dev.heartbeat.auth.Grant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Credentials that are not accepted slow down their sender, and nobody else. */
@Tag("M116")
final class GuessesTest {
    private static final Duration SOON = Duration.ofMillis(500);
    private static final Duration RETRY = Duration.ofMillis(50);
    private static final int PLACES = 16;

    /** With a credential of five characters behind it. */
    private static final String REGISTER_N1 =
            "ab0206000000000000000027 0123456789abcdef 00000001 0000000000010000 0000000000010000 02 6e31";

    private final List<String> asked = new ArrayList<>();
    private final List<Duration> when = new ArrayList<>();
    private final List<CompletableFuture<Grant>> answers = new ArrayList<>();
    private boolean answersLater;

    private final Bus bus = new Bus(
            161,
            2,
            options -> options.authenticator(this::authenticate)
                    .authenticationTimeout(Duration.ofSeconds(2))
                    .maxAuthentications(PLACES));
    private final Host host = bus.world.newHost("guesser");

    private CompletionStage<Grant> authenticate(Applicant applicant) {
        asked.add(applicant.nodeId());
        when.add(bus.world.now());
        if (answersLater) {
            CompletableFuture<Grant> answer = new CompletableFuture<>();
            answers.add(answer);
            return answer;
        }
        return completedFuture(decide(applicant));
    }

    private static Grant decide(Applicant applicant) {
        byte[] shown = applicant.credential();
        String credential = shown == null ? "" : new String(shown, UTF_8);
        return credential.startsWith("right") ? Grant.to(credential) : Grant.none();
    }

    private HeartbeatClient.Builder client(Host from, String id) {
        return bus.client(from, id)
                .plaintextCredentials(true)
                .reconnectBase(RETRY)
                .reconnectCap(RETRY);
    }

    private HeartbeatClient connect(Host from, String id, String credential) {
        HeartbeatClient client =
                client(from, id).credential(credential.getBytes(UTF_8)).connect();
        bus.advance(SOON);
        return client;
    }

    private void guess(Host from, String id, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(connect(from, id, "guess " + i).state()).isEqualTo(ClientState.CLOSED);
        }
    }

    /** The waits between the attempts of a client that guesses five times. */
    private List<Long> secondsBetweenGuesses(Host from, String id) {
        return secondsBetween(from, id, "guess");
    }

    private List<Long> secondsBetween(Host from, String id, String credential) {
        int[] next = {0};
        when.clear();
        client(from, id)
                .credentials(() -> completedFuture((credential + next[0]++).getBytes(UTF_8)))
                .connect();
        bus.advance(Duration.ofMinutes(4));
        List<Long> waits = new ArrayList<>();
        for (int i = 1; i < when.size(); i++) {
            waits.add(when.get(i).minus(when.get(i - 1)).toSeconds());
        }
        return waits;
    }

    // ---- the wait

    @Test
    void waitGrowsWithTheFailuresOfAnIdAtAnAddress() {
        assertThat(secondsBetweenGuesses(host, "n1")).containsExactly(0L, 1L, 2L, 4L);
        assertThat(secondsBetweenGuesses(host, "n2")).containsExactly(0L, 1L, 2L, 4L);
        assertThat(secondsBetweenGuesses(bus.world.newHost("elsewhere"), "n1")).containsExactly(0L, 1L, 2L, 4L);
        assertThat(bus.server.stats().connections().unauthorized()).isEqualTo(15);
    }

    @Test
    void rightCredentialIsTakenAtOnceHoweverManyFailedBefore() {
        guess(host, "n1", 12);
        HeartbeatClient right = connect(host, "n1", "right");
        assertThat(right.state()).isEqualTo(ClientState.ONLINE);
        right.closeAsync();
        bus.advance(SOON);
        // It succeeded, so the waits begin anew.
        assertThat(secondsBetweenGuesses(host, "n1")).containsExactly(0L, 1L, 2L, 4L);
    }

    @Test
    void failuresAreForgottenInSilence() {
        guess(host, "n1", 12);
        bus.advance(Duration.ofMinutes(9));
        assertThat(secondsBetweenGuesses(host, "n1")).containsExactly(0L, 1L, 2L, 4L);
    }

    /** Else the wait would show which ids exist. */
    @Test
    void nodeOfAnotherPrincipalIsRefusedLikeAWrongCredential() {
        connect(bus.world.newHost("owner"), "n1", "right of A");
        assertThat(secondsBetween(host, "n1", "right of B")).containsExactly(0L, 1L, 2L, 4L);
        assertThat(bus.told.of("n1")).containsExactly("ONLINE");
    }

    /** A credential that a registered node shows is judged like its first. */
    @Test
    void refusedRenewalIsAFailureToo() {
        ScriptedPeer peer = ScriptedPeer.client(host.transport(), bus.server.localAddress());
        peer.connect().raw(REGISTER_N1 + tlv("right")).expectRegistered();
        for (int i = 0; i < 3; i++) {
            peer.raw("ab020f0000000000" + String.format("%08x", 8) + tlv("wrong"))
                    .expectError("UNAUTHORIZED");
        }
        peer.play();
        bus.advance(SOON);
        peer.verify();
        assertThat(bus.server.stats().connections().unauthorized()).isEqualTo(3);
        assertThat(secondsBetweenGuesses(host, "n1")).containsExactly(4L, 8L, 16L, 32L);
    }

    private static String tlv(String credential) {
        return String.format("03%04x", credential.length()) + HexFormat.of().formatHex(credential.getBytes(UTF_8));
    }

    // ---- the places

    @Test
    void addressThatFailsHasAShareOfThePlacesAndOthersHaveTheRest() {
        guess(host, "n1", 1);
        answersLater = true;
        asked.clear();
        ClientRecorder told = new ClientRecorder();
        for (int i = 0; i < 10; i++) {
            client(host, "g" + i).credential(new byte[1]).listener(told).connect();
        }
        bus.advance(Duration.ofMillis(20));
        assertThat(asked).hasSize(PLACES / 8);
        assertThat(told.events())
                .filteredOn(event -> event.contains("NODE_CAPACITY: too many registrations wait to be decided on"))
                .hasSize(10 - PLACES / 8);
        for (int i = 0; i < PLACES; i++) {
            client(bus.world.newHost("other"), "o" + i).credential(new byte[1]).connect();
        }
        bus.advance(Duration.ofMillis(20));
        assertThat(asked).filteredOn(id -> id.startsWith("o")).hasSize(PLACES - PLACES / 8);
    }

    /** Whatever becomes of a question: an answer, none in time, or the end of its connection. */
    @Test
    void placesAreGivenBack() {
        guess(host, "n1", 1);
        for (int round = 0; round < 6; round++) {
            answersLater = true;
            answers.clear();
            for (int i = 0; i < PLACES / 8; i++) {
                client(host, "g" + i)
                        .credential(new byte[1])
                        .autoReconnect(false)
                        .connect();
            }
            bus.advance(Duration.ofMillis(100));
            assertThat(answers).as("round %d", round).hasSize(PLACES / 8);
            switch (round % 3) {
                case 0 -> answers.forEach(answer -> answer.complete(Grant.none()));
                case 1 -> host.resetConnections();
                default -> bus.advance(Duration.ofSeconds(3));
            }
            bus.advance(SOON);
        }
        answersLater = false;
        assertThat(connect(host, "n2", "right").state()).isEqualTo(ClientState.ONLINE);
        assertThat(bus.server.nodes().count(NodeState.ONLINE)).isOne();
    }
}
