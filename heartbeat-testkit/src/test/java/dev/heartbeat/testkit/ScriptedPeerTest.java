package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Two scripted peers, each of which is held to the other's script. */
final class ScriptedPeerTest {
    private final Simulation world = new Simulation(1);
    private final ScriptedPeer server =
            ScriptedPeer.server(world.newHost("server").transport());
    private final ScriptedPeer client =
            ScriptedPeer.client(world.newHost("client").transport(), server.address());

    private void play() {
        server.play();
        client.play();
        world.advance(Duration.ofSeconds(1));
    }

    @Test
    void everyWordIsUnderstoodByTheOther() {
        client.connect().register("n1").expectRegistered();
        client.heartbeat()
                .expectHeartbeatAnswer()
                .ping()
                .expectPong()
                .data("up")
                .expectData("down");
        client.credit(100_000)
                .connectionCredit(100_000)
                .error("UNKNOWN_CHANNEL")
                .unregister();
        client.expectGoAway("SHUTDOWN").expectError("MALFORMED").expectEndOfStream();
        server.expectConnection().expectRegister("n1").registered();
        server.expectHeartbeat()
                .answerHeartbeat()
                .expectPing()
                .pong()
                .expectData("up")
                .data("down");
        server.expectCredit().expectCredit().expectError("UNKNOWN_CHANNEL").expectUnregister();
        server.goAway("SHUTDOWN", Duration.ZERO).error("MALFORMED").end();
        play();
        client.verify();
        server.verify();
    }

    @Test
    void aMismatchIsToldInLinesOfFrames() {
        client.connect().register("n1").expectRegistered().heartbeat().expectHeartbeatAnswer();
        server.expectConnection()
                .expectRegister("n1")
                .registered()
                .expectHeartbeat()
                .error("NOT_REGISTERED");
        play();
        assertThatThrownBy(client::verify).isInstanceOf(AssertionError.class).hasMessage("""
                step 6 of 6 of the script
                  expected
                    << HEARTBEAT_RES                                   to timestamp 1
                  and came
                    << ERROR           stream 0               3 bytes  NOT_REGISTERED
                  after
                    connected
                    >> REGISTER        stream 0              31 bytes
                    << REGISTERED      stream 0              52 bytes  epoch 1
                    >> HEARTBEAT_REQ   stream 0              16 bytes""");
        server.verify();
    }

    @Test
    void missingFrameIsReported() {
        client.connect().register("n1").expectRegistered();
        server.expectConnection().raw("ab0209 00");
        play();
        assertThatThrownBy(client::verify).hasMessageContaining("""
                  expected
                    << REGISTERED
                  and came
                    nothing
                    << 4 bytes of a frame that did not end
                """);
    }

    @Test
    void unexpectedFrameIsReported() {
        client.connect().ping();
        server.expectConnection();
        play();
        client.verify();
        assertThatThrownBy(server::verify).hasMessageContaining("""
                  expected
                    nothing more
                  and came
                    << PING            stream 0               0 bytes
                """);
    }

    @Test
    void ignoredFramesAreSkipped() {
        client.connect().ping().heartbeat().ping();
        server.ignore("PING").expectConnection().expectHeartbeat();
        play();
        server.verify();
    }

    @Test
    void anEndThatComesInsteadIsTold() {
        client.connect().reset();
        server.expectConnection().expectRegister("n1");
        play();
        assertThatThrownBy(server::verify).hasMessageContaining("<< REGISTER").hasMessageContaining("<< reset");
    }

    @Test
    void unplayedStepsAreNotForgotten() {
        client.connect();
        assertThatThrownBy(client::verify).hasMessageContaining("play() was not called");
    }

    @Test
    void aConnectThatFailsIsTold() {
        server.close();
        client.connect();
        client.play();
        world.advance(Duration.ofSeconds(1));
        assertThatThrownBy(client::verify).hasMessageContaining("refused");
    }

    @Test
    void itIsPlayedOnAfterMoreSteps() {
        client.connect();
        server.expectConnection();
        play();
        client.ping().expectPong();
        server.expectPing().pong();
        play();
        client.verify();
        server.verify();
        assertThat(client.play()).isCompleted();
    }

    @Test
    void namesThatTheProtocolDoesNotHaveAreRefusedAtOnce() {
        assertThatIllegalArgumentException().isThrownBy(() -> client.expectError("NO_SUCH_CODE"));
        assertThatIllegalArgumentException().isThrownBy(() -> client.expect("NO_SUCH_TYPE"));
        assertThatIllegalArgumentException().isThrownBy(() -> client.expectGoAway("NO_SUCH_REASON"));
    }
}
