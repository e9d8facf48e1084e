package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.ClientState;
import dev.heartbeat.HeartbeatClient;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A client against scripted servers that behave like no server of this library. */
final class OddServersTest {
    private final Simulation world = new Simulation(7);
    private final ScriptedPeer server =
            ScriptedPeer.server(world.newHost("server").transport());
    private final ClientRecorder told = new ClientRecorder();
    private final HeartbeatClient client = HeartbeatClient.builder()
            .server(
                    server.address().getAddress().getHostAddress(),
                    server.address().getPort())
            .nodeId("n1")
            .listener(told)
            .reconnectBase(Duration.ofMillis(100))
            .reconnectCap(Duration.ofMillis(500))
            .transport(world.newHost("client").transport())
            .connect();

    private void playFor(Duration duration) {
        server.play();
        world.advance(duration);
        server.verify();
    }

    private void register() {
        server.expectConnection().expectRegister("n1").registered();
        playFor(Duration.ofMillis(100));
        assertThat(client.state()).isEqualTo(ClientState.ONLINE);
    }

    @Test
    @Tag("M17")
    void aServerThatNeverAnswersIsLeftAndTriedAgain() {
        server.expectConnection().expectRegister("n1").expectReset();
        server.expectConnection().expectRegister("n1");
        playFor(Duration.ofSeconds(6));
        assertThat(told.events()).containsExactly("connected", "disconnected HANDSHAKE_TIMEOUT", "connected");
    }

    @Test
    @Tag("M17")
    void aServerThatAnswersWithPartsOfAFrameOnlyIsLeftToo() {
        server.expectConnection().expectRegister("n1");
        playFor(Duration.ofSeconds(1));
        for (String part : new String[] {"ab", "02", "09", "00"}) {
            server.raw(part);
            playFor(Duration.ofMillis(900));
        }
        server.expectReset();
        playFor(Duration.ofSeconds(1));
        assertThat(told.events()).contains("disconnected HANDSHAKE_TIMEOUT");
    }

    @Test
    @Tag("M16")
    void aSecondRegisteredIsAnError() {
        register();
        server.registered().expectError("UNEXPECTED_FRAME").expectEndOfStream();
        playFor(Duration.ofSeconds(3));
        assertThat(told.events())
                .containsSubsequence(
                        "registered",
                        "error the server broke the protocol: UNEXPECTED_FRAME",
                        "disconnected PROTOCOL_ERROR");
    }

    @Test
    @Tag("M16")
    void anAnswerToAHeartbeatBeforeTheRegistrationIsAnError() {
        server.expectConnection()
                .expectRegister("n1")
                .answerHeartbeat()
                .expectError("UNEXPECTED_FRAME")
                .expectEndOfStream();
        playFor(Duration.ofSeconds(3));
        assertThat(told.events()).contains("disconnected PROTOCOL_ERROR");
    }

    @Test
    void anAnswerToAHeartbeatThatNeverWasDoesNoHarm() {
        register();
        server.answerHeartbeat().answerHeartbeat().raw("ab0202000000000000000010 0000000000000001 0000000000000000");
        playFor(Duration.ofSeconds(1));
        assertThat(client.state()).isEqualTo(ClientState.ONLINE);
        assertThat(client.rtt()).isNull();
        assertThat(told.events()).containsExactly("connected", "registered");
    }

    @Test
    @Tag("M53")
    void aClientThatIsToldWhenToComeBackDoesNotComeBefore() {
        register();
        server.goAway("OVERLOADED", Duration.ofSeconds(40)).expectEndOfStream();
        playFor(Duration.ofSeconds(39));
        assertThat(client.state()).isEqualTo(ClientState.WAITING);

        server.expectConnection().expectRegister("n1");
        playFor(Duration.ofSeconds(3));
        assertThat(told.events()).containsSubsequence("disconnected GO_AWAY", "connected");
    }

    @Test
    @Tag("M41")
    void creditThatGoesBackTakesNothingAway() {
        register();
        server.credit(0).connectionCredit(20_000).expectData("still allowed");
        server.play();
        world.advance(Duration.ofMillis(10));
        client.trySend(ByteBuffer.wrap("still allowed".getBytes(StandardCharsets.UTF_8)));
        playFor(Duration.ofMillis(100));
    }

    @Test
    @Tag("M29")
    void partsOfAFrameAreNoSignOfLifeOfAServerEither() {
        server.expectConnection()
                .expectRegister("n1")
                .registered(Duration.ofSeconds(1), Duration.ofMillis(2500), Duration.ofSeconds(3));
        server.ignore("HEARTBEAT_REQ").ignore("PING");
        playFor(Duration.ofMillis(200));
        for (int i = 0; i < 10; i++) {
            server.raw(i == 0 ? "ab0205000000000000000020" : "00");
            server.play();
            world.advance(Duration.ofMillis(300));
        }
        assertThat(told.events()).startsWith("connected", "registered", "suspect", "disconnected TIMEOUT");
    }
}
