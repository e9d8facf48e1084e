package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.fake.FakeConnection;
import dev.heartbeat.fake.FakeTransport;
import dev.heartbeat.internal.frame.FrameEncoder;
import dev.heartbeat.internal.frame.Register;
import dev.heartbeat.spi.ConnectionHandler;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A large socket buffer empties for a long time before the socket takes more. Bytes that the peer
 * acknowledges meanwhile are progress, where the transport can see them.
 */
final class WriteStallTest {
    private static final Duration STALL = Duration.ofSeconds(10);

    private final FakeTransport transport = new FakeTransport();
    private final HeartbeatServer server = started();
    private final FullSocket socket = new FullSocket(transport);

    private HeartbeatServer started() {
        var starting = HeartbeatServer.builder()
                .writeStallTimeout(STALL)
                .heartbeatTimeout(Duration.ofHours(2))
                .transport(transport)
                .startAsync();
        transport.run();
        return starting.join();
    }

    /** It takes nothing more from the moment when it is full. */
    private static final class FullSocket extends FakeConnection {
        private @Nullable ConnectionHandler handler;
        private boolean full;
        private long taken;
        private long acknowledged;

        FullSocket(FakeTransport transport) {
            super(transport.loop());
        }

        void fill() {
            taken = super.flushedBytes();
            full = true;
        }

        @Override
        public long flushedBytes() {
            return full ? taken : super.flushedBytes();
        }

        @Override
        public long progress() {
            return flushedBytes() + acknowledged;
        }

        @Override
        public void abort() {
            super.abort();
            Objects.requireNonNull(handler).onClosed(null);
        }
    }

    private void registerAndSend() {
        transport.loop().handle(() -> {
            ConnectionHandler handler = transport.open(socket);
            socket.handler = handler;
            FakeConnection client = new FakeConnection(transport.loop());
            new FrameEncoder(client).register(0, new Register(7, 1, 1 << 20, 1 << 20, "n1", Map.of(), 0, null, 0));
            handler.onRead(client.readOff());
        });
        transport.run();
        socket.fill();
        server.trySend("n1", ByteBuffer.allocate(100_000));
        transport.run();
    }

    @Test
    @Tag("M90")
    void acknowledgedBytesAreProgress() {
        registerAndSend();
        for (int i = 0; i < 10; i++) {
            socket.acknowledged++;
            transport.loop().pass(STALL.toNanos() * 9 / 10);
            transport.run();
        }
        assertThat(socket.isEnded()).isFalse();
        assertThat(server.stats().connections().writeStalls()).isZero();
    }

    @Test
    @Tag("M90")
    void withoutThemTheConnectionEnds() {
        registerAndSend();
        socket.acknowledged++;
        transport.loop().pass(STALL.toNanos());
        transport.run();
        assertThat(socket.isEnded()).isFalse();
        transport.loop().pass(STALL.toNanos() * 11 / 10);
        transport.run();
        assertThat(socket.isEnded()).isTrue();
        assertThat(server.stats().connections().writeStalls()).isOne();
    }
}
