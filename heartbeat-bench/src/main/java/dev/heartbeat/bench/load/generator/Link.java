package dev.heartbeat.bench.load.generator;

import dev.heartbeat.bench.wire.BareTls;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** One connection of the load, and all that is kept for it. */
final class Link {
    final int index;
    final SocketChannel socket;

    /** When it began to connect. */
    final long begunAt;

    /** The encryption; null without. */
    @Nullable
    BareTls tls;

    /** The first frame, while it waits for the end of the handshake. */
    @Nullable
    ByteBuffer greeting;

    boolean registered;

    /** The number of the next heartbeat to be sent. */
    int next;

    /** The number after that which was answered last. */
    int awaited;

    /** The part of a frame that has come; null most of the time. */
    byte @Nullable [] rest;

    Link(int index, SocketChannel socket, long begunAt) {
        this.index = index;
        this.socket = socket;
        this.begunAt = begunAt;
        // Not the same for all, so that an answer that went to another connection is noticed.
        next = index * 31;
        awaited = next;
    }

    void write(ByteBuffer frames) throws IOException {
        int wanted = frames.remaining();
        if (reallyWrite(frames) < wanted) {
            throw new LoadException(this + " takes no more bytes, since the server does not read");
        }
    }

    private int reallyWrite(ByteBuffer frames) throws LoadException {
        try {
            if (tls != null) {
                int bytes = frames.remaining();
                tls.write(socket, frames);
                return bytes;
            }
            return socket.write(frames);
        } catch (IOException e) {
            throw closed(e);
        }
    }

    /** Reads what came. */
    void read(ByteBuffer into) throws IOException {
        int bytes;
        try {
            bytes = tls == null ? socket.read(into) : tls.read(socket, into);
        } catch (IOException e) {
            throw closed(e);
        }
        if (bytes < 0) {
            throw new LoadException("the server has closed " + this);
        }
        ByteBuffer first = greeting;
        if (first != null && tls != null && tls.isOpen()) {
            greeting = null;
            write(first);
        }
    }

    private LoadException closed(IOException cause) {
        return new LoadException("the server has closed " + this + ": " + cause.getMessage());
    }

    @Override
    public String toString() {
        return "connection " + (index + 1);
    }
}
