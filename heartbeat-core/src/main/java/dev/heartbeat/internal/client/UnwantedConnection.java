package dev.heartbeat.internal.client;

import dev.heartbeat.spi.ConnectionHandler;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Handles a connection that nobody wants any more, and that is closed already. */
final class UnwantedConnection implements ConnectionHandler {
    @Override
    public void onRead(ByteBuffer bytes) {}

    @Override
    public void onWritable() {}

    @Override
    public void onFlushed(long total) {}

    @Override
    public void onClosed(@Nullable Throwable cause) {}
}
