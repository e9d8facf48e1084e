package dev.heartbeat.tls;

import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import dev.heartbeat.testkit.contract.BackpressureContract;
import dev.heartbeat.testkit.contract.BytesContract;
import dev.heartbeat.testkit.contract.ClosingContract;
import dev.heartbeat.testkit.contract.ConnectingContract;
import dev.heartbeat.testkit.contract.ErrorsContract;
import dev.heartbeat.testkit.contract.ThreadingContract;
import dev.heartbeat.testkit.contract.TransportUnderTest;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds TLS over each transport to what every transport is held to. */
@ParameterizedClass
@MethodSource("transports")
final class TlsContractTest {
    private final Below below;

    TlsContractTest(Below below) {
        this.below = below;
    }

    static Stream<Below> transports() {
        return Below.all();
    }

    interface OverTls extends TransportUnderTest {
        Below below();

        @Override
        default Transport start(TransportOptions options) {
            return Layers.over(below().start(options), 2);
        }

        @Override
        default int layerBytes() {
            return TlsRecord.MAX;
        }
    }

    @Nested
    final class Connecting extends ConnectingContract implements OverTls {
        @Override
        public Below below() {
            return below;
        }
    }

    @Nested
    final class Bytes extends BytesContract implements OverTls {
        @Override
        public Below below() {
            return below;
        }
    }

    @Nested
    final class Backpressure extends BackpressureContract implements OverTls {
        @Override
        public Below below() {
            return below;
        }
    }

    @Nested
    final class Closing extends ClosingContract implements OverTls {
        @Override
        public Below below() {
            return below;
        }
    }

    @Nested
    final class Errors extends ErrorsContract implements OverTls {
        @Override
        public Below below() {
            return below;
        }
    }

    @Nested
    final class Threading extends ThreadingContract implements OverTls {
        @Override
        public Below below() {
            return below;
        }
    }
}
