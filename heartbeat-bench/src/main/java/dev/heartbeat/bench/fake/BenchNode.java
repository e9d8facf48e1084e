package dev.heartbeat.bench.fake;

import dev.heartbeat.internal.frame.FrameEncoder;
import dev.heartbeat.internal.frame.Register;
import dev.heartbeat.spi.ConnectionHandler;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * A node of which there is only what it sends: frames are given to the server as if they had just
 * been read. It gives credit without end, and never reads.
 */
public final class BenchNode {
    private static final long INCARNATION = 1;
    private static final long CREDIT = Long.MAX_VALUE;

    private final BenchTransport transport;
    private final String id;
    private ConnectionHandler server;
    private int attempt;

    /** Registers with the server that listens on the transport. */
    public BenchNode(BenchTransport transport, String id) {
        this.transport = transport;
        this.id = id;
        server = register();
    }

    private ConnectionHandler register() {
        ConnectionHandler accepted = transport.open(new BenchConnection(transport.loop()));
        Register node = new Register(INCARNATION, ++attempt, CREDIT, CREDIT, id, Map.of(), 0, null, 0);
        BenchConnection out = transport.fromNodes;
        new FrameEncoder(out).register(0, node);
        accepted.onRead(out.written().flip());
        out.flush();
        return accepted;
    }

    /** Its connection breaks, and it registers again over another one. */
    public void comeBack() {
        server.onClosed(null);
        server = register();
        transport.loop().run();
    }

    /** The server reads all of these bytes at once. */
    public void give(ByteBuffer frames) {
        server.onRead(frames.rewind());
    }

    /** The frames that an encoder writes into a connection, in direct memory. */
    public static ByteBuffer frames(BiConsumer<FrameEncoder, BenchConnection> writes) {
        BenchConnection connection = new BenchConnection(new BenchLoop());
        writes.accept(new FrameEncoder(connection), connection);
        return connection.takeWritten();
    }
}
