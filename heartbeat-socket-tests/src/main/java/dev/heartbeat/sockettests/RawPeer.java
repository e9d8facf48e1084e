package dev.heartbeat.sockettests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * One side of a connection that says whatever a test wants it to say: a socket that knows frames,
 * but no protocol.
 */
final class RawPeer implements Closeable {
    /** Generous: it is reached only where something is broken. */
    private static final int PATIENCE_MILLIS = 30_000;

    private static final PeerSockets SOCKETS = PeerSockets.found();

    private final Socket plain;
    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    private RawPeer(Socket plain, Socket socket) throws IOException {
        this.plain = plain;
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        // A class of its own has its buffer from the beginning; the JDK's from 21 on when it is
        // first read, which would be counted as the server's where memory is measured.
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()) {});
        out = socket.getOutputStream();
    }

    static RawPeer connect(int port) throws IOException {
        return connect(port, 0);
    }

    /**
     * @param receiveBuffer how much the kernel may hold for it; 0 for as much as it likes
     */
    static RawPeer connect(int port, int receiveBuffer) throws IOException {
        Socket socket = new Socket();
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return new RawPeer(socket, SOCKETS.ofClient(socket));
    }

    /**
     * @param header what the proxy says before the peer says anything
     */
    static RawPeer connectOverProxy(int port, byte[] header) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.getOutputStream().write(header);
        return new RawPeer(socket, SOCKETS.ofClient(socket));
    }

    /** The server's side of a connection. */
    static RawPeer accepted(Socket socket) throws IOException {
        return new RawPeer(socket, SOCKETS.ofServer(socket));
    }

    void send(Frame... frames) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (Frame frame : frames) {
            all.writeBytes(frame.bytes());
        }
        send(all.toByteArray());
    }

    void send(byte[] bytes) throws IOException {
        out.write(bytes);
    }

    /** One byte per segment, as far as a sender can decide that. */
    void sendOneByOne(byte[] bytes) throws IOException {
        for (byte one : bytes) {
            out.write(one);
        }
    }

    /**
     * The next frame; empty at the end of the stream. A PING that measures the round trip, which
     * may come at any time, is passed over.
     */
    Optional<Frame> read() throws IOException {
        Optional<Frame> next = readAny();
        while (next.filter(
                        frame -> frame.type() == Frame.PING && !frame.payload().isEmpty())
                .isPresent()) {
            next = readAny();
        }
        return next;
    }

    private Optional<Frame> readAny() throws IOException {
        int magic = in.read();
        if (magic < 0) {
            return Optional.empty();
        }
        assertThat(magic).isEqualTo(0xAB);
        int version = in.readUnsignedByte();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt();
        byte[] payload = new byte[in.readInt()];
        in.readFully(payload);
        return Optional.of(
                new Frame(version, type, flags, stream, HexFormat.of().formatHex(payload)));
    }

    /** The next frame, which must be there. */
    Frame next() throws IOException {
        return read().orElseThrow(() -> new EOFException("the stream has ended"));
    }

    /** The next frame, which must be a PING. */
    Frame nextPing() throws IOException {
        Frame ping = readAny().orElseThrow(() -> new EOFException("the stream has ended"));
        assertThat(ping.type()).isEqualTo(Frame.PING);
        return ping;
    }

    /** All frames up to the first of this type, which is the last of the list. */
    List<Frame> until(int type) throws IOException {
        List<Frame> frames = new ArrayList<>();
        do {
            frames.add(next());
        } while (frames.get(frames.size() - 1).type() != type);
        return frames;
    }

    /** The next frame of this type, whatever comes before. */
    Frame next(int type) throws IOException {
        List<Frame> frames = until(type);
        return frames.get(frames.size() - 1);
    }

    /** All frames up to the end of the stream. */
    List<Frame> untilEnd() throws IOException {
        List<Frame> frames = new ArrayList<>();
        for (Optional<Frame> frame = read(); frame.isPresent(); frame = read()) {
            frames.add(frame.get());
        }
        return frames;
    }

    /** Whether not a byte comes before the end of the stream, which may be a reset. */
    boolean endsWithoutAByte() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketException e) {
            return true; // Bytes sent after the other side's close were answered by a reset.
        }
    }

    /** Registers, and returns the answer. */
    Frame register(Frame register) throws IOException {
        send(register);
        Frame answer = next();
        assertThat(answer.type()).as(answer.toString()).isEqualTo(Frame.REGISTERED);
        return answer;
    }

    Frame register(String id) throws IOException {
        return register(Frame.register(id));
    }

    /** Ends the stream of this side; the other one is still read. */
    void end() throws IOException {
        SOCKETS.end(socket);
    }

    /** Ends the connection as a crash would. */
    void reset() throws IOException {
        plain.setSoLinger(true, 0);
        plain.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
