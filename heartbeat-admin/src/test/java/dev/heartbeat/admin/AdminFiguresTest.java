package dev.heartbeat.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.heartbeat.AttachedNodeListener;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Measures the admin side beside large fleets of gateways, and prints the figures. */
@Tag("long")
@Timeout(600)
final class AdminFiguresTest {
    private static final int NODES_PER_GATEWAY = 10_000;
    private static final int REQUESTS = 30;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final List<HeartbeatClient> gateways = new ArrayList<>();
    private final RecentEvents events = new RecentEvents();

    private HeartbeatServer start(int nodes, Duration interval) throws InterruptedException {
        HeartbeatServer server = HeartbeatServer.builder()
                .host("127.0.0.1")
                .port(0)
                .heartbeatInterval(interval)
                .suspectAfter(interval.multipliedBy(5))
                .heartbeatTimeout(interval.multipliedBy(10))
                .maxNodes(nodes + 1000)
                .maxNodesPerConnection(NODES_PER_GATEWAY + 1)
                .registrationBudgetBytes(4L << 30)
                .listener(events)
                .start();
        for (int i = 0; i < nodes / NODES_PER_GATEWAY; i++) {
            HeartbeatClient gateway = HeartbeatClient.builder()
                    .server("127.0.0.1", server.localAddress().getPort())
                    .nodeId("gateway-" + i)
                    .connect();
            gateways.add(gateway);
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
            assertThat(median("/metrics", probes + "/metrics")).isLessThan(Duration.ofMillis(50));
            Duration suspects = median("nodes that are SUSPECT", api + "/api/nodes?state=SUSPECT");
            assertThat(suspects).isLessThan(Duration.ofMillis(100));
            median("a page of all nodes", api + "/api/nodes?limit=100");
            median("a page by prefix", api + "/api/nodes?prefix=node-77-");
            median("one node", api + "/api/nodes/node-77-77");
        } finally {
            admin.close();
            gateways.forEach(HeartbeatClient::close);
            server.close();
        }
    }

    private static Duration median(String what, String address) throws Exception {
        long[] nanos = new long[REQUESTS];
        for (int i = 0; i < REQUESTS; i++) {
            long beginNs = System.nanoTime();
            int status = Fleet.send(HttpRequest.newBuilder(URI.create(address))).statusCode();
            nanos[i] = System.nanoTime() - beginNs;
            assertThat(status).isEqualTo(200);
        }
        Arrays.sort(nanos);
        System.out.printf(
                "measured: %s: median %.1f ms, longest %.1f ms%n",
                what, nanos[REQUESTS / 2] / 1e6, nanos[REQUESTS - 1] / 1e6);
        return Duration.ofNanos(nanos[REQUESTS / 2]);
    }

    /** A client reads the stream of the page. */
    @Test
    void thePageOfAHundredThousandNodes() throws Exception {
        HeartbeatServer server = start(100_000, Duration.ofSeconds(20));
        HeartbeatAdmin admin = HeartbeatAdmin.builder(server)
                .admin("127.0.0.1", 0)
                .events(events)
                .start();
        try (Socket page = Raw.open(admin.adminAddress())) {
            page.getOutputStream()
                    .write("GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            read(page.getInputStream(), 10); // Warm.
            long beforeNs = cpuNs();
            long beginNs = System.nanoTime();
            read(page.getInputStream(), 30);
            double part = (double) (cpuNs() - beforeNs) / (System.nanoTime() - beginNs);
            System.out.printf("measured: the admin side takes %.2f %% of one core%n", 100 * part);
            assertThat(part).isLessThan(0.05);
        } finally {
            admin.close();
            gateways.forEach(HeartbeatClient::close);
            server.close();
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
