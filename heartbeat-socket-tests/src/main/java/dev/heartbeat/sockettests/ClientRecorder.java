package dev.heartbeat.sockettests;

import dev.heartbeat.ClientListener;
import dev.heartbeat.CloseReason;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.UndeliveredException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Writes down a client's reports, heartbeats apart. */
final class ClientRecorder implements ClientListener {
    private final Told told;

    ClientRecorder(Told told) {
        this.told = told;
    }

    @Override
    public void onConnected() {
        told.add("connected");
    }

    @Override
    public void onRegistered(Registered registered) {
        told.add("registered");
    }

    @Override
    public void onSuspect() {
        told.add("suspect");
    }

    @Override
    public void onRecovered() {
        told.add("recovered");
    }

    @Override
    public void onDisconnected(CloseReason reason, @Nullable Duration retryIn) {
        told.add("disconnected " + reason + (retryIn == null ? " for good" : ""));
    }

    @Override
    public void onError(HeartbeatException error) {
        told.failed(error.code());
        told.add("error " + error.getMessage());
    }

    @Override
    public void onUndelivered(ByteBuffer message, UndeliveredException.Reason reason) {
        told.add("undelivered " + StandardCharsets.UTF_8.decode(message.duplicate()));
    }

    @Override
    public void onClosed(CloseReason reason) {
        told.add("closed " + reason);
    }
}
