package dev.heartbeat.bench;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.SendResult;
import dev.heartbeat.SuspectReason;
import dev.heartbeat.bench.process.Orders;
import dev.heartbeat.bench.process.OwnMemory;
import dev.heartbeat.bench.process.Resident;
import dev.heartbeat.nio.NioTransport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;

/** The process that sends to nodes that do not read, as much as is accepted. */
final class SlowConsumerServer implements NodeListener {
    private static final int MESSAGE_BYTES = 4096;
    private static final long PAUSE_MS = 10;

    private final Verdicts ofOthers = new Verdicts(id -> !isSlow(id));
    private final LongAdder silent = new LongAdder();
    private final AtomicLong firstLostAt = new AtomicLong(Long.MAX_VALUE);
    private final AtomicLong lastLostAt = new AtomicLong();
    private final LongAdder accepted = new LongAdder();
    private final HeartbeatServer server = HeartbeatServer.builder()
            .transport(NioTransport.start())
            .host("127.0.0.1")
            .port(0)
            .heartbeatInterval(Duration.ofSeconds(1))
            .suspectAfter(Duration.ofMillis(2500))
            .heartbeatTimeout(Duration.ofSeconds(3))
            .grace(Duration.ofSeconds(1))
            // That most of a fleet is given up is what this is about.
            .massGuardMaxHold(Duration.ZERO)
            .channelQueueBytes(SlowConsumerBenchmark.QUEUE_BYTES)
            .writeStallTimeout(SlowConsumerBenchmark.WRITE_STALL)
            .listener(this)
            .start();

    private volatile long startedAt;

    private SlowConsumerServer() {}

    public static void main(String[] args) {
        SlowConsumerServer server = new SlowConsumerServer();
        Orders.obey(server::answer);
    }

    private String answer(String[] words) throws IOException {
        switch (words[0]) {
            case "port" -> {
                return String.valueOf(server.localAddress().getPort());
            }
            case "registered" -> {
                return String.valueOf(server.stats().liveness().online());
            }
            case "push" -> {
                List<String> slow = server.nodes().stream()
                        .map(Node::id)
                        .filter(SlowConsumerServer::isSlow)
                        .toList();
                startedAt = System.nanoTime();
                Thread pushing = new Thread(() -> push(slow), Sender.THREAD);
                pushing.setDaemon(true);
                pushing.start();
                return "started";
            }
            case "memory" -> {
                return OwnMemory.heapAfterCollection() + " " + OwnMemory.direct() + " "
                        + Resident.bytes(ProcessHandle.current().pid());
            }
            case "counts" -> {
                return LongStream.of(
                                accepted.sum(),
                                server.stats().connections().writeStalls(),
                                silent.sum(),
                                lastLostAt.get() == 0 ? 0 : (firstLostAt.get() - startedAt) / 1_000_000,
                                lastLostAt.get() == 0 ? 0 : (lastLostAt.get() - startedAt) / 1_000_000,
                                ofOthers.suspect(),
                                ofOthers.offline())
                        .mapToObj(Long::toString)
                        .reduce((a, b) -> a + " " + b)
                        .orElseThrow();
            }
            default -> throw new IllegalArgumentException(String.join(" ", words));
        }
    }

    private static boolean isSlow(String id) {
        return id.startsWith(SlowConsumerFleet.PREFIX);
    }

    @Override
    public void onSuspect(Node node, SuspectReason reason) {
        ofOthers.onSuspect(node, reason);
        if (!isSlow(node.id())) {
            return;
        }
        if (reason == SuspectReason.LOST) {
            long now = System.nanoTime();
            firstLostAt.accumulateAndGet(now, Math::min);
            lastLostAt.accumulateAndGet(now, Math::max);
        } else {
            silent.increment();
        }
    }

    @Override
    public void onOffline(Node node, OfflineReason reason) {
        ofOthers.onOffline(node, reason);
    }

    /** Each message has memory of its own, as an application's have. */
    private void push(List<String> slow) {
        ByteBuffer message = ByteBuffer.allocate(MESSAGE_BYTES);
        while (true) {
            for (String id : slow) {
                while (server.trySend(id, message) == SendResult.ACCEPTED) {
                    accepted.increment();
                    message = ByteBuffer.allocate(MESSAGE_BYTES);
                }
            }
            try {
                Thread.sleep(PAUSE_MS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }
}
