package dev.heartbeat.internal.client;

import dev.heartbeat.ClientListener;
import dev.heartbeat.CloseReason;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.Request;
import dev.heartbeat.UndeliveredException.Reason;
import dev.heartbeat.internal.queue.CallbackOrder;
import dev.heartbeat.internal.queue.CallbackThreads;
import dev.heartbeat.internal.queue.IncomingMessage;
import dev.heartbeat.internal.queue.OutgoingMessage;
import dev.heartbeat.internal.queue.SerialExecutor;
import dev.heartbeat.internal.queue.Tracing;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The application's end of a client: its listeners and handlers, called one at a time and in order.
 * Any thread.
 */
final class ClientEvents implements CallbackOrder, SerialExecutor.Owner {
    private static final long UNKNOWN = -1;
    private static final int MAX_QUEUED_ERRORS = 16;

    private final String nodeId;
    private final ClientListener listener;
    private final boolean hearsHeartbeats;
    private final Client.Handlers handlers;
    private final @Nullable Tracing tracing;
    private final CallbackThreads callbackThreads;
    private final ClientCounts counts;
    private final SerialExecutor executor = new SerialExecutor(this);

    /**
     * An event that a server can cause at any rate must not fill the memory while the listener is
     * slow.
     */
    private final AtomicBoolean heartbeatQueued = new AtomicBoolean();

    private final AtomicInteger queuedErrors = new AtomicInteger();
    private volatile long rttNs = UNKNOWN;

    ClientEvents(
            String nodeId,
            List<ClientListener> listeners,
            Client.Handlers handlers,
            CallbackThreads callbackThreads,
            ClientCounts counts) {
        this.nodeId = nodeId;
        this.counts = counts;
        listener = ClientListeners.of(listeners, nodeId, counts::callbackFailed);
        hearsHeartbeats = ClientListeners.hearHeartbeats(listeners);
        this.handlers = handlers;
        tracing = Tracing.of(handlers.tracer(), counts::callbackFailed);
        this.callbackThreads = callbackThreads;
    }

    /** Null where nobody traces. */
    @Nullable
    Tracing tracing() {
        return tracing;
    }

    String nodeId() {
        return nodeId;
    }

    /** The last round trip of a heartbeat; null before the first. */
    @Nullable
    Duration rtt() {
        long last = rttNs;
        return last == UNKNOWN ? null : Duration.ofNanos(last);
    }

    // ---- what happens to the client

    void connected() {
        executor.add(listener::onConnected);
    }

    /**
     * @param first runs before the listener is called
     */
    void registered(ClientListener.Registered registered, Runnable first) {
        executor.add(() -> {
            first.run();
            listener.onRegistered(registered);
        });
    }

    /** The hot path: where nobody hears of it, a field write. */
    void heartbeat(long measuredNs) {
        rttNs = measuredNs;
        if (hearsHeartbeats && heartbeatQueued.compareAndSet(false, true)) {
            executor.add(this::notifyHeartbeat);
        }
    }

    private void notifyHeartbeat() {
        heartbeatQueued.set(false);
        listener.onHeartbeat(Duration.ofNanos(rttNs));
    }

    void suspect() {
        executor.add(listener::onSuspect);
    }

    void recovered() {
        executor.add(listener::onRecovered);
    }

    void error(HeartbeatException error) {
        if (queuedErrors.get() == MAX_QUEUED_ERRORS) {
            return;
        }
        queuedErrors.incrementAndGet();
        executor.add(() -> {
            queuedErrors.decrementAndGet();
            listener.onError(error);
        });
    }

    void disconnected(ClientListener.Disconnect disconnect) {
        executor.add(() -> listener.onDisconnected(disconnect));
    }

    /**
     * @param first runs before the listener is called
     */
    void closed(CloseReason reason, Runnable first) {
        executor.add(() -> {
            first.run();
            listener.onClosed(reason);
        });
    }

    // ---- messages, in order already

    void message(IncomingMessage message) {
        String source = message.envelope().source();
        if (source == null) {
            handlers.messages().accept(message.content());
        } else {
            handlers.nodeMessages().accept(source, message.content());
        }
    }

    void request(Request request) {
        handlers.requests().accept(request);
    }

    void undelivered(OutgoingMessage message, Reason reason) {
        listener.onUndelivered(message.content(), reason);
    }

    void writable() {
        listener.onWritable();
    }

    // ---- the executor

    @Override
    public void call(Runnable callback) {
        executor.add(callback);
    }

    @Override
    public SerialExecutor.Owner executorOwner() {
        return this;
    }

    @Override
    public CallbackThreads callbackThreads() {
        return callbackThreads;
    }

    @Override
    public Executor workers() {
        return callbackThreads.workers();
    }

    @Override
    public void onFailure(Throwable failure) {
        counts.callbackFailed(nodeId, failure);
    }

    @Override
    public void onIdle() {
        // A client is not forgotten.
    }

    @Override
    public String toString() {
        return "client " + nodeId;
    }
}
