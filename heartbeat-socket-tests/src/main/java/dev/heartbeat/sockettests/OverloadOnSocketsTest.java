package dev.heartbeat.sockettests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.OverloadCause;
import dev.heartbeat.OverloadLevel;
import dev.heartbeat.OverloadStats;
import dev.heartbeat.spi.Transport;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A server under pressure keeps its nodes, lets newcomers wait, and recovers by itself. The pressure
 * is of messages, whose handlers block.
 */
@Tag("long")
final class OverloadOnSocketsTest {
    private static final int NODES = 20;
    private static final int MESSAGES = 60;
    private static final int MESSAGE_BYTES = 16_000;
    private static final int WINDOW = 1 << 20;

    @Test
    void serverUnderPressureKeepsItsNodesAndRecovers() throws Exception {
        List<HeartbeatClient> clients = new ArrayList<>();
        try (LocalBus bus = new LocalBus(options -> options.windowBytes(WINDOW)
                        .maxWindowBytes(WINDOW)
                        .inboundBudgetBytes(WINDOW)
                        .heartbeatInterval(Duration.ofSeconds(1)));
                Transport transport = TestedTransport.start(1)) {
            for (int i = 0; i < NODES; i++) {
                bus.application.block("n" + i);
                clients.add(connect(bus, transport, "n" + i));
                bus.told.await("n" + i + " ONLINE");
            }
            for (HeartbeatClient client : clients) {
                for (int i = 0; i < MESSAGES; i++) {
                    client.trySend(ByteBuffer.allocate(MESSAGE_BYTES));
                }
            }
            await(bus, OverloadLevel.CLOSED);
            assertThat(overload(bus).cause()).isEqualTo(OverloadCause.MESSAGES);

            clients.add(connect(bus, transport, "late"));
            // Longer than the timeout.
            Duration silence = bus.server.options().heartbeatTimeout().plusSeconds(1);
            long until = System.nanoTime() + silence.toNanos();
            while (System.nanoTime() < until) {
                assertThat(overload(bus).level()).isEqualTo(OverloadLevel.CLOSED);
                Thread.onSpinWait();
            }
            assertThat(bus.told.lines()).noneMatch(line -> line.contains("SUSPECT") || line.startsWith("late"));

            bus.application.unblockAll();
            await(bus, OverloadLevel.NONE);
            bus.told.await("late ONLINE");
            bus.told.await(
                    lines -> lines.stream()
                                    .filter(line -> line.contains("message of"))
                                    .count()
                            == NODES * MESSAGES,
                    "all messages");
            assertThat(bus.told.lines()).noneMatch(line -> line.contains("SUSPECT"));
            assertThat(overload(bus).entries()).hasSize(4);
            clients.forEach(HeartbeatClient::close);
        }
    }

    private static HeartbeatClient connect(LocalBus bus, Transport transport, String id) {
        return HeartbeatClient.builder()
                .server("127.0.0.1", bus.port())
                .nodeId(id)
                .transport(transport)
                .connect();
    }

    private static OverloadStats overload(LocalBus bus) {
        return bus.server.stats().overload();
    }

    private static void await(LocalBus bus, OverloadLevel level) {
        long until = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (overload(bus).level() != level) {
            assertThat(System.nanoTime()).as("%s", bus.server.stats()).isLessThan(until);
            Thread.onSpinWait();
        }
    }
}
