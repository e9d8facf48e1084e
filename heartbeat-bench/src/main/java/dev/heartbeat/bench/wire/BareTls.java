package dev.heartbeat.bench.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The least that TLS takes: an engine over a socket that does not block, handshakes where they are
 * asked for, and nothing kept but the part of a record that has come. For one thread, whose
 * connections share a {@link Memory}.
 */
public final class BareTls {
    private static final int RECORD_HEADER_BYTES = 5;
    private static final int LENGTH_AT = 3;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SSLEngine engine;
    private final Memory memory;
    private byte @Nullable [] rest;
    private boolean open;

    /** The buffers that all connections of a thread share. */
    public static final class Memory {
        private static final int BYTES = 64 * 1024;

        /** Of this it reads no more, so that the plaintext of one call fits a buffer of 64 KiB. */
        private static final int READ_BYTES = 32 * 1024;

        private final ByteBuffer in = ByteBuffer.allocateDirect(BYTES);
        private final ByteBuffer out = ByteBuffer.allocateDirect(BYTES);

        /** Empty ones. */
        public Memory() {}
    }

    /** One end of a connection; the handshake has not begun. */
    public BareTls(SSLEngine engine, Memory memory) {
        this.engine = engine;
        this.memory = memory;
    }

    /** The engine. */
    public SSLEngine engine() {
        return engine;
    }

    /** Whether the handshake is complete. */
    public boolean isOpen() {
        return open;
    }

    /** Begins the handshake; a client speaks first. */
    public void begin(SocketChannel socket) throws IOException {
        engine.beginHandshake();
        memory.out.clear();
        goOn();
        send(socket);
    }

    /**
     * Reads once, and adds the plaintext of the records that are whole; answers what a handshake
     * asks for. Returns -1 at the end of the stream, else 0.
     */
    public int read(SocketChannel socket, ByteBuffer plaintext) throws IOException {
        ByteBuffer in = memory.in.clear();
        if (rest != null) {
            in.put(rest);
            rest = null;
        }
        in.limit(in.position() + Memory.READ_BYTES);
        if (socket.read(in) < 0) {
            return -1;
        }
        in.flip();
        memory.out.clear();
        while (hasRecord(in)) {
            SSLEngineResult result = engine.unwrap(in, plaintext);
            if (result.getStatus() != SSLEngineResult.Status.OK) {
                if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
                    return -1;
                }
                throw new SSLException("the engine takes no record: " + result.getStatus());
            }
            if (!open || result.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) {
                goOn();
            }
        }
        if (in.hasRemaining()) {
            rest = new byte[in.remaining()];
            in.get(rest);
        }
        send(socket);
        return 0;
    }

    private static boolean hasRecord(ByteBuffer in) {
        return in.remaining() >= RECORD_HEADER_BYTES
                && in.remaining() >= RECORD_HEADER_BYTES + (in.getShort(in.position() + LENGTH_AT) & 0xFFFF);
    }

    /** Runs and says what is due until the peer must speak. */
    private void goOn() throws SSLException {
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> {
                    for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                        task.run();
                    }
                }
                case NEED_WRAP -> engine.wrap(NOTHING, memory.out);
                case NOT_HANDSHAKING, FINISHED -> {
                    open = true;
                    return;
                }
                default -> {
                    // OpenSSL tells of the end of a handshake only when it is called again.
                    engine.unwrap(NOTHING, NOTHING);
                    HandshakeStatus now = engine.getHandshakeStatus();
                    if (now == HandshakeStatus.NEED_UNWRAP || now == HandshakeStatus.NEED_UNWRAP_AGAIN) {
                        return;
                    }
                }
            }
        }
    }

    /** Writes this in one record, or in more if it is larger than one. */
    public void write(SocketChannel socket, ByteBuffer plaintext) throws IOException {
        memory.out.clear();
        while (plaintext.hasRemaining()) {
            engine.wrap(plaintext, memory.out);
        }
        send(socket);
    }

    /** The load has far less in flight than a socket holds, so this writes once. */
    private void send(SocketChannel socket) throws IOException {
        ByteBuffer out = memory.out.flip();
        while (out.hasRemaining()) {
            if (socket.write(out) == 0) {
                throw new IOException("the peer does not read");
            }
        }
    }
}
