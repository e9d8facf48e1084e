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
import dev.heartbeat.internal.frame.HandleRanges;
import dev.heartbeat.internal.frame.Head;
import dev.heartbeat.internal.frame.Metadata;
import dev.heartbeat.internal.frame.PeerError;
import dev.heartbeat.internal.frame.ProtocolException;
import dev.heartbeat.internal.frame.Register;
import dev.heartbeat.internal.frame.Registered;
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
        new FrameDecoder().decode(frame, heard, BufferPool.NONE);
        return heard;
    }

    /** Its name in the protocol. */
    String type() {
        return type;
    }

    /** What a script may expect of it: the node id, the code, the reason, the message in hex. */
    String what() {
        return what;
    }

    /** Of a heartbeat. */
    long timestamp() {
        return timestamp;
    }

    /** As core writes frames into its log, and what it says. */
    String line() {
        String shown = what.length() > 2 * SHOWN_BYTES ? what.substring(0, 2 * SHOWN_BYTES) + "..." : what;
        return (line + "  " + shown + remark).stripTrailing();
    }

    @Override
    public boolean takesMore() {
        return true;
    }

    @Override
    public void onFrame(@Nullable FrameType known) {
        if (known != null) {
            type = known.name();
        }
    }

    @Override
    public void onRefused(int streamId, ProtocolException refusal) {
        remark = " (" + refusal.text() + ")";
    }

    @Override
    public void onHeartbeatRequest(int handle, long sent, long position, int rttMicros, HandleRanges covered) {
        timestamp = sent;
    }

    @Override
    public void onHeartbeatResponse(int handle, long sent, long position) {
        timestamp = sent;
    }

    @Override
    public void onPing(ByteBuffer payload) {
        what = hex(payload);
    }

    @Override
    public void onPong(ByteBuffer payload) {
        what = hex(payload);
    }

    @Override
    public void onRegister(int handle, Register register) {
        what = register.nodeId();
        remark = ", attempt " + register.attempt();
    }

    @Override
    public void onRegistered(int handle, Registered registered) {
        remark = "epoch " + registered.epoch();
    }

    @Override
    public void onUnregister(int handle, String text) {
        remark = text;
    }

    @Override
    public void onUpdate(int handle, Metadata metadata) {
        what = metadata.toString();
    }

    @Override
    public void onData(int channel, int flags, Head head, int size, ByteBuffer message) {
        what = hex(message);
    }

    @Override
    public void onCredit(int channel, long limit) {
        what = String.valueOf(limit);
    }

    @Override
    public void onChannelOpen(int channel, ChannelOpen open) {
        what = open.name();
    }

    @Override
    public void onChannelAccept(int channel, long credit) {
        what = String.valueOf(credit);
    }

    @Override
    public void onChannelReset(int channel, ChannelReset reset) {
        what = String.valueOf(reset.code());
        remark = reset.text();
    }

    @Override
    public void onCancel(int channel, Head request) {
        what = String.valueOf(request.envelope().correlation());
    }

    @Override
    public void onGoAway(int streamId, GoAway goAway) {
        what = goAway.reason() == null ? "an unknown reason" : goAway.reason().name();
        remark = goAway.text().isEmpty() ? "" : ": " + goAway.text();
    }

    @Override
    public void onError(int streamId, PeerError error) {
        what = error.code() == null ? error.codeName() : nameOf(error.code());
        remark = error.text().isEmpty() ? "" : ": " + error.text();
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
