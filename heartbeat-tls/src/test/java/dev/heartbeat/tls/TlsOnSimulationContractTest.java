package dev.heartbeat.tls;

import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import dev.heartbeat.testkit.Simulation;
import dev.heartbeat.testkit.contract.BackpressureContract;
import dev.heartbeat.testkit.contract.BytesContract;
import dev.heartbeat.testkit.contract.ClosingContract;
import dev.heartbeat.testkit.contract.ConnectingContract;
import dev.heartbeat.testkit.contract.ErrorsContract;
import dev.heartbeat.testkit.contract.TransportUnderTest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Holds TLS over the simulated transport to what every transport is held to: records arrive cut
 * anywhere. The engine's own randomness decides how long records are, so runs are not repeatable to
 * the byte.
 */
@ParameterizedClass
@Tag("long")
@ValueSource(longs = {1, 2})
final class TlsOnSimulationContractTest {
    private final Simulation world;

    TlsOnSimulationContractTest(long seed) {
        world = new Simulation(seed);
    }

    interface Simulated extends TransportUnderTest {
        Simulation world();

        @Override
        default Transport start(TransportOptions options) {
            return Layers.over(world().newHost("host", options).transport(), 0);
        }

        @Override
        default <T> T await(CompletableFuture<T> future) {
            return world().await(future, Duration.ofSeconds(PATIENCE_SECONDS));
        }

        @Override
        default int layerBytes() {
            return TlsRecord.MAX;
        }
    }

    @Nested
    final class Connecting extends ConnectingContract implements Simulated {
        @Override
        public Simulation world() {
            return world;
        }
    }

    @Nested
    final class Bytes extends BytesContract implements Simulated {
        @Override
        public Simulation world() {
            return world;
        }
    }

    @Nested
    final class Backpressure extends BackpressureContract implements Simulated {
        @Override
        public Simulation world() {
            return world;
        }
    }

    @Nested
    final class Closing extends ClosingContract implements Simulated {
        @Override
        public Simulation world() {
            return world;
        }
    }

    @Nested
    final class Errors extends ErrorsContract implements Simulated {
        @Override
        public Simulation world() {
            return world;
        }
    }
}
