package dev.heartbeat.internal.frame;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.infra.Blackhole;

/** Hears everything and does nothing with it, of which the compiler must not know. */
final class Discarded implements FrameHandler {
    static {
        // A class of another jar that nothing of this jar has used is unknown to the compiler,
        // which would not inline what takes one.
        FrameType[] unused = FrameType.values();
    }

    private final Blackhole hole;
    private final Heartbeat heartbeat = new Heartbeat();

    Discarded(Blackhole hole) {
        this.hole = hole;
    }

    /** Reads these bytes to their end. */
    void hear(ByteBuffer bytes, FrameDecoder decoder, BufferPool spares) throws ProtocolException {
        while (bytes.hasRemaining()) {
            decoder.decode(bytes, FrameType.Sender.BOTH, this, spares);
        }
    }

    @Override
    public void onFrame(@Nullable FrameType type, int flags, int streamId, ByteBuffer in) throws ProtocolException {
        hole.consume(type);
        hole.consume(streamId);
        if (type == null) {
            return;
        }
        switch (type) {
            case HEARTBEAT_REQ -> {
                heartbeat.readRequest(streamId, in);
                hole.consume(heartbeat.timestamp());
                hole.consume(heartbeat.position());
                hole.consume(heartbeat.rttMicros());
                hole.consume(heartbeat.covered());
            }
            case HEARTBEAT_RES -> {
                heartbeat.readResponse(in);
                hole.consume(heartbeat.timestamp());
                hole.consume(heartbeat.position());
            }
            case PING, PONG -> hole.consume(Payload.ofPing(streamId, in));
            case REGISTER -> hole.consume(Register.read(in));
            case REGISTERED -> hole.consume(Registered.read(in));
            case UNREGISTER -> hole.consume(GoAway.readText(in));
            case UPDATE -> hole.consume(Update.read(in));
            case DATA -> {
                hole.consume(flags);
                hole.consume(Head.of(flags, in));
                hole.consume(in);
            }
            case CREDIT -> hole.consume(Payload.ofCredit(in));
            case CHANNEL_OPEN -> hole.consume(ChannelOpen.read(in));
            case CHANNEL_ACCEPT -> hole.consume(ChannelOpen.readAccept(in));
            case CHANNEL_RESET -> hole.consume(ChannelReset.read(in));
            case CANCEL -> hole.consume(Head.ofCancel(streamId, in));
            case GO_AWAY -> hole.consume(GoAway.read(in));
            case ERROR -> hole.consume(PeerError.read(in));
        }
    }

    @Override
    public void onRefused(int streamId, ProtocolException refusal) throws ProtocolException {
        throw refusal;
    }
}
