package dev.heartbeat.testkit;

import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import dev.heartbeat.testkit.contract.BackpressureContract;
import dev.heartbeat.testkit.contract.BytesContract;
import dev.heartbeat.testkit.contract.ClosingContract;
import dev.heartbeat.testkit.contract.ConnectingContract;
import dev.heartbeat.testkit.contract.ErrorsContract;
import dev.heartbeat.testkit.contract.ThreadingContract;
import dev.heartbeat.testkit.contract.TransportUnderTest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the simulated transport to what every transport is held to, by different dice. */
@ParameterizedClass
@ValueSource(longs = {1, 2, 3, 4})
final class SimTransportTest {
    private final Simulation world;

    SimTransportTest(long seed) {
        world = new Simulation(seed);
    }

    interface Simulated extends TransportUnderTest {

        Simulation world();

        @Override
        default Transport start(TransportOptions options) {
            return world().newHost("host", options).transport();
        }

        @Override
        default <T> T await(CompletableFuture<T> future) {
            return world().await(future, Duration.ofSeconds(PATIENCE_SECONDS));
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

    @Nested
    final class Threading extends ThreadingContract implements Simulated {
        @Override
        public Simulation world() {
            return world;
        }
    }
}
