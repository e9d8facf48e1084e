package dev.heartbeat.internal.server;

import dev.heartbeat.micrometer.HeartbeatServerMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** {@link HeartbeatBenchmark}, while another thread scrapes the server's meters ten times a second. */
@State(Scope.Thread)
public class ScrapedHeartbeatBenchmark extends HeartbeatBenchmark {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final ScheduledExecutorService scraper = Executors.newSingleThreadScheduledExecutor();

    @Setup
    public void scrape() {
        new HeartbeatServerMetrics(Objects.requireNonNull(server)).bindTo(registry);
        Future<?> unused = scraper.scheduleAtFixedRate(registry::scrape, 0, 100, TimeUnit.MILLISECONDS);
    }

    @TearDown
    public void end() {
        scraper.shutdownNow();
        registry.close();
    }
}
