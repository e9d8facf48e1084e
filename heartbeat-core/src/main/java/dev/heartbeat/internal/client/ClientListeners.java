package dev.heartbeat.internal.client;

import dev.heartbeat.ClientListener;
import dev.heartbeat.CloseReason;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.UndeliveredException.Reason;
import dev.heartbeat.internal.queue.Listeners;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Passes each event of a client on to several listeners. */
final class ClientListeners implements ClientListener {
    private final Listeners<ClientListener> all;
    private final String nodeId;

    private ClientListeners(Listeners<ClientListener> all, String nodeId) {
        this.all = all;
        this.nodeId = nodeId;
    }

    /**
     * One listener for all of them. A single one is used as it is.
     *
     * @param onFailure takes what a listener throws, and whose listener it was
     */
    static ClientListener of(List<ClientListener> all, String nodeId, BiConsumer<String, Throwable> onFailure) {
        return switch (all.size()) {
            case 0 -> new ClientListener() {};
            case 1 -> all.get(0);
            default -> new ClientListeners(new Listeners<>(all, onFailure), nodeId);
        };
    }

    /** Whether a call of {@link #onHeartbeat} would do anything: each is made on another thread. */
    static boolean hearHeartbeats(List<ClientListener> all) {
        return all.stream().anyMatch(ClientListeners::hearsHeartbeats);
    }

    private static boolean hearsHeartbeats(ClientListener listener) {
        try {
            return listener.getClass().getMethod("onHeartbeat", Duration.class).getDeclaringClass()
                    != ClientListener.class;
        } catch (NoSuchMethodException e) {
            return true; // It may be one, in an image that was built without the means to look.
        }
    }

    private void call(Consumer<ClientListener> call) {
        all.call(nodeId, call);
    }

    @Override
    public void onConnected() {
        call(ClientListener::onConnected);
    }

    @Override
    public void onRegistered(Registered registered) {
        call(listener -> listener.onRegistered(registered));
    }

    @Override
    public void onHeartbeat(Duration rtt) {
        call(listener -> listener.onHeartbeat(rtt));
    }

    @Override
    public void onSuspect() {
        call(ClientListener::onSuspect);
    }

    @Override
    public void onRecovered() {
        call(ClientListener::onRecovered);
    }

    /** The other form is each listener's own to call. */
    @Override
    public void onDisconnected(Disconnect disconnect) {
        call(listener -> listener.onDisconnected(disconnect));
    }

    @Override
    public void onError(HeartbeatException error) {
        call(listener -> listener.onError(error));
    }

    @Override
    public void onWritable() {
        call(ClientListener::onWritable);
    }

    @Override
    public void onUndelivered(ByteBuffer message, Reason reason) {
        all.give(nodeId, message, (listener, its) -> listener.onUndelivered(its, reason));
    }

    @Override
    public void onClosed(CloseReason reason) {
        call(listener -> listener.onClosed(reason));
    }
}
