package dev.heartbeat.nio;

import dev.heartbeat.contract.BackpressureContract;
import dev.heartbeat.contract.BytesContract;
import dev.heartbeat.contract.ClosingContract;
import dev.heartbeat.contract.ConnectingContract;
import dev.heartbeat.contract.ErrorsContract;
import dev.heartbeat.contract.SocketContract;
import dev.heartbeat.contract.ThreadingContract;
import dev.heartbeat.contract.TransportUnderTest;
import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
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
    final class Sockets extends SocketContract implements Nio {}
}
