package dev.heartbeat.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.fake.FakeConnection;
import dev.heartbeat.fake.FakeLoop;
import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.ConnectionLayer;
import dev.heartbeat.spi.Connector;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One end of a wire: a connection without a socket below a layer, and whoever is above it. It keeps
 * what a transport promises: nothing is read while reading is paused, and onClosed is the last call.
 */
final class TlsEnd {
    private final FakeLoop loop;
    private final Below below;
    private final Above above = new Above();
    private final Wire wire = new Wire();
    private @Nullable ConnectionHandler handler;
    private int next;

    TlsEnd(FakeLoop loop) {
        this.loop = loop;
        below = new Below(loop);
    }

    void begin(ConnectionLayer layer) {
        loop.handle(() -> handler = layer.onOpen(below, above));
        tellOfEnd();
    }

    /** What this end has sent and the other has not got. */
    Wire wire() {
        wire.add(below.readOff());
        return wire;
    }

    boolean canPassTo(TlsEnd other) {
        return wire().size() > 0 && other.isReading();
    }

    void passTo(TlsEnd other) {
        if (canPassTo(other)) {
            other.receive(wire().take(Integer.MAX_VALUE));
        }
    }

    private boolean isReading() {
        return handler != null && !below.isEnded() && !below.paused;
    }

    /** What arrives while it does not read is lost, as with a connection that has ended. */
    void receive(byte[] bytes) {
        ConnectionHandler present = handler;
        if (present != null && bytes.length > 0 && isReading()) {
            loop.handle(() -> present.onRead(ByteBuffer.wrap(bytes).asReadOnlyBuffer()));
            tellOfEnd();
        }
    }

    /** Writes so many bytes, part of them into reserved memory. */
    void write(int bytes) {
        Connection connection = above.connection;
        if (connection == null || above.closed) {
            return;
        }
        byte[] content = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            content[i] = (byte) next++;
        }
        loop.handle(() -> {
            int reserved = Math.min(bytes, 64);
            connection.reserve(64).put(content, 0, reserved);
            connection.write(ByteBuffer.wrap(content), reserved, bytes - reserved);
            connection.flush();
        });
        tellOfEnd();
    }

    void act(int what) {
        if (what % 7 == TlsWorld.BREAK) {
            breakOff();
            return;
        }
        if (what % 7 == TlsWorld.END) {
            end(null);
            return;
        }
        Connection connection = above.connection;
        if (connection == null || above.closed) {
            return;
        }
        loop.handle(() -> {
            switch (what % 7) {
                case TlsWorld.PAUSE -> connection.pauseReading();
                case TlsWorld.RESUME -> connection.resumeReading();
                case TlsWorld.SHUTDOWN -> connection.shutdownOutput();
                case TlsWorld.CLOSE -> connection.close();
                default -> connection.abort();
            }
        });
        tellOfEnd();
    }

    void breakOff() {
        end(new IOException("Connection reset"));
    }

    private void tellOfEnd() {
        if (below.isClosed) {
            end(null);
        }
    }

    private void end(@Nullable Throwable cause) {
        ConnectionHandler present = handler;
        if (present != null) {
            handler = null;
            below.close();
            loop.handle(() -> present.onClosed(cause));
        }
    }

    int heard() {
        return above.heard.size();
    }

    void heardOnlyWhatWasWrittenBy(TlsEnd other) {
        byte[] heard = above.heard.toByteArray();
        assertThat(heard.length).isLessThanOrEqualTo(other.next);
        for (int i = 0; i < heard.length; i++) {
            if (heard[i] != (byte) i) {
                throw new AssertionError("byte " + i + " is " + heard[i]);
            }
        }
    }

    void checkEnded() {
        assertThat(above.opened + above.failed).as("answers of the layer").isEqualTo(1);
        assertThat(above.ends).as("ends of the connection").isEqualTo(above.opened);
    }

    /** Remembers whether it is to read, and whether it is closed. */
    private static final class Below extends FakeConnection {
        private boolean paused;
        private boolean isClosed;

        Below(FakeLoop loop) {
            super(loop);
        }

        @Override
        public void pauseReading() {
            paused = true;
        }

        @Override
        public void resumeReading() {
            paused = false;
        }

        /** It reads on. */
        @Override
        public void shutdownOutput() {
            take();
        }

        @Override
        public void close() {
            take();
            isClosed = true;
            super.close();
        }

        @Override
        public void abort() {
            isClosed = true;
            super.abort();
        }
    }

    /** Bytes under way. */
    static final class Wire {
        private byte[] bytes = {};

        int size() {
            return bytes.length;
        }

        void add(ByteBuffer more) {
            int from = bytes.length;
            bytes = Arrays.copyOf(bytes, from + more.remaining());
            more.get(bytes, from, more.remaining());
        }

        byte[] take(int most) {
            byte[] taken = Arrays.copyOf(bytes, Math.min(most, bytes.length));
            bytes = Arrays.copyOfRange(bytes, taken.length, bytes.length);
            return taken;
        }

        void flip(int at) {
            if (bytes.length > 0) {
                bytes[at % bytes.length] ^= (byte) (1 << (at & 7));
            }
        }

        void insert(byte[] inserted) {
            byte[] all = Arrays.copyOf(inserted, inserted.length + bytes.length);
            System.arraycopy(bytes, 0, all, inserted.length, bytes.length);
            bytes = all;
        }
    }

    /** Whoever is above the layer. */
    private static final class Above implements Connector, ConnectionHandler {
        private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
        private @Nullable Connection connection;
        private boolean closed;
        private int opened;
        private int failed;
        private int ends;

        @Override
        public ConnectionHandler onOpen(Connection opens) {
            opened++;
            connection = opens;
            return this;
        }

        @Override
        public void onConnectFailed(IOException cause) {
            failed++;
        }

        @Override
        public void onRead(ByteBuffer bytes) {
            assertThat(closed).as("closed").isFalse();
            assertThat(bytes.hasRemaining()).isTrue();
            while (bytes.hasRemaining()) {
                heard.write(bytes.get());
            }
        }

        @Override
        public void onWritable() {}

        @Override
        public void onFlushed(long total) {}

        @Override
        public void onClosed(@Nullable Throwable cause) {
            ends++;
            closed = true;
        }
    }
}
