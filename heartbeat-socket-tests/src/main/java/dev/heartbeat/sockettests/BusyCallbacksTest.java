package dev.heartbeat.sockettests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.ClientListener;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import dev.heartbeat.testkit.ToxicProxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Callbacks that block take the threads of the application; the bus needs none of those for its own
 * work.
 */
final class BusyCallbacksTest {
    private static final int WORKERS = 4;

    private final CountDownLatch blocked = new CountDownLatch(WORKERS);
    private final CompletableFuture<Void> released = new CompletableFuture<>();

    @Test
    void clientsConnectAndComeBackWhileEveryWorkerBlocks() throws Exception {
        try (LocalBus bus = new LocalBus();
                ToxicProxy proxy = ToxicProxy.start(bus.server.localAddress());
                Transport transport = TestedTransport.start(TransportOptions.builder()
                        .eventLoops(1)
                        .workerThreads(WORKERS)
                        .build())) {
            List<HeartbeatClient> clients = new ArrayList<>();
            for (int i = 0; i < WORKERS; i++) {
                clients.add(connect(proxy, transport, "busy" + i, new Blocking()));
            }
            assertThat(blocked.await(30, TimeUnit.SECONDS)).isTrue();

            clients.add(connect(proxy, transport, "late", new ClientListener() {}));
            bus.told.await("late ONLINE");

            proxy.resetAll();
            bus.told.awaitOf("busy0", "ONLINE", "SUSPECT(LOST)", "ONLINE");
            bus.told.awaitOf("late", "ONLINE", "SUSPECT(LOST)", "ONLINE");
            released.complete(null);
            clients.forEach(HeartbeatClient::close);
        } finally {
            released.complete(null);
        }
    }

    private static HeartbeatClient connect(ToxicProxy proxy, Transport transport, String id, ClientListener listener) {
        return HeartbeatClient.builder()
                .server("localhost", proxy.address().getPort())
                .nodeId(id)
                .listener(listener)
                .transport(transport)
                .connect();
    }

    private final class Blocking implements ClientListener {
        @Override
        public void onRegistered(Registered registered) {
            blocked.countDown();
            released.join();
        }
    }
}
