package dev.heartbeat.sockettests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers that say too little. */
final class SilenceTest {

    @Test
    @Tag("M17")
    void frameThatIsCutAnywhereAndNotContinuedIsSilence() throws IOException {
        byte[] register = Frame.register("n1").bytes();
        List<RawPeer> peers = new ArrayList<>();
        try (LocalBus bus = new LocalBus(options -> options.handshakeTimeout(Duration.ofMillis(200)))) {
            for (int cut = 0; cut < register.length; cut++) {
                RawPeer peer = bus.connect();
                peers.add(peer);
                peer.send(Arrays.copyOf(register, cut));
            }
            for (RawPeer peer : peers) {
                List<Frame> answers = peer.untilEnd();
                assertThat(answers).hasSize(1);
                assertThat(ErrorCodes.of(answers.get(0))).isEqualTo("HANDSHAKE_TIMEOUT connection");
                peer.close();
            }
            assertThat(bus.server.stats().connections().handshakeTimeouts()).isEqualTo(register.length);
            assertThat(bus.server.stats().connections().errorsSent()).containsOnlyKeys("HANDSHAKE_TIMEOUT");
            assertThat(bus.errors("HANDSHAKE_TIMEOUT")).isEqualTo(register.length);
        }
    }

    @Test
    void frameThatIsCutAnywhereByTheEndOfTheStreamIsNoError() throws IOException {
        byte[] register = Frame.register("n1").bytes();
        try (LocalBus bus = new LocalBus()) {
            for (int cut = 0; cut < register.length; cut++) {
                try (RawPeer peer = bus.connect()) {
                    peer.send(Arrays.copyOf(register, cut));
                    peer.end();
                    assertThat(peer.untilEnd()).isEmpty();
                }
            }
            assertThat(bus.server.stats().connections().errorsSent()).isEmpty();
            assertThat(bus.server.stats().liveness().registrations()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pings", "refused registrations"})
    @Tag("M17")
    @Tag("M18")
    void onlyARegistrationEndsTheDeadline(String instead) throws Exception {
        try (LocalBus bus = new LocalBus(options -> options.handshakeTimeout(Duration.ofMillis(300)));
                RawPeer peer = bus.connect()) {
            if (instead.equals("refused registrations")) {
                peer.send(Frame.register(""));
                assertThat(ErrorCodes.of(peer.next())).isEqualTo("INVALID_NODE_ID node");
            }
            Frame answer;
            do {
                Thread.sleep(2); // A fast machine would reach the limit of control frames.
                peer.send(Frame.ping(""));
                answer = peer.next();
            } while (answer.type() == Frame.PONG);
            assertThat(ErrorCodes.of(answer)).isEqualTo("HANDSHAKE_TIMEOUT connection");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Tag("M29")
    @Tag("M30")
    @Tag("M31")
    void registeredPeerThatFallsSilentIsProbedAndSentAway(boolean inTheMiddleOfAFrame) throws IOException {
        try (LocalBus bus = new LocalBus(options -> options.heartbeatInterval(Duration.ofMillis(50))
                        .suspectAfter(Duration.ofMillis(150))
                        .heartbeatTimeout(Duration.ofMillis(300)));
                RawPeer peer = bus.connect("n1")) {
            byte[] heartbeat = Frame.heartbeat(1).bytes();
            if (inTheMiddleOfAFrame) {
                peer.send(Arrays.copyOf(heartbeat, 13));
            }
            assertThat(peer.next()).isEqualTo(Frame.ping(""));
            if (inTheMiddleOfAFrame) {
                peer.send(Arrays.copyOfRange(heartbeat, 13, 27));
            }
            List<Frame> rest = peer.untilEnd();
            assertThat(rest).hasSize(1);
            assertThat(rest.get(0).type()).isEqualTo(Frame.GO_AWAY);
            // Scope connection, TIMEOUT, come back as your backoff says.
            assertThat(rest.get(0).payload()).startsWith("00" + "0004" + "00000000");
            bus.told.await("n1 OFFLINE(TIMEOUT)");
            assertThat(bus.told.of("n1")).containsExactly("ONLINE", "SUSPECT(SILENT)", "OFFLINE(TIMEOUT)");
        }
    }
}
