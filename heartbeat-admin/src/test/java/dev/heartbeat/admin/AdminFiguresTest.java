package dev.heartbeat.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.heartbeat.AttachedNodeListener;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import dev.heartbeat.spi.TransportProvider;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Measures the admin side beside large fleets of clients, and prints the figures. */
@Tag("long")
@Timeout(600)
final class AdminFiguresTest {
    private static final int NODES_PER_GATEWAY = 10_000;
    private static final int REQUESTS = 30;
    private static final int HEARTBEATS_PER_SECOND = 5_000;
    private static final Duration LAG_TIME = Duration.ofSeconds(10);

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final List<HeartbeatClient> clients = new ArrayList<>();
    private final RecentEvents events = new RecentEvents();

    private final Transport serverTransport = transport();
    private final Transport clientTransport = transport();

    private static Transport transport() {
        return TransportProvider.best()
                .orElseThrow()
                .create(TransportOptions.builder().build());
    }

    @AfterEach
    void close() {
        clients.forEach(HeartbeatClient::close);
        clientTransport.close();
        serverTransport.close();
    }

    private HeartbeatServer start(int nodes, Duration interval) throws InterruptedException {
        HeartbeatServer server = HeartbeatServer.builder()
                .transport(serverTransport)
                .host("127.0.0.1")
                .port(0)
                .heartbeatInterval(interval)
                .suspectAfter(interval.multipliedBy(5))
                .heartbeatTimeout(interval.multipliedBy(10))
                .maxNodes(nodes + 10_000)
                .maxNodesPerConnection(NODES_PER_GATEWAY + 1)
                .registrationBudgetBytes(4L << 30)
                .listener(events)
                .start();
        for (int i = 0; i < nodes / NODES_PER_GATEWAY; i++) {
            HeartbeatClient gateway = HeartbeatClient.builder()
                    .server("127.0.0.1", server.localAddress().getPort())
                    .transport(clientTransport)
                    .nodeId("gateway-" + i)
                    .connect();
            clients.add(gateway);
            gateway.registered().join();
            for (int j = 0; j < NODES_PER_GATEWAY; j++) {
                gateway.attach("node-" + i + "-" + j, Map.of("zone", "z" + j % 10), new AttachedNodeListener() {});
            }
            int expected = (i + 1) * (NODES_PER_GATEWAY + 1);
            while (server.nodes().size() < expected) {
                Thread.sleep(10);
            }
        }
        return server;
    }

    @Test
    void aMillionNodes() throws Exception {
        HeartbeatServer server = start(1_000_000, Duration.ofSeconds(30));
        HeartbeatAdmin admin = HeartbeatAdmin.builder(server)
                .probes("127.0.0.1", 0)
                .admin("127.0.0.1", 0)
                .events(events)
                .start();
        try {
            String probes = "http://127.0.0.1:" + admin.probesAddress().getPort();
            String api = "http://127.0.0.1:" + admin.adminAddress().getPort();
            Duration metrics = median("/metrics", probes + "/metrics");
            Duration suspects = median("nodes that are SUSPECT", api + "/api/nodes?state=SUSPECT");
            median("a page of all nodes", api + "/api/nodes?limit=100");
            median("a page by prefix", api + "/api/nodes?prefix=node-77-");
            median("one node", api + "/api/nodes/node-77-77");

            // In turns, since the machine's other work changes.
            for (int i = 0; i < 2; i++) {
                lag("idle", () -> Thread.sleep(1000));
                lag("asked once a second", () -> {
                    ask(probes + "/metrics");
                    ask(api + "/api/nodes?state=SUSPECT");
                    Thread.sleep(1000);
                });
                lag("asked without a pause", () -> {
                    ask(probes + "/metrics");
                    ask(api + "/api/nodes?state=SUSPECT");
                });
            }
            assertThat(metrics).isLessThan(Duration.ofMillis(50));
            assertThat(suspects).isLessThan(Duration.ofMillis(100));
        } finally {
            admin.close();
            server.close();
        }
    }

    private static Duration median(String what, String address) throws Exception {
        long[] nanos = new long[REQUESTS];
        for (int i = 0; i < REQUESTS; i++) {
            long beginNs = System.nanoTime();
            ask(address);
            nanos[i] = System.nanoTime() - beginNs;
        }
        Arrays.sort(nanos);
        System.out.printf(
                "measured: %s: median %.1f ms, longest %.1f ms%n",
                what, nanos[REQUESTS / 2] / 1e6, nanos[REQUESTS - 1] / 1e6);
        return Duration.ofNanos(nanos[REQUESTS / 2]);
    }

