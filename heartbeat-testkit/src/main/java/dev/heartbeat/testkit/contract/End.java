package dev.heartbeat.testkit.contract;

import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.Connector;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One end of a connection in a test: it keeps what it hears, sees to it that it hears it as the
 * contract says, and lets the test wait for it. Tests override what they want to happen, and call
 * super.
 */
class End implements ConnectionHandler, Connector {

    private final CompletableFuture<Connection> opened = new CompletableFuture<>();
    private final CompletableFuture<Optional<Throwable>> closed = new CompletableFuture<>();
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final List<Wish> wishes = new ArrayList<>();
    private final List<String> breaches = new ArrayList<>();
    private int writables;
    private long flushed;
    private boolean busy;

    @Override
    public ConnectionHandler onOpen(Connection connection) {
        breach(opened.isDone(), "opened twice");
        opened.complete(connection);
        return this;
    }

    @Override
    public void onConnectFailed(IOException cause) {
        breach(opened.isDone(), "failed after the connect was answered");
        opened.completeExceptionally(cause);
    }

    @Override
    public void onRead(ByteBuffer bytes) {
        heard(bytes.hasRemaining(), "onRead without a byte");
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        synchronized (this) {
            received.writeBytes(copy);
            wishes.removeIf(wish -> wish.isGranted(received.size()));
        }
    }

    @Override
    public void onWritable() {
        heard(connection().isWritable(), "onWritable while not writable");
        synchronized (this) {
            writables++;
        }
    }

    @Override
    public void onFlushed(long total) {
        heard(total == connection().flushedBytes(), "onFlushed with other than flushedBytes");
        heard(total >= flushed(), "onFlushed going back");
        synchronized (this) {
            flushed = total;
        }
    }

    @Override
    public void onClosed(@Nullable Throwable cause) {
        heard(!closed.isDone(), "onClosed twice");
        closed.complete(Optional.ofNullable(cause));
    }

    /**
     * For what the test does to the connection: nothing may be heard before the call has returned.
     */
    final void within(Runnable calls) {
        setBusy(true);
        calls.run();
        setBusy(false);
    }

    private void heard(boolean asItShould, String otherwise) {
        breach(!asItShould, otherwise);
        breach(!connection().eventLoop().inEventLoop(), "heard off the loop");
        breach(isBusy(), "heard from within a call");
        breach(closed.isDone(), "heard after onClosed");
    }

    private synchronized void breach(boolean broken, String what) {
        if (broken) {
            breaches.add(what);
        }
    }

    private synchronized void setBusy(boolean now) {
        busy = now;
    }

    private synchronized boolean isBusy() {
        return busy;
    }

    // For the test, from any thread

    final CompletableFuture<Connection> opened() {
        return opened;
    }

    final Connection connection() {
        return opened.join();
    }

    /** Completes with the cause, empty where there was none. */
    final CompletableFuture<Optional<Throwable>> closed() {
        return closed;
    }

    final synchronized byte[] received() {
        return received.toByteArray();
    }

    /** Completes when so many bytes have been received. */
    final synchronized CompletableFuture<Void> received(long bytes) {
        Wish wish = new Wish(bytes, new CompletableFuture<>());
        if (!wish.isGranted(received.size())) {
            wishes.add(wish);
        }
        return wish.granted();
    }

    final synchronized long flushed() {
        return flushed;
    }

    final synchronized int writables() {
        return writables;
    }

    final synchronized List<String> breaches() {
        return List.copyOf(breaches);
    }

    private record Wish(long bytes, CompletableFuture<Void> granted) {

        /** Grants it if so many bytes are enough. */
        boolean isGranted(long received) {
            if (received < bytes) {
                return false;
            }
            granted.complete(null);
            return true;
        }
    }
}
