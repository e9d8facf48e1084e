package dev.heartbeat.testkit;

import dev.heartbeat.AttachedNodeListener;
import dev.heartbeat.CloseReason;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.UndeliveredException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes down an attached node's reports. */
public final class AttachedRecorder implements AttachedNodeListener {
    private final List<String> events = new ArrayList<>();
    private final List<Long> epochs = new ArrayList<>();

    @Override
    public void onRegistered(long epoch) {
        epochs.add(epoch);
        events.add("registered");
    }

    @Override
    public void onMessage(ByteBuffer message) {
        events.add("message " + text(message));
    }

    @Override
    public void onUndelivered(ByteBuffer message, UndeliveredException.Reason reason) {
        events.add("undelivered " + text(message));
    }

    @Override
    public void onRefused(HeartbeatException error) {
        events.add("refused: " + error.getMessage());
    }

    @Override
    public void onEnded(CloseReason reason) {
        events.add("ended " + reason);
    }

    private static String text(ByteBuffer message) {
        return message.remaining() > 40
                ? message.remaining() + " bytes"
                : StandardCharsets.UTF_8.decode(message.duplicate()).toString();
    }

    public List<String> events() {
        return List.copyOf(events);
    }

    public List<Long> epochs() {
        return List.copyOf(epochs);
    }
}
