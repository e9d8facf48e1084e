package dev.heartbeat.socket;

import dev.heartbeat.spi.ConnectionHandler;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Handles a connection for which nobody was found, until its end. */
enum Nobody implements ConnectionHandler {
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
