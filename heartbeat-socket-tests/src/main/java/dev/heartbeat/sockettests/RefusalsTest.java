package dev.heartbeat.sockettests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.ClientListener;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.UndeliveredException;
import dev.heartbeat.UndeliveredException.Reason;
import dev.heartbeat.spi.Transport;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Messages that one side has no memory for, and what the other side's application hears of them.
 */
final class RefusalsTest {
    private static final int BUDGET = 100_000;
    private static final int TOO_MUCH = 300_000;

    private final Told told = new Told();

    private final class AtServer implements NodeListener {
        @Override
        public void onUndelivered(Node node, ByteBuffer message, Reason reason) {
            told.add("server " + message.remaining() + " " + reason);
        }
    }

    private final class AtClient implements ClientListener {
        @Override
        public void onUndelivered(ByteBuffer message, Reason reason) {
            told.add("client " + message.remaining() + " " + reason);
        }
    }

    @Test
    @Tag("M97")
    void eachSideHearsOfWhatTheOtherRefuses() throws Exception {
        Transport transport = TestedTransport.start(1);
        try (LocalBus bus = new LocalBus(options -> options.inboundBudgetBytes(BUDGET)
                        .listener(new AtServer())
                        .onMessage((from, message) -> told.add("taken by server " + message.remaining())));
                HeartbeatClient client = HeartbeatClient.builder()
                        .server("127.0.0.1", bus.port())
                        .nodeId("n1")
                        .inboundBudgetBytes(BUDGET)
                        .listener(new AtClient())
                        .onMessage(message -> told.add("taken by client " + message.remaining()))
                        .transport(transport)
                        .connect()) {
            client.registered().get(30, TimeUnit.SECONDS);
            for (int size : new int[] {TOO_MUCH, 10, TOO_MUCH + 1}) {
                client.trySend(ByteBuffer.allocate(size));
                bus.server.trySend("n1", ByteBuffer.allocate(size));
            }
            told.awaitOf("client", "300000 REFUSED", "300001 REFUSED");
            told.awaitOf("server", "300000 REFUSED", "300001 REFUSED");
            told.await("taken by server 10");
            told.await("taken by client 10");

            Duration hour = Duration.ofHours(1);
            assertRefused(client.request(ByteBuffer.allocate(TOO_MUCH), hour));
            assertRefused(bus.server.request("n1", ByteBuffer.allocate(TOO_MUCH), hour));
            assertThat(told.of("client")).hasSize(2);
            assertThat(told.of("server")).hasSize(2);
            assertThat(client.stats().messages().undeliveredTotal()).isEqualTo(3);
            assertThat(bus.server.stats().messages().undeliveredTotal()).isEqualTo(3);
        } finally {
            transport.close();
        }
    }

    private static void assertRefused(CompletableFuture<ByteBuffer> reply) {
        assertThatThrownBy(() -> reply.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        UndeliveredException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(Reason.REFUSED));
    }
}
