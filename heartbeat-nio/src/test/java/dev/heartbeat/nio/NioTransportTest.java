package dev.heartbeat.nio;

import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import dev.heartbeat.testkit.contract.BackpressureContract;
import dev.heartbeat.testkit.contract.BytesContract;
import dev.heartbeat.testkit.contract.ClosingContract;
import dev.heartbeat.testkit.contract.ConnectingContract;
import dev.heartbeat.testkit.contract.ErrorsContract;
import dev.heartbeat.testkit.contract.GarbageContract;
import dev.heartbeat.testkit.contract.HeartbeatGarbageContract;
import dev.heartbeat.testkit.contract.RestContract;
import dev.heartbeat.testkit.contract.ScarcityContract;
import dev.heartbeat.testkit.contract.SystemEnvironmentContract;
import dev.heartbeat.testkit.contract.ThreadingContract;
import dev.heartbeat.testkit.contract.TransportUnderTest;
import org.junit.jupiter.api.Nested;

/** Holds {@link NioTransport} to what every transport is held to. */
final class NioTransportTest {

    interface Nio extends TransportUnderTest {

        @Override
        default Transport start(TransportOptions options) {
            return NioTransport.start(options);
        }
    }

    @Nested
    final class Connecting extends ConnectingContract implements Nio {}

    @Nested
    final class Bytes extends BytesContract implements Nio {}

    @Nested
    final class Backpressure extends BackpressureContract implements Nio {}

    @Nested
    final class Closing extends ClosingContract implements Nio {}

    @Nested
    final class Errors extends ErrorsContract implements Nio {}

    @Nested
    final class Threading extends ThreadingContract implements Nio {}

    @Nested
    final class SystemEnvironment extends SystemEnvironmentContract implements Nio {}

    @Nested
    final class Rest extends RestContract implements Nio {}

    @Nested
    final class Garbage extends GarbageContract implements Nio {}

    @Nested
    final class HeartbeatGarbage extends HeartbeatGarbageContract implements Nio {}

    @Nested
    final class Scarcity extends ScarcityContract {

        @Override
        protected String provider() {
            return "nio";
        }
    }
}
