package dev.heartbeat.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.heartbeat.Channel;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.spi.Distribution;
import dev.heartbeat.spi.Recorder;
import dev.heartbeat.spi.RecorderProvider;
import dev.heartbeat.testkit.Host;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The meters show what a server and a client count. */
final class MetricsTest {
    private final World world = new World(7);
    private final MockClock clock = new MockClock();
    private final MeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);

    @Test
    void metersOfAServerFollowItsNodes() {
        new HeartbeatServerMetrics(world.server).bindTo(registry);
        HeartbeatClient staying = world.client("staying");
        Host dying = world.simulation.newHost("dying");
        world.client("dying", dying);
        world.advance(Duration.ofSeconds(5));

        assertThat(gauge("heartbeat.running")).isEqualTo(1);
        assertThat(gauge("heartbeat.nodes", "state", "online")).isEqualTo(2);
        assertThat(gauge("heartbeat.connections")).isEqualTo(2);
        assertThat(count("heartbeat.registrations")).isEqualTo(2);
        assertThat(count("heartbeat.beats")).isGreaterThanOrEqualTo(8);

        world.simulation.partition(dying, world.host);
        staying.trySend(ByteBuffer.allocate(10));
        world.advance(Duration.ofSeconds(10));
        clock.add(Duration.ofSeconds(10));

        assertThat(gauge("heartbeat.nodes", "state", "online")).isEqualTo(1);
        assertThat(count("heartbeat.offline", "reason", "timeout")).isEqualTo(1);
        assertThat(count("heartbeat.messages", "direction", "in")).isEqualTo(1);
        assertThat(registry.get("heartbeat.detection").functionTimer().count()).isEqualTo(1);
        assertThat(registry.get("heartbeat.detection.max").timeGauge().value()).isBetween(3.0, 3.1);
    }

    @Test
    void metersOfAClientFollowIt() {
        HeartbeatClient client = world.client("a");
        new HeartbeatClientMetrics(client, Tags.of("fleet", "north")).bindTo(registry);
        Channel channel = client.openChannel("news", ChannelOptions.defaults(), new ChannelListener() {});
        channel.trySend(ByteBuffer.allocate(3));
        world.advance(Duration.ofSeconds(5));

        assertThat(gauge("heartbeat.client.state", "state", "online", "fleet", "north"))
                .isEqualTo(1);
        assertThat(gauge("heartbeat.client.state", "state", "closed")).isZero();
        assertThat(count("heartbeat.client.registrations")).isEqualTo(1);
        assertThat(count("heartbeat.client.channels.opened")).isEqualTo(1);
        assertThat(count("heartbeat.client.messages", "direction", "out")).isEqualTo(1);
        assertThat(count("heartbeat.client.beats.answered")).isGreaterThanOrEqualTo(4);
        assertThat(registry.get("heartbeat.client.latency").timeGauge().value()).isPositive();
    }

    @Test
    void scrapeTakesOneSnapshot() {
        CountingRecorders recorders = new CountingRecorders();
        World counting = new World(9, options -> options.recorders(recorders));
        PrometheusMeterRegistry prometheus = prometheus();
        new HeartbeatServerMetrics(counting.server).bindTo(prometheus);
        counting.client("a");
        counting.advance(Duration.ofSeconds(5));

        recorders.summaries.set(0);
        assertThat(counting.server.stats().toString()).isNotEmpty(); // Each measure once.
        int each = recorders.summaries.getAndSet(0);
        prometheus.scrape();

        assertThat(recorders.summaries.getAndSet(0)).isEqualTo(each).isPositive();

        prometheus.scrape();
        assertThat(recorders.summaries).hasValue(0);

        clock.add(Duration.ofMillis(50));
        prometheus.scrape();
        assertThat(recorders.summaries).hasValue(each);
    }

    /** Of nothing that it takes. */
    private static final class CountingRecorders implements RecorderProvider {
        private final AtomicInteger summaries = new AtomicInteger();

        @Override
        public Recorder newRecorder() {
            return nanos -> {};
        }

        @Override
        public Distribution summarize(List<Recorder> recorders) {
            summaries.incrementAndGet();
            return new Distribution(0, 0, 0, Distribution.UNKNOWN, Distribution.UNKNOWN);
        }
    }

    @Test
    void theNumberOfSeriesDoesNotDependOnNodes() {
        PrometheusMeterRegistry prometheus = prometheus();
        new HeartbeatServerMetrics(world.server).bindTo(prometheus);
        world.client("a");
        long ofOne = series(prometheus);

        List<HeartbeatClient> clients = new ArrayList<>();
        for (int i = 0; i < 499; i++) {
            clients.add(world.client("node-" + i));
        }
        clients.get(0).openChannel("news", ChannelOptions.defaults(), new ChannelListener() {});
        world.server.kick("node-1", "enough");
        clients.get(2).closeAsync();
        world.advance(Duration.ofSeconds(10));
        clock.add(Duration.ofSeconds(10));

        assertThat(series(prometheus)).isEqualTo(ofOne).isBetween(100L, 250L);
        assertThat(prometheus.scrape()).contains("heartbeat_nodes{state=\"online\"} 498.0");
    }

    private static long series(PrometheusMeterRegistry prometheus) {
        return prometheus.scrape().lines().filter(line -> !line.startsWith("#")).count();
    }

    private PrometheusMeterRegistry prometheus() {
        return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, new PrometheusRegistry(), clock);
    }

    @Test
    void removedMetersAreInNoScrape() {
        PrometheusMeterRegistry prometheus = prometheus();
        world.client("a");
        HeartbeatServerMetrics metrics = new HeartbeatServerMetrics(world.server);
        metrics.bindTo(prometheus);
        metrics.bindTo(registry);

        assertThat(prometheus.scrape().lines())
                .contains(
                        "heartbeat_nodes{state=\"online\"} 1.0",
                        "heartbeat_registrations_total 1.0",
                        "heartbeat_offline_total{reason=\"timeout\"} 0.0");

        metrics.close();
        metrics.close();

        assertThat(prometheus.scrape()).isEmpty();
        assertThat(registry.getMeters()).isEmpty();
        assertThatIllegalStateException()
                .isThrownBy(() -> metrics.bindTo(registry))
                .withMessageContaining("closed");
    }

    @Test
    void severalServersOfARegistryNeedTags() {
        HeartbeatServerMetrics metrics = new HeartbeatServerMetrics(world.server);
        metrics.bindTo(registry);
        int meters = registry.getMeters().size();
        HeartbeatServer other = new World(8).server;

        assertThatIllegalStateException()
                .isThrownBy(() -> metrics.bindTo(registry))
                .withMessageContaining("in this registry already");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HeartbeatServerMetrics(other).bindTo(registry))
                .withMessageContaining("heartbeat.running")
                .withMessageContaining("tags");
        assertThat(registry.getMeters()).hasSize(meters);

        new HeartbeatServerMetrics(other, Tags.of("server", "other")).bindTo(registry);
        assertThat(registry.getMeters()).hasSize(2 * meters);
    }

    @Test
    void nullAndClosedOnesAreRefused() {
        assertThatNullPointerException()
                .isThrownBy(() -> new HeartbeatServerMetrics(null))
                .withMessage("server");
        assertThatNullPointerException()
                .isThrownBy(() -> new HeartbeatServerMetrics(world.server, null))
                .withMessage("tags");
        assertThatNullPointerException()
                .isThrownBy(() -> new HeartbeatServerMetrics(world.server).bindTo(null))
                .withMessage("registry");
        assertThatNullPointerException()
                .isThrownBy(() -> new HeartbeatClientMetrics(null))
                .withMessage("client");

        HeartbeatClient client = world.client("a");
        client.closeAsync();
        world.server.closeAsync();
        world.advance(Duration.ofSeconds(20));

        assertThatIllegalStateException()
                .isThrownBy(() -> new HeartbeatServerMetrics(world.server).bindTo(registry))
                .withMessageContaining("STOPPED");
        assertThatIllegalStateException()
                .isThrownBy(() -> new HeartbeatClientMetrics(client).bindTo(registry))
                .withMessageContaining("CLOSED");
        assertThat(registry.getMeters()).isEmpty();
    }

    @Test
    void serverCountsNothingBeforeItStarts() {
        Host host = world.simulation.newHost("second");
        HeartbeatServer server =
                HeartbeatServer.builder().transport(host.transport()).build();
        new HeartbeatServerMetrics(server).bindTo(registry);

        assertThat(gauge("heartbeat.nodes", "state", "online")).isNaN();
        assertThat(count("heartbeat.registrations")).isZero();

        server.start();

        assertThat(gauge("heartbeat.nodes", "state", "online")).isZero();
    }

    @Test
    void metersKeepNoClosedServerAlive() {
        HeartbeatServerMetrics metrics = bindOneThatRuns(registry);

        assertThat(gauge("heartbeat.running")).isEqualTo(1);

        WeakReference<HeartbeatServer> closed = bindOneThatIsClosed(registry);

        assertThat(isCollected(closed)).isTrue();
        // The application does not refer to the other either, but that one runs.
        clock.add(Duration.ofSeconds(1));
        assertThat(gauge("heartbeat.running", "server", "running")).isEqualTo(1);
        assertThat(gauge("heartbeat.running", "server", "closed")).isNaN();
        metrics.close();
    }

    private HeartbeatServerMetrics bindOneThatRuns(MeterRegistry to) {
        HeartbeatServer server = HeartbeatServer.builder()
                .transport(world.simulation.newHost("running").transport())
                .start();
        HeartbeatServerMetrics metrics = new HeartbeatServerMetrics(server, Tags.of("server", "running"));
        metrics.bindTo(to);
        return metrics;
    }

    private WeakReference<HeartbeatServer> bindOneThatIsClosed(MeterRegistry to) {
        HeartbeatServer server = HeartbeatServer.builder()
                .transport(world.simulation.newHost("closed").transport())
                .start();
        new HeartbeatServerMetrics(server, Tags.of("server", "closed")).bindTo(to);
        assertThat(gauge("heartbeat.running", "server", "closed")).isEqualTo(1);
        server.closeAsync();
        world.advance(Duration.ofSeconds(20));
        return new WeakReference<>(server);
    }

    private static boolean isCollected(WeakReference<?> reference) {
        for (int i = 0; i < 50 && reference.get() != null; i++) {
            System.gc();
        }
        return reference.get() == null;
    }

    private double gauge(String name, String... tags) {
        return registry.get(name).tags(tags).gauge().value();
    }

    private double count(String name, String... tags) {
        return registry.get(name).tags(tags).functionCounter().count();
    }
}
