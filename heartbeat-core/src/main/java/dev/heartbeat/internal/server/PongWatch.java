package dev.heartbeat.internal.server;

import dev.heartbeat.internal.frame.ChannelOpen;
import dev.heartbeat.internal.frame.ChannelReset;
import dev.heartbeat.internal.frame.FrameHandler;
import dev.heartbeat.internal.frame.FrameType;
import dev.heartbeat.internal.frame.GoAway;
import dev.heartbeat.internal.frame.HandleRanges;
import dev.heartbeat.internal.frame.Head;
import dev.heartbeat.internal.frame.Metadata;
import dev.heartbeat.internal.frame.PeerError;
import dev.heartbeat.internal.frame.ProtocolException;
import dev.heartbeat.internal.frame.Register;
import dev.heartbeat.internal.frame.Registered;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Waits for the answer to one PING, and drops all else: it may have been sent before the PING came. */
final class PongWatch implements FrameHandler {
    private final long number;
    private boolean answered;

    /**
     * @param number the payload of the PING
     */
    PongWatch(long number) {
        this.number = number;
    }

    boolean isAnswered() {
        return answered;
    }

    @Override
    public boolean takesMore() {
        return !answered;
    }

    @Override
    public void onPong(ByteBuffer payload) {
        answered = payload.remaining() == Long.BYTES && payload.getLong(payload.position()) == number;
    }

    @Override
    public void onFrame(@Nullable FrameType type) {}

    @Override
    public void onRefused(int streamId, ProtocolException refusal) {}

    @Override
    public void onHeartbeatRequest(int handle, long timestamp, long position, int rttMicros, HandleRanges covered) {}

    @Override
    public void onHeartbeatResponse(int handle, long timestamp, long position) {}

    @Override
    public void onPing(ByteBuffer payload) {}

    @Override
    public void onRegister(int handle, Register register) {}

    @Override
    public void onRegistered(int handle, Registered registered) {}

    @Override
    public void onUnregister(int handle, String text) {}

    @Override
    public void onUpdate(int handle, Metadata metadata) {}

    @Override
    public void onData(int channel, int flags, Head head, int size, ByteBuffer message) {}

    @Override
    public void onCredit(int channel, long limit) {}

    @Override
    public void onChannelOpen(int channel, ChannelOpen open) {}

    @Override
    public void onChannelAccept(int channel, long credit) {}

    @Override
    public void onChannelReset(int channel, ChannelReset reset) {}

    @Override
    public void onCancel(int channel, Head request) {}

    @Override
    public void onGoAway(int streamId, GoAway goAway) {}

    @Override
    public void onError(int streamId, PeerError error) {}
}
