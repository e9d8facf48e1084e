package dev.heartbeat.fuzz;

import dev.heartbeat.internal.frame.ChannelOpen;
import dev.heartbeat.internal.frame.ChannelReset;
import dev.heartbeat.internal.frame.ErrorCode;
import dev.heartbeat.internal.frame.FrameHandler;
import dev.heartbeat.internal.frame.FrameType;
import dev.heartbeat.internal.frame.GoAway;
import dev.heartbeat.internal.frame.Head;
import dev.heartbeat.internal.frame.Heartbeat;
import dev.heartbeat.internal.frame.Payload;
import dev.heartbeat.internal.frame.PeerError;
import dev.heartbeat.internal.frame.ProtocolException;
import dev.heartbeat.internal.frame.Register;
import dev.heartbeat.internal.frame.Registered;
import dev.heartbeat.internal.frame.Update;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes down every call that a decoder makes, and what the frame says. */
final class Transcript implements FrameHandler {
    private final int framesWanted;
    private final List<String> calls = new ArrayList<>();
    private final List<FrameType> frames = new ArrayList<>();
    private final List<PeerError> errors = new ArrayList<>();
    private final Set<Integer> registered = new HashSet<>();
    private final Heartbeat heartbeat = new Heartbeat();
    private int framesBehindTheLast;

    /**
     * @param framesWanted after which it wants no more
     */
    Transcript(int framesWanted) {
        this.framesWanted = framesWanted;
    }

    boolean takesMore() {
        return frames.size() < framesWanted;
    }

    @Override
    public void onFrame(@Nullable FrameType type, int flags, int streamId, ByteBuffer in) throws ProtocolException {
        if (connectionErrors() > 0) {
            framesBehindTheLast++;
        }
        frames.add(type);
        calls.add(String.valueOf(type));
        if (type == null) {
            return;
        }
        switch (type) {
            case HEARTBEAT_REQ -> {
                heartbeat.readRequest(streamId, in);
                add(streamId, heartbeat.timestamp(), heartbeat.position(), heartbeat.rttMicros(), heartbeat.covered());
            }
            case HEARTBEAT_RES -> {
                heartbeat.readResponse(in);
                add(streamId, heartbeat.timestamp(), heartbeat.position());
            }
            case PING, PONG -> add(streamId, Payload.ofPing(streamId, in));
            case REGISTER -> add(streamId, Register.read(in));
            case REGISTERED -> {
                registered.add(streamId);
                add(streamId, Registered.read(in));
            }
            case UNREGISTER -> add(streamId, GoAway.readText(in));
            case UPDATE -> {
                add(streamId, Update.read(in));
                // A handler may refuse a frame.
                throw new ProtocolException(ErrorCode.UNSUPPORTED_NODE_FEATURE, "not offered");
            }
            case DATA -> add(streamId, flags, in.remaining(), Head.of(flags, in), in);
            case CREDIT -> add(streamId, Payload.ofCredit(in));
            case CHANNEL_OPEN -> add(streamId, ChannelOpen.read(in));
            case CHANNEL_ACCEPT -> add(streamId, ChannelOpen.readAccept(in));
            case CHANNEL_RESET -> add(streamId, ChannelReset.read(in));
            case CANCEL -> add(streamId, Head.ofCancel(streamId, in));
            case GO_AWAY -> add(streamId, GoAway.read(in));
            case ERROR -> {
                PeerError error = PeerError.read(in);
                errors.add(error);
                add(streamId, error);
            }
        }
    }

    @Override
    public void onRefused(int streamId, ProtocolException refusal) {
        add(streamId, refusal);
    }

    private void add(Object... words) {
        calls.add(Arrays.stream(words).map(Transcript::text).toList().toString());
    }

    private static String text(@Nullable Object argument) {
        if (argument instanceof ByteBuffer bytes) {
            byte[] copy = new byte[bytes.remaining()];
            bytes.duplicate().get(copy);
            return HexFormat.of().formatHex(copy);
        }
        return argument instanceof ProtocolException e ? e.code() + " " + e.text() : String.valueOf(argument);
    }

    List<String> calls() {
        return calls;
    }

    /** The types of all frames; null for one that is unknown and may be ignored. */
    List<FrameType> frames() {
        return frames;
    }

    /** The number of handles with a REGISTERED; each further one answers a credential. */
    int registeredHandles() {
        return registered.size();
    }

    List<PeerError> errors() {
        return errors;
    }

    long connectionErrors() {
        return errors.stream()
                .filter(error -> error.scope() == ErrorCode.Scope.CONNECTION)
                .count();
    }

    /** Frames that came after an ERROR of the connection, which nothing may follow. */
    int framesBehindTheLast() {
        return framesBehindTheLast;
    }
}