    private static void ask(String address) throws Exception {
        int status = Fleet.send(HttpRequest.newBuilder(URI.create(address))).statusCode();
        assertThat(status).isEqualTo(200);
    }

    /** The p99 of the time that a task waits for its event loop, while something is done over and over. */
    private void lag(String when, Work work) throws Exception {
        Queue<Long> waits = new ConcurrentLinkedQueue<>();
        AtomicBoolean over = new AtomicBoolean();
        Thread sampler = new Thread(() -> {
            while (!over.get()) {
                for (EventLoop loop : serverTransport.eventLoops()) {
                    long beginNs = System.nanoTime();
                    loop.execute(() -> waits.add(System.nanoTime() - beginNs));
                }
                LockSupport.parkNanos(1_000_000);
            }
        });
        sampler.start();
        long endNs = System.nanoTime() + LAG_TIME.toNanos();
        int times = 0;
        while (System.nanoTime() - endNs < 0) {
            work.run();
            times++;
        }
        over.set(true);
        sampler.join();
        long[] sorted = waits.stream().mapToLong(Long::longValue).sorted().toArray();
        Duration p99 = Duration.ofNanos(sorted[sorted.length * 99 / 100]);
        System.out.printf(
                "measured: loops, %s (%d times): lag p50 %.3f ms, p99 %.3f ms, longest %.1f ms of %d%n",
                when,
                times,
                sorted[sorted.length / 2] / 1e6,
                p99.toNanos() / 1e6,
                sorted[sorted.length - 1] / 1e6,
                sorted.length);
    }

    private interface Work {
        void run() throws Exception;
    }

    /** A client reads the stream of the page. */
    @Test
    void thePageOfAHundredThousandNodes() throws Exception {
        HeartbeatServer server = start(100_000, Duration.ofSeconds(1));
        beat(server, HEARTBEATS_PER_SECOND);
        HeartbeatAdmin admin = HeartbeatAdmin.builder(server)
                .admin("127.0.0.1", 0)
                .events(events)
                .start();
        try (Socket page = Raw.open(admin.adminAddress())) {
            page.getOutputStream()
                    .write("GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            read(page.getInputStream(), 10); // Warm.
            long beforeNs = cpuNs();
            long heartbeatsBefore = server.stats().liveness().heartbeats();
            long beginNs = System.nanoTime();
            read(page.getInputStream(), 30);
            long tookNs = System.nanoTime() - beginNs;
            double part = (double) (cpuNs() - beforeNs) / tookNs;
            double rate = (server.stats().liveness().heartbeats() - heartbeatsBefore) * 1e9 / tookNs;
            System.out.printf(
                    "measured: with %d nodes and %.0f heartbeats/s, the admin side takes %.2f %% of one core%n",
                    server.nodes().size(), rate, 100 * part);
            assertThat(rate).isGreaterThan(0.9 * HEARTBEATS_PER_SECOND);
            assertThat(part).isLessThan(0.05);
        } finally {
            admin.close();
            server.close();
        }
    }

    /** As many nodes with a connection each, and a heartbeat each second. */
    private void beat(HeartbeatServer server, int nodes) throws InterruptedException {
        long before = server.nodes().size();
        for (int i = 0; i < nodes; i++) {
            clients.add(HeartbeatClient.builder()
                    .server("127.0.0.1", server.localAddress().getPort())
                    .transport(clientTransport)
                    .nodeId("own-" + i)
                    .connect());
            while (before + i - server.nodes().size() > 200) {
                Thread.sleep(1);
            }
        }
        while (server.nodes().size() < before + nodes) {
            Thread.sleep(10);
        }
    }

    private static void read(InputStream in, int samples) throws Exception {
        StringBuilder line = new StringBuilder();
        for (int seen = 0; seen < samples; ) {
            int next = in.read();
            if (next == '\n') {
                seen += line.toString().equals("event: sample") ? 1 : 0;
                line.setLength(0);
            } else {
                line.append((char) next);
            }
        }
    }

    /** The processor time of all threads of the admin side. */
    private long cpuNs() {
        long sum = 0;
        for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread != null && thread.getThreadName().startsWith("heartbeat-admin")) {
                sum += threads.getThreadCpuTime(thread.getThreadId());
            }
        }
        return sum;
    }
}
