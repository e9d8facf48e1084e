package dev.heartbeat.internal.frame;

import java.nio.ByteBuffer;

/**
 * Hears each frame that a {@link FrameDecoder} reads: {@link #onFrame} first, then the one method of its type. A method that throws
 * refuses the frame. Buffers are views, valid until the method returns.
 */
public interface FrameHandler {

    /** Whether it wants a frame now; asked before each. What follows it may be given to the decoder later. */
    boolean takesMore();

    /**
     * A whole frame has come, of a type that is known ({@code type} is null for one that may be ignored). Here is decided whether it has a place
     * in this direction and state at all.
     */
    void onFrame(@org.jspecify.annotations.Nullable FrameType type) throws ProtocolException;

    /** A frame was refused with an error of narrower scope than the connection. */
    void onRefused(int streamId, ProtocolException refusal) throws ProtocolException;

    /**
     * @param rttMicros 0 if it says none
     * @param covered whom it speaks for beside {@code handle}
     */
    void onHeartbeatRequest(int handle, long timestamp, long position, int rttMicros, HandleRanges covered)
            throws ProtocolException;

    void onHeartbeatResponse(int handle, long timestamp, long position) throws ProtocolException;

    void onPing(ByteBuffer payload);

    void onPong(ByteBuffer payload);

    void onRegister(int handle, Register register) throws ProtocolException;

    void onRegistered(int handle, Registered registered) throws ProtocolException;

    void onUnregister(int handle, String text) throws ProtocolException;

    /**
     * @param metadata not yet {@linkplain Metadata#checked checked}
     */
    void onUpdate(int handle, Metadata metadata) throws ProtocolException;

    /**
     * @param flags of the frame
     * @param head {@link Head#NONE} where the flags have no HEAD
     * @param size what the frame counts against credit, header included
     * @param message the bytes after the HEAD
     */
    void onData(int channel, int flags, Head head, int size, ByteBuffer message) throws ProtocolException;

    void onCredit(int channel, long limit) throws ProtocolException;

    void onChannelOpen(int channel, ChannelOpen open) throws ProtocolException;

    /**
     * @param credit how far this side may send
     */
    void onChannelAccept(int channel, long credit) throws ProtocolException;

    void onChannelReset(int channel, ChannelReset reset) throws ProtocolException;

    /**
     * @param request the HEAD of a request whose sender waits for no answer any more
     */
    void onCancel(int channel, Head request) throws ProtocolException;

    void onGoAway(int streamId, GoAway goAway) throws ProtocolException;

    void onError(int streamId, PeerError error) throws ProtocolException;
}
