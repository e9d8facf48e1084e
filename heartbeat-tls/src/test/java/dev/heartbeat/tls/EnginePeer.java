package dev.heartbeat.tls;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/**
 * A client of TLS that a test has in its hands: an engine of the JDK over a blocking socket, whose
 * records it may cut, keep or leave out.
 */
final class EnginePeer implements Closeable {
    private static final int PATIENCE_MILLIS = 20_000;

    final SSLEngine engine;
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final ByteBuffer received = ByteBuffer.allocate(1 << 16);
    private boolean byteByByte;

    EnginePeer(int port, SSLEngine engine) throws IOException {
        this.engine = engine;
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = socket.getInputStream();
        out = socket.getOutputStream();
        received.limit(0);
        engine.beginHandshake();
    }

    /** From now on each byte is a segment of its own. */
    EnginePeer byteByByte() {
        byteByByte = true;
        return this;
    }

    /** Goes on until nothing is left of the handshake that is under way. */
    EnginePeer handshake() throws IOException {
        while (true) {
            HandshakeStatus status = engine.getHandshakeStatus();
            if (status == HandshakeStatus.NOT_HANDSHAKING || status == HandshakeStatus.FINISHED) {
                return this;
            }
            switch (status) {
                case NEED_TASK -> {
                    for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                        task.run();
                    }
                }
                case NEED_WRAP -> sendRaw(wrap(ByteBuffer.allocate(0)));
                default -> unwrap();
            }
        }
    }

    /** The record that the engine makes of this. */
    byte[] wrap(ByteBuffer plaintext) throws SSLException {
        ByteBuffer record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(plaintext, record);
        byte[] bytes = new byte[record.position()];
        record.get(0, bytes);
        return bytes;
    }

    void send(byte[] plaintext) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(plaintext);
        while (rest.hasRemaining()) {
            sendRaw(wrap(rest));
        }
    }

    void sendRaw(byte[] bytes) throws IOException {
        if (byteByByte) {
            for (byte one : bytes) {
                out.write(one);
            }
        } else {
            out.write(bytes);
        }
    }

    /** At least so many bytes of plaintext. */
    byte[] read(int bytes) throws IOException {
        List<byte[]> parts = new ArrayList<>();
        int count = 0;
        while (count < bytes) {
            byte[] next = unwrap();
            parts.add(next);
            count += next.length;
        }
        ByteBuffer all = ByteBuffer.allocate(count);
        parts.forEach(all::put);
        return all.array();
    }

    private byte[] unwrap() throws IOException {
        ByteBuffer plaintext = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
        while (true) {
            SSLEngineResult result = engine.unwrap(received, plaintext);
            if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
                throw new EOFException("close_notify");
            }
            if (result.getStatus() != SSLEngineResult.Status.BUFFER_UNDERFLOW) {
                byte[] bytes = new byte[plaintext.position()];
                plaintext.get(0, bytes);
                return bytes;
            }
            receive();
        }
    }

    private void receive() throws IOException {
        received.compact();
        int count = in.read(received.array(), received.position(), received.remaining());
        if (count < 0) {
            received.flip();
            throw new EOFException("end of stream");
        }
        received.position(received.position() + count).flip();
    }

    /**
     * The end of the stream: {@code close_notify}, {@code end of stream}, or the text of an error.
     */
    String end() {
        try {
            while (true) {
                unwrap();
            }
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** Ends the stream of this side without a word. */
    void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
