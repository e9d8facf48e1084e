package dev.heartbeat.internal.server;

import dev.heartbeat.ServerOptions;
import dev.heartbeat.ServerState;
import dev.heartbeat.internal.loop.Loop;
import dev.heartbeat.internal.session.HostLookup;
import dev.heartbeat.spi.Acceptor;
import dev.heartbeat.spi.Listener;
import dev.heartbeat.spi.Transport;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** The port that a server listens on: opened once, and freed once. Any thread. */
final class ServerPort {
    private final ServerOptions options;
    private final Transport transport;
    private final Lifecycle lifecycle;
    private final CompletableFuture<Listener> listening = new CompletableFuture<>();
    private final CompletableFuture<Void> freed = new CompletableFuture<>();

    ServerPort(ServerOptions options, Transport transport, Lifecycle lifecycle) {
        this.options = options;
        this.transport = transport;
        this.lifecycle = lifecycle;
    }

    /**
     * Begins to listen.
     *
     * @param loop what the look-up of the host's name is timed by
     */
    CompletableFuture<Listener> open(Acceptor acceptor, Loop loop) {
        // A literal is looked up at once, so that a server on one listens as soon as its transport
        // does.
        return HostLookup.lookUp(options.host(), transport.environment().resolver(), loop, options.handshakeTimeout())
                .thenCompose(found -> transport.listen(new InetSocketAddress(found.get(0), options.port()), acceptor))
                .whenComplete(this::onBound);
    }

    private void onBound(@Nullable Listener bound, @Nullable Throwable failure) {
        if (bound == null) {
            listening.completeExceptionally(Objects.requireNonNullElseGet(failure, NullPointerException::new));
        } else {
            listening.complete(bound);
        }
    }

    /**
     * The address it listens on, or listened on.
     *
     * @throws IllegalStateException if it does not listen yet, or never did
     */
    InetSocketAddress address() {
        ServerState state = lifecycle.state();
        // A server that runs listens: what is left is for the thread that binds to say so.
        if (state == ServerState.NEW || (state != ServerState.RUNNING && !listening.isDone())) {
            throw new IllegalStateException("the server does not listen yet");
        }
        try {
            return listening.join().localAddress();
        } catch (CompletionException e) {
            throw new IllegalStateException("the server never listened: " + reason(e), e);
        }
    }

    /** Lets what comes wait in the kernel. */
    void pauseAccepting() {
        CompletableFuture<?> unused = listening.thenAccept(Listener::pauseAccepting);
    }

    /** Accepts what waits, and all that comes. */
    void resumeAccepting() {
        CompletableFuture<?> unused = listening.thenAccept(Listener::resumeAccepting);
    }

    /** Listens no more, now or as soon as it would. */
    void free() {
        CompletableFuture<?> unused =
                listening.thenCompose(Listener::close).whenComplete((done, failure) -> freed.complete(null));
    }

    /** Completes when it listens no more, or never did. */
    CompletableFuture<Void> freed() {
        return freed;
    }

    static String reason(Throwable failure) {
        Throwable outer =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        Throwable cause = outer.getCause();
        return Objects.requireNonNullElse((cause == null ? outer : cause).getMessage(), outer.toString());
    }
}
