package dev.heartbeat.tls;

import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.Connector;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The layer's cost beyond its engine. One operation encrypts a heartbeat at one end and decrypts
 * it at the other: by two bare engines, and through the layer at both ends. The difference is that
 * of a layer which writes and a layer which reads.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class TlsLayerBenchmark {
    private static final int HEARTBEAT_BYTES = 20;

    @Param({"jdk", "openssl"})
    private String engine = "";

    private final ByteBuffer network = ByteBuffer.allocateDirect(64 * 1024);
    private final byte[] heartbeat = new byte[HEARTBEAT_BYTES];
    private ByteBuffer plaintext = network;
    private ByteBuffer decrypted = network;
    private long read;
    private @Nullable SSLEngine sender;
    private @Nullable SSLEngine receiver;
    private @Nullable Connection connection;

    @Setup
    public void connect() throws SSLException {
        ServerTls server = BenchmarkKeys.server(engine);
        ClientTls client = BenchmarkKeys.client(engine);
        boolean direct = engine.equals("openssl");
        plaintext = direct ? ByteBuffer.allocateDirect(HEARTBEAT_BYTES) : ByteBuffer.allocate(HEARTBEAT_BYTES);
        decrypted = direct ? ByteBuffer.allocateDirect(32 * 1024) : ByteBuffer.allocate(32 * 1024);

        MemoryWire[] ends = MemoryWire.pair();
        End receiving = new End();
        End sending = new End();
        ends[0].open(below -> server.onOpen(below, receiving));
        ends[1].open(below -> client.to("localhost", 1).onOpen(below, sending));
        ends[0].runTasks();
        connection = sending.connection();

        SSLEngine from = client.newEngine("localhost", 1);
        SSLEngine to = server.newEngine();
        shakeHands(from, to);
        sender = from;
        receiver = to;
    }

    private static void shakeHands(SSLEngine client, SSLEngine server) throws SSLException {
        ByteBuffer toServer = ByteBuffer.allocate(1 << 16);
        ByteBuffer toClient = ByteBuffer.allocate(1 << 16);
        client.beginHandshake();
        server.beginHandshake();
        for (int i = 0; i < 50; i++) {
            step(client, toServer, toClient);
            step(server, toClient, toServer);
        }
    }

    private static void step(SSLEngine engine, ByteBuffer out, ByteBuffer in) throws SSLException {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
        if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
            engine.wrap(ByteBuffer.allocate(0), out);
        }
        in.flip();
        engine.unwrap(in, ByteBuffer.allocate(32 * 1024));
        in.compact();
    }

    @Benchmark
    public int bareEngines() throws SSLException {
        SSLEngine from = sender;
        SSLEngine to = receiver;
        if (from == null || to == null) {
            throw new IllegalStateException("not set up");
        }
        plaintext.clear().put(heartbeat).flip();
        from.wrap(plaintext, network.clear());
        to.unwrap(network.flip(), decrypted.clear());
        return decrypted.position();
    }

    @Benchmark
    public long throughTheLayer() {
        Connection over = connection;
        if (over == null) {
            throw new IllegalStateException("not set up");
        }
        over.reserve(HEARTBEAT_BYTES).put(heartbeat);
        over.flush();
        return read;
    }

    /** Above the layer. */
    private final class End implements Connector, ConnectionHandler {
        private @Nullable Connection opened;

        Connection connection() {
            if (opened == null) {
                throw new IllegalStateException("the handshake is not complete");
            }
            return opened;
        }

        @Override
        public ConnectionHandler onOpen(Connection open) {
            opened = open;
            return this;
        }

        @Override
        public void onConnectFailed(IOException cause) {
            throw new IllegalStateException(cause);
        }

        @Override
        public void onRead(ByteBuffer bytes) {
            read += bytes.remaining();
        }

        @Override
        public void onWritable() {}

        @Override
        public void onFlushed(long total) {}

        @Override
        public void onClosed(@Nullable Throwable cause) {
            throw new IllegalStateException(cause);
        }
    }
}
