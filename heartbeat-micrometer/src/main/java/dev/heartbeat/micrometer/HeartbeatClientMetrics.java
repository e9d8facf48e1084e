package dev.heartbeat.micrometer;

import dev.heartbeat.ClientConnectionStats;
import dev.heartbeat.ClientState;
import dev.heartbeat.HeartbeatClient;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.lang.ref.WeakReference;
import java.util.Objects;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Binds the numbers of a client to registries, in the manner of {@link HeartbeatServerMetrics}. A
 * registry that has several clients needs tags that differ.
 *
 * @since 0.1
 */
public final class HeartbeatClientMetrics implements MeterBinder, AutoCloseable {
    private final WeakReference<HeartbeatClient> client;
    private final Tags tags;
    private final Bindings bindings = new Bindings();

    /**
     * The meters of a client, without tags of their own.
     *
     * @param client not null
     */
    public HeartbeatClientMetrics(HeartbeatClient client) {
        this(client, Tags.empty());
    }

    /**
     * The meters of a client.
     *
     * @param client not null
     * @param tags of all its meters, so that a registry can have those of several clients; not null
     */
    public HeartbeatClientMetrics(HeartbeatClient client, Iterable<Tag> tags) {
        this.client = new WeakReference<>(Objects.requireNonNull(client, "client"));
        this.tags = Tags.of(Objects.requireNonNull(tags, "tags"));
    }

    /**
     * Registers the meters.
     *
     * @param registry not null
     * @throws IllegalStateException if the client is closed, if they are in this registry already,
     *     or if this binder is closed
     * @throws IllegalArgumentException if the registry has meters of another client with the same
     *     tags; then none is registered
     */
    @Override
    public void bindTo(MeterRegistry registry) {
        bindings.bind(registry, this::meters, HeartbeatClientMetrics::register);
    }

    private Meters<HeartbeatClient, ClientSnapshot> meters(MeterRegistry registry) {
        return new Meters<>(registry, requireOpen(client.get()), tags, ClientSnapshot::of);
    }

    private static HeartbeatClient requireOpen(@Nullable HeartbeatClient client) {
        if (client == null || client.state() == ClientState.CLOSED) {
            throw new IllegalStateException("the client is CLOSED and counts nothing more; bind an open one");
        }
        return client;
    }

    private static void register(Meters<HeartbeatClient, ClientSnapshot> meters) {
        for (ClientState state : ClientState.values()) {
            meters.gauge(
                    "heartbeat.client.state",
                    null,
                    "1 for the state that the client is in, otherwise 0.",
                    client -> client.state() == state ? 1 : 0,
                    "state",
                    Meters.valueOf(state));
        }
        meters.time("heartbeat.client.latency", "Time from the last heartbeat to its answer.", ClientSnapshot::latency);
        counter(meters, "attempts", "Attempts to connect.", ClientConnectionStats::attempts);
        counter(meters, "registrations", "Registrations, reconnects included.", ClientConnectionStats::registrations);
        counter(meters, "beats", "Heartbeats sent.", ClientConnectionStats::heartbeats);
        counter(
                meters,
                "beats.answered",
                "Heartbeats that the server answered.",
                ClientConnectionStats::heartbeatsAnswered);
        SharedMeters.register(
                meters,
                "heartbeat.client.",
                ClientSnapshot::messages,
                ClientSnapshot::channels,
                ClientSnapshot::callbacks);
    }

    private static void counter(
            Meters<HeartbeatClient, ClientSnapshot> meters,
            String name,
            String text,
            ToLongFunction<ClientConnectionStats> value) {
        meters.counter("heartbeat.client." + name, null, text, client -> value.applyAsLong(client.connections()));
    }

    /** Removes the meters from all registries. Idempotent. */
    @Override
    public void close() {
        bindings.close();
    }
}
