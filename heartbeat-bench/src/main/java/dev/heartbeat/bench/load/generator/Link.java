package dev.heartbeat.bench.load.generator;

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
            return socket.write(frames);
        } catch (IOException e) {
            throw closed(e);
        }
    }

    /** Returns how many bytes came, at least 0. */
    int read(ByteBuffer into) throws LoadException {
        int bytes;
        try {
            bytes = socket.read(into);
        } catch (IOException e) {
            throw closed(e);
        }
        if (bytes < 0) {
            throw new LoadException("the server has closed " + this);
        }
        return bytes;
    }

    private LoadException closed(IOException cause) {
        return new LoadException("the server has closed " + this + ": " + cause.getMessage());
    }

    @Override
    public String toString() {
        return "connection " + (index + 1);
    }
}
