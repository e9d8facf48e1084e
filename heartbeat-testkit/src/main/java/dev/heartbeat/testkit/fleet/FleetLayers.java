package dev.heartbeat.testkit.fleet;

import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.spi.ClientLayer;
import dev.heartbeat.spi.ConnectionLayer;
import dev.heartbeat.spi.Connector;
import dev.heartbeat.testkit.WireTap;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The layer that all connections of a fleet speak through: those of its server and clients, and of
 * the strangers that connect to it.
 */
public final class FleetLayers {
    /** No layer. */
    public static final FleetLayers NONE = new FleetLayers();

    private final @Nullable ConnectionLayer ofServer;
    private final @Nullable ClientLayer ofClients;
    private final UnaryOperator<WireTap> above;
    private final Runnable recovery;

    private FleetLayers() {
        ofServer = null;
        ofClients = null;
        above = UnaryOperator.identity();
        recovery = () -> {};
    }

    /**
     * A layer.
     *
     * @param ofServer on the server's side
     * @param ofClients on the clients' side
     * @param above shows the oracle what the layer carries, of what goes over the wire
     * @param recovery called when the faults end: from then on the layer must not fail by itself
     */
    public FleetLayers(
            ConnectionLayer ofServer, ClientLayer ofClients, UnaryOperator<WireTap> above, Runnable recovery) {
        this.ofServer = Objects.requireNonNull(ofServer, "ofServer");
        this.ofClients = Objects.requireNonNull(ofClients, "ofClients");
        this.above = Objects.requireNonNull(above, "above");
        this.recovery = Objects.requireNonNull(recovery, "recovery");
    }

    void recover() {
        recovery.run();
    }

    WireTap above(WireTap oracle) {
        return above.apply(oracle);
    }

    HeartbeatServer.Builder addTo(HeartbeatServer.Builder builder) {
        return ofServer == null ? builder : builder.layer(ofServer);
    }

    HeartbeatClient.Builder addTo(HeartbeatClient.Builder builder) {
        return ofClients == null ? builder : builder.layer(ofClients);
    }

    /** Who hears of a stranger's connection to this server. */
    Connector over(Connector stranger, InetSocketAddress server) {
        return ofClients == null
                ? stranger
                : ofClients.to(server.getHostString(), server.getPort()).through(stranger);
    }
}
