package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.heartbeat.ClientListener;
import dev.heartbeat.CloseReason;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/**
 * A client's reports of its life: the cause of each end to its listener and its future, and few
 * lines to the log; on virtual time.
 */
final class LifeLogTest {
    private final Bus bus = new Bus(
            31,
            1,
            options -> options.onMessage((node, message) -> {
                throw new IllegalStateException("the handler of life-5 fails");
            }));
    private final Host host = bus.world.newHost("client");
    private final List<ClientListener.Disconnect> told = new ArrayList<>();

    private HeartbeatClient connect(String id) {
        return options(id).connect();
    }

    private HeartbeatClient.Builder options(String id) {
        return bus.client(host, id)
                .reconnectBase(Duration.ofMillis(500))
                .reconnectCap(Duration.ofSeconds(5))
                .listener(new ClientListener() {
                    @Override
                    public void onDisconnected(Disconnect disconnect) {
                        told.add(disconnect);
                    }
                })
                .onMessage(message -> {
                    throw new Unprintable();
                });
    }

    private static final class Unprintable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("not even this");
        }
    }

    @Test
    void connectionThatIsRefusedIsToldWithItsCause() {
        bus.serverHost.refuseConnects(true);
        HeartbeatClient client = connect("life-1");
        bus.advance(Duration.ofSeconds(3));
        var closed = client.closeAsync();
        bus.advance(Duration.ofSeconds(1));

        assertThat(closed).isCompleted();
        assertThat(told.get(0).reason()).isEqualTo(CloseReason.CONNECT_FAILED);
        assertThat(told.get(0).cause()).isInstanceOf(IOException.class).hasMessageContaining("refused");
        assertThat(told.get(0).retryIn()).isNotNull();
        Throwable failure = catchThrowable(() -> client.registered().join());
        assertThat(failure).isInstanceOf(CompletionException.class);
        assertThat(failure.getCause()).hasMessageContaining("LOCAL").hasMessageContaining("refused");
        assertThat(failure.getCause()).hasRootCauseInstanceOf(IOException.class);
    }

    @Test
    void registrationThatIsNotAnsweredIsToldInASentence() throws IOException {
        bus.serverHost.pause();
        HeartbeatClient client = connect("life-2");
        bus.advance(Duration.ofSeconds(6));

        String sentence = "did not answer the registration within 5000 ms";
        assertThat(told.get(0).reason()).isEqualTo(CloseReason.HANDSHAKE_TIMEOUT);
        assertThat(told.get(0).cause()).hasMessageContaining(sentence);
        assertThat(LogFile.entries("life-2"))
                .singleElement()
                .asString()
                .as("without pairs before the text")
                .contains("WARN", ".ClientLog - life-2: the server ", sentence + "; retrying in ");
        isClosedFor(client, sentence);
    }

    @Test
    void unknownHostIsToldByItsName() throws IOException {
        HeartbeatClient client =
                options("life-6").server("nowhere.invalid", 9501).connect();
        bus.advance(Duration.ofMillis(400));

        assertThat(told.get(0).reason()).isEqualTo(CloseReason.CONNECT_FAILED);
        assertThat(told.get(0).cause())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("unknown host nowhere.invalid");
        assertThat(LogFile.entries("life-6").get(0))
                .contains("WARN", "connect to nowhere.invalid:9501 failed: unknown host nowhere.invalid; retrying in ");
        isClosedFor(client, "unknown host nowhere.invalid");
    }

    @Test
    void hostThatDoesNotAnswerIsToldWithItsCause() throws IOException {
        bus.serverHost.powerOff();
        HeartbeatClient client = connect("life-7");
        bus.advance(Duration.ofSeconds(6));

        assertThat(told.get(0).reason()).isEqualTo(CloseReason.CONNECT_FAILED);
        assertThat(told.get(0).cause()).isInstanceOf(IOException.class).hasMessageContaining("timed out");
        assertThat(LogFile.entries("life-7").get(0)).contains("WARN", "connect to ", "timed out; retrying in ");
        isClosedFor(client, "timed out");
    }

    private void isClosedFor(HeartbeatClient client, String why) {
        var closed = client.closeAsync();
        bus.advance(Duration.ofSeconds(6));

        assertThat(closed).isCompleted();
        assertThat(catchThrowable(() -> client.registered().join()).getCause()).hasMessageContaining(why);
    }

    @Test
    void clientWithoutAServerSaysSoFromTimeToTime() throws IOException {
        bus.serverHost.refuseConnects(true);
        connect("life-3");
        bus.advance(Duration.ofMinutes(10));

        List<String> lines = LogFile.entries("life-3");
        assertThat(lines).hasSizeBetween(10, 20);
        assertThat(lines.get(0)).contains("connect to ", "failed: ", "refused; retrying in ");
        assertThat(lines.get(lines.size() - 1)).contains(" more since the last report)");

        bus.serverHost.refuseConnects(false);
        bus.advance(Duration.ofSeconds(10));
        assertThat(LogFile.entries("life-3")).last().asString().contains("registered at ", " after 60");
    }

    @Test
    void lostConnectionAndReturnAreTwoLines() throws IOException {
        HeartbeatClient client = connect("life-4");
        bus.advance(Duration.ofSeconds(5));
        host.resetConnections();
        bus.advance(Duration.ofSeconds(10));
        var unused = client.closeAsync();
        bus.advance(Duration.ofSeconds(1));

        List<String> lines = LogFile.entries("life-4");
        assertThat(lines).hasSize(4);
        assertThat(lines.get(0)).contains("registered at ");
        assertThat(lines.get(1)).contains("retrying in ");
        assertThat(lines.get(2)).contains("registered at ", " after ");
        assertThat(lines.get(3)).contains("closed");
    }

    @Test
    void handlersThatAlwaysThrowAreCountedAndLoggedNowAndThen() throws IOException {
        HeartbeatClient client = connect("life-5");
        HeartbeatServer server = bus.server;
        bus.advance(Duration.ofSeconds(1));
        for (int i = 0; i < 40; i++) {
            for (int j = 0; j < 500; j++) {
                server.trySend("life-5", ByteBuffer.allocate(1));
                client.trySend(ByteBuffer.allocate(1));
            }
            bus.advance(Duration.ofSeconds(1));
        }

        assertThat(client.stats().callbacks().failures()).isEqualTo(20_000);
        assertThat(server.stats().callbacks().failures()).isEqualTo(20_000);
        assertThat(LogFile.entries("an application callback for life-5 threw")).hasSizeBetween(15, 32);
    }
}
