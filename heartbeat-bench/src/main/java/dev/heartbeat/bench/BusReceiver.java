package dev.heartbeat.bench;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.nio.NioTransport;

/** A server whose application takes messages as it does by default, on worker threads. */
final class BusReceiver implements Receiver {
    private final Tally tally;
    private final HeartbeatServer server;

    BusReceiver(Workload workload) {
        tally = new Tally(workload);
        server = HeartbeatServer.builder()
                .transport(NioTransport.start())
                .host("127.0.0.1")
                .port(0)
                .onMessage((from, message) -> tally.add(message))
                .start();
    }

    @Override
    public int port() {
        return server.localAddress().getPort();
    }

    @Override
    public long count() {
        return tally.count();
    }
}
