package dev.heartbeat.micrometer;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.ServerState;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.lang.ref.WeakReference;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Binds the numbers of a server to registries.
 *
 * <pre>{@code
 * new HeartbeatServerMetrics(server).bindTo(registry);
 * }</pre>
 *
 * <p>The meters read {@link HeartbeatServer#stats} when a registry asks for them, once for all that
 * it asks for together; the bus does nothing for them in between. The number of meters does not
 * depend on nodes, addresses or names. {@code docs/METRICS.md} describes each.
 *
 * <p>Neither the binder nor a registry keeps a closed server alive. Its counters stay at their last
 * numbers, and its gauges become NaN, until {@link #close} removes them. Any thread may call any
 * method.
 *
 * @since 0.1
 */
public final class HeartbeatServerMetrics implements MeterBinder, AutoCloseable {
    private final WeakReference<HeartbeatServer> server;
    private final Tags tags;
    private final Bindings bindings = new Bindings();

    /**
     * The meters of a server, without tags of their own.
     *
     * @param server not null; it need not have started
     */
    public HeartbeatServerMetrics(HeartbeatServer server) {
        this(server, Tags.empty());
    }

    /**
     * The meters of a server.
     *
     * @param server not null; it need not have started
     * @param tags of all its meters, so that a registry can have those of several servers; not null
     */
    public HeartbeatServerMetrics(HeartbeatServer server, Iterable<Tag> tags) {
        this.server = new WeakReference<>(Objects.requireNonNull(server, "server"));
        this.tags = Tags.of(Objects.requireNonNull(tags, "tags"));
    }

    /**
     * Registers the meters.
     *
     * @param registry not null
     * @throws IllegalStateException if the server is closed or has failed, if they are in this
     *     registry already, or if this binder is closed
     * @throws IllegalArgumentException if the registry has meters of another server with the same
     *     tags; then none is registered
     */
    @Override
    public void bindTo(MeterRegistry registry) {
        bindings.bind(registry, this::meters, ServerMeters::register);
    }

    private Meters<HeartbeatServer, ServerSnapshot> meters(MeterRegistry registry) {
        return new Meters<>(registry, requireOpen(server.get()), tags, ServerSnapshot::of);
    }

    private static HeartbeatServer requireOpen(@Nullable HeartbeatServer server) {
        ServerState state = server == null ? ServerState.STOPPED : server.state();
        if (server == null || state == ServerState.STOPPED || state == ServerState.FAILED) {
            throw new IllegalStateException("the server is " + state + " and counts nothing more; bind a running one");
        }
        return server;
    }

    /** Removes the meters from all registries. Idempotent. */
    @Override
    public void close() {
        bindings.close();
    }
}
