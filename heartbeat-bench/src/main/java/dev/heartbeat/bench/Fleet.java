package dev.heartbeat.bench;

import dev.heartbeat.ClientListener;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.spi.Transport;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Many nodes of one process, each with a connection of its own, that beat and do nothing else. */
final class Fleet {
    private static final int PATIENCE_SECONDS = 60;

    /** So many at a time, which is less than what the kernel lets wait for a listener. */
    private static final int AT_ONCE = 500;

    private Fleet() {}

    /** Returns when all are registered. */
    static List<HeartbeatClient> connect(
            Transport transport,
            int port,
            String prefix,
            int count,
            RoundTrips roundTrips,
            Consumer<ByteBuffer> onMessage)
            throws InterruptedException, ExecutionException, TimeoutException {
        List<HeartbeatClient> clients = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            clients.add(HeartbeatClient.builder()
                    .server("127.0.0.1", port)
                    .nodeId(prefix + i)
                    .transport(transport)
                    .listener(new ClientListener() {
                        @Override
                        public void onHeartbeat(Duration rtt) {
                            roundTrips.add(rtt);
                        }
                    })
                    .onMessage(onMessage)
                    .connect());
            if (i % AT_ONCE == 0 || i == count) {
                for (HeartbeatClient client : clients.subList((i - 1) / AT_ONCE * AT_ONCE, i)) {
                    client.registered().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
                }
            }
        }
        return clients;
    }
}
