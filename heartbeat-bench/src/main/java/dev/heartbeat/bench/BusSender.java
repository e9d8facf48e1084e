package dev.heartbeat.bench;

import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.SendResult;
import dev.heartbeat.nio.NioTransport;
import dev.heartbeat.spi.TransportOptions;
import java.nio.ByteBuffer;

/** A node that offers the same message again and again. */
final class BusSender extends Sender {
    private final HeartbeatClient client;
    private final ByteBuffer message;

    BusSender(Workload workload, int port) {
        message = ByteBuffer.allocateDirect(workload.bytes());
        client = HeartbeatClient.builder()
                .transport(NioTransport.start(TransportOptions.builder()
                        .eventLoops(1)
                        .sendBufferBytes(workload.sendBufferBytes())
                        .build()))
                .server("127.0.0.1", port)
                .nodeId("sender")
                .connect();
        client.registered().join();
    }

    @Override
    int sendSome() {
        return client.trySend(message) == SendResult.ACCEPTED ? 1 : 0;
    }
}
