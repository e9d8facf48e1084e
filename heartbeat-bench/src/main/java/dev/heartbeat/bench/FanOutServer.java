package dev.heartbeat.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.heartbeat.BroadcastResult;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.bench.process.Orders;
import dev.heartbeat.nio.NioTransport;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;

/** The process that sends to all. */
final class FanOutServer {
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final HeartbeatServer server = HeartbeatServer.builder()
            .transport(NioTransport.start())
            .host("127.0.0.1")
            .port(0)
            .start();

    private FanOutServer() {}

    public static void main(String[] args) {
        FanOutServer server = new FanOutServer();
        Orders.obey(server::answer);
    }

    private String answer(String[] words) {
        return switch (words[0]) {
            case "port" -> String.valueOf(server.localAddress().getPort());
            case "broadcast" -> broadcast(Long.parseLong(words[1]), Integer.parseInt(words[2]));
            case "cpu" -> String.valueOf(SYSTEM.getProcessCpuTime());
            default -> throw new IllegalArgumentException(String.join(" ", words));
        };
    }

    /**
     * The CPU time before, the time it began and the time it returned, and how many accepted it.
     */
    private String broadcast(long round, int bytes) {
        ByteBuffer message = ByteBuffer.allocate(bytes).putLong(0, round);
        long cpuBefore = SYSTEM.getProcessCpuTime();
        long startedAt = System.nanoTime();
        BroadcastResult result = server.broadcast(message);
        return cpuBefore + " " + startedAt + " " + System.nanoTime() + " " + result.accepted();
    }
}
