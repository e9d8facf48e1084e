package dev.heartbeat.testkit;

import dev.heartbeat.ClientListener;
import dev.heartbeat.CloseReason;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.UndeliveredException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes down a client's reports. Heartbeats are only counted. */
public final class ClientRecorder implements ClientListener {
    private final List<String> events = new ArrayList<>();
    private final List<Duration> waits = new ArrayList<>();
    private final List<Registered> registrations = new ArrayList<>();
    private int heartbeats;

    @Override
    public void onConnected() {
        events.add("connected");
    }

    @Override
    public void onRegistered(Registered registered) {
        registrations.add(registered);
        events.add("registered");
    }

    @Override
    public void onHeartbeat(Duration rtt) {
        heartbeats++;
    }

    @Override
    public void onSuspect() {
        events.add("suspect");
    }

    @Override
    public void onRecovered() {
        events.add("recovered");
    }

    @Override
    public void onDisconnected(CloseReason reason, @Nullable Duration retryIn) {
        events.add("disconnected " + reason);
        if (retryIn != null) {
            waits.add(retryIn);
        }
    }

    @Override
    public void onError(HeartbeatException error) {
        events.add("error " + error.getMessage());
    }

    @Override
    public void onUndelivered(ByteBuffer message, UndeliveredException.Reason reason) {
        events.add("undelivered " + StandardCharsets.UTF_8.decode(message.duplicate()));
    }

    @Override
    public void onClosed(CloseReason reason) {
        events.add("closed " + reason);
    }

    public List<String> events() {
        return List.copyOf(events);
    }

    public List<Duration> waits() {
        return List.copyOf(waits);
    }

    public List<Registered> registrations() {
        return List.copyOf(registrations);
    }

    public int heartbeats() {
        return heartbeats;
    }

    public void clear() {
        events.clear();
    }
}
