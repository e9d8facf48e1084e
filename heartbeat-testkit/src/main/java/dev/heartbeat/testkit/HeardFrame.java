package dev.heartbeat.testkit;

import dev.heartbeat.internal.frame.BufferPool;
import dev.heartbeat.internal.frame.ChannelOpen;
import dev.heartbeat.internal.frame.ChannelReset;
import dev.heartbeat.internal.frame.ErrorCode;
import dev.heartbeat.internal.frame.FrameDecoder;
import dev.heartbeat.internal.frame.FrameHandler;
import dev.heartbeat.internal.frame.FrameLog;
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
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** A frame that came, and what of it a script can speak of. */
final class HeardFrame implements FrameHandler {
    private static final int SHOWN_BYTES = 32;

    private String type = "unknown";
    private String what = "";
    private String remark = "";
    private long timestamp;
    private final String line;

    private HeardFrame(String line) {
        this.line = line;
    }

    /** Reads a whole frame. */
    static HeardFrame read(byte[] bytes) throws ProtocolException {
        ByteBuffer frame = ByteBuffer.wrap(bytes);
        HeardFrame heard = new HeardFrame(FrameLog.line(true, frame, 0, bytes.length));
        new FrameDecoder().decode(frame, FrameType.Sender.BOTH, heard, BufferPool.NONE);
        return heard;
    }

    /** Its name in the protocol. */
    String type() {
        return type;
    }

    /** The part that a script may expect: the node id, the code, the reason, the message in hex. */
    String what() {
        return what;
    }

    /** A heartbeat's timestamp. */
    long timestamp() {
        return timestamp;
    }

    /** As core writes frames into its log, and what it says. */
    String line() {
        String shown = what.length() > 2 * SHOWN_BYTES ? what.substring(0, 2 * SHOWN_BYTES) + "..." : what;
        return (line + "  " + shown + remark).stripTrailing();
    }

    @Override
    public void onFrame(@Nullable FrameType known, int flags, int streamId, ByteBuffer in) throws ProtocolException {
        if (known == null) {
            return;
        }
        type = known.name();
        switch (known) {
            case HEARTBEAT_REQ, HEARTBEAT_RES -> readHeartbeat(known, streamId, in);
            case PING, PONG -> what = hex(Payload.ofPing(streamId, in));
            case REGISTER -> {
                Register register = Register.read(in);
                what = register.nodeId();
                remark = ", attempt " + register.attempt();
            }
            case REGISTERED -> remark = "epoch " + Registered.read(in).epoch();
            case UNREGISTER -> remark = GoAway.readText(in);
            case UPDATE -> what = Update.read(in).toString();
            case DATA -> {
                Head unused = Head.of(flags, in);
                what = hex(in);
            }
            case CREDIT -> what = String.valueOf(Payload.ofCredit(in));
            case CHANNEL_OPEN -> what = ChannelOpen.read(in).name();
            case CHANNEL_ACCEPT -> what = String.valueOf(ChannelOpen.readAccept(in));
            case CHANNEL_RESET -> {
                ChannelReset reset = ChannelReset.read(in);
                what = String.valueOf(reset.code());
                remark = reset.text();
            }
            case CANCEL ->
                what = String.valueOf(Head.ofCancel(streamId, in).envelope().correlation());
            case GO_AWAY -> {
                GoAway goAway = GoAway.read(in);
                what = goAway.reason() == null
                        ? "an unknown reason"
                        : goAway.reason().name();
                remark = goAway.text().isEmpty() ? "" : ": " + goAway.text();
            }
            case ERROR -> {
                PeerError error = PeerError.read(in);
                what = error.code() == null ? error.codeName() : nameOf(error.code());
                remark = error.text().isEmpty() ? "" : ": " + error.text();
            }
        }
    }

    private void readHeartbeat(FrameType known, int handle, ByteBuffer in) throws ProtocolException {
        Heartbeat heartbeat = new Heartbeat();
        if (known == FrameType.HEARTBEAT_REQ) {
            heartbeat.readRequest(handle, in);
        } else {
            heartbeat.readResponse(in);
        }
        timestamp = heartbeat.timestamp();
    }

    @Override
    public void onRefused(int streamId, ProtocolException refusal) {
        remark = " (" + refusal.text() + ")";
    }

    /** As the page of the protocol has it, where one name covers two scopes. */
    static String nameOf(ErrorCode code) {
        return code.name().endsWith("_FEATURE") ? "UNSUPPORTED" : code.name();
    }

    private static String hex(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return HexFormat.of().formatHex(copy);
    }
}
