package dev.heartbeat.netty;

import dev.heartbeat.sockets.StreamSocket;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.NotYetConnectedException;

/** One end of a connection, by Netty's native system calls. */
final class NativeStream extends NettySocket implements StreamSocket {

    private final Socket socket;

    NativeStream(Socket socket) {
        this.socket = socket;
    }

    Socket socket() {
        return socket;
    }

    @Override
    NettyHandle newHandle(NettyEventLoop loop) {
        return NativeSockets.newHandle(loop, socket);
    }

    @Override
    public boolean connect(InetSocketAddress remote) throws IOException {
        return socket.connect(remote);
    }

    @Override
    public boolean finishConnect() throws IOException {
        return socket.finishConnect();
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        int position = into.position();
        int bytes = socket.recv(into, position, into.limit());
        if (bytes > 0) {
            into.position(position + bytes);
        }
        return bytes;
    }

    // Writing: the system takes direct memory only; what is on the heap goes through a buffer of
    // the loop.

    @Override
    public int write(ByteBuffer from) throws IOException {
        if (!from.isDirect()) {
            return (int) write(new ByteBuffer[] {from});
        }
        int position = from.position();
        int bytes = socket.send(from, position, from.limit());
        from.position(position + bytes);
        return bytes;
    }

    @Override
    public long write(ByteBuffer[] from, int offset, int length) throws IOException {
        int end = offset + length;
        long bytes = areDirect(from, offset, end)
                ? socket.writev(from, offset, length, Long.MAX_VALUE)
                : writeCopies(from, offset, end);
        advance(from, offset, bytes);
        return bytes;
    }

    private static boolean areDirect(ByteBuffer[] buffers, int start, int end) {
        for (int i = start; i < end; i++) {
            if (!buffers[i].isDirect()) {
                return false;
            }
        }
        return true;
    }

    private int writeCopies(ByteBuffer[] from, int start, int end) throws IOException {
        ByteBuffer copies = handle().loop().copies().clear();
        for (int i = start; i < end && copies.hasRemaining(); i++) {
            ByteBuffer buffer = from[i];
            int bytes = Math.min(buffer.remaining(), copies.remaining());
            copies.put(copies.position(), buffer, buffer.position(), bytes).position(copies.position() + bytes);
        }
        return socket.send(copies, 0, copies.position());
    }

    private static void advance(ByteBuffer[] buffers, int start, long bytes) {
        long left = bytes;
        for (int i = start; left > 0; i++) {
            ByteBuffer buffer = buffers[i];
            int taken = (int) Math.min(left, buffer.remaining());
            buffer.position(buffer.position() + taken);
            left -= taken;
        }
    }

    @Override
    public long acknowledgedBytes() {
        return NativeSockets.acknowledgedBytes(socket);
    }

    @Override
    public void shutdownOutput() throws IOException {
        try {
            socket.shutdown(false, true);
        } catch (NotYetConnectedException e) {
            // ENOTCONN in Netty's words: it was connected, and the peer has reset it.
            throw new IOException("the peer has reset the connection", e);
        }
    }

    @Override
    public void abort() {
        NativeSockets.resetOnClose(socket);
        close();
    }

    @Override
    void closeDescriptor() {
        NativeSockets.close(socket);
    }
}
