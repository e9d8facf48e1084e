package dev.heartbeat.internal.frame;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.infra.Blackhole;

/** Hears everything and does nothing with it, of which the compiler must not know. */
final class Discarded implements FrameHandler {
    static {
        // A class of another jar that nothing of this jar has used is unknown to the compiler, which would not inline
        // what takes one.
        FrameType[] unused = FrameType.values();
    }

    private final Blackhole hole;

    Discarded(Blackhole hole) {
        this.hole = hole;
    }

    @Override
    public boolean takesMore() {
        return true;
    }

    @Override
    public void onFrame(@Nullable FrameType type) {
        hole.consume(type);
    }

    @Override
    public void onRefused(int streamId, ProtocolException refusal) throws ProtocolException {
        throw refusal;
    }

    @Override
    public void onHeartbeatRequest(int handle, long timestamp, long position, int rttMicros, HandleRanges covered) {
        hole.consume(handle);
        hole.consume(timestamp);
        hole.consume(position);
        hole.consume(rttMicros);
        hole.consume(covered);
    }

    @Override
    public void onHeartbeatResponse(int handle, long timestamp, long position) {
        hole.consume(handle);
        hole.consume(timestamp);
        hole.consume(position);
    }

    @Override
    public void onPing(ByteBuffer payload) {
        hole.consume(payload);
    }

    @Override
    public void onPong(ByteBuffer payload) {
        hole.consume(payload);
    }

    @Override
    public void onRegister(int handle, Register register) {
        hole.consume(handle);
        hole.consume(register);
    }

    @Override
    public void onRegistered(int handle, Registered registered) {
        hole.consume(handle);
        hole.consume(registered);
    }

    @Override
    public void onUnregister(int handle, String text) {
        hole.consume(text);
    }

    @Override
    public void onUpdate(int handle, Metadata metadata) {
        hole.consume(metadata);
    }

    @Override
    public void onData(int channel, int flags, Head head, int size, ByteBuffer message) {
        hole.consume(channel);
        hole.consume(flags);
        hole.consume(head);
        hole.consume(size);
        hole.consume(message);
    }

    @Override
    public void onCredit(int channel, long limit) {
        hole.consume(channel);
        hole.consume(limit);
    }

    @Override
    public void onChannelOpen(int channel, ChannelOpen open) {
        hole.consume(open);
    }

    @Override
    public void onChannelAccept(int channel, long credit) {
        hole.consume(credit);
    }

    @Override
    public void onChannelReset(int channel, ChannelReset reset) {
        hole.consume(reset);
    }

    @Override
    public void onCancel(int channel, Head request) {
        hole.consume(request);
    }

    @Override
    public void onGoAway(int streamId, GoAway goAway) {
        hole.consume(goAway);
    }

    @Override
    public void onError(int streamId, PeerError error) {
        hole.consume(error);
    }
}
