package dev.heartbeat.sockets;

import dev.heartbeat.spi.ConnectionHandler;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Ignores all events. Stands in until a connection has a handler, and after its end. */
enum NoopHandler implements ConnectionHandler {
    INSTANCE;

    @Override
    public void onRead(ByteBuffer bytes) {}

    @Override
    public void onWritable() {}

    @Override
    public void onFlushed(long total) {}

    @Override
    public void onClosed(@Nullable Throwable cause) {}
}
