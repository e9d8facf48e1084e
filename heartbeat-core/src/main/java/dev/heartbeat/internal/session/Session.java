package dev.heartbeat.internal.session;

import static dev.heartbeat.internal.frame.ErrorCode.MALFORMED;

import dev.heartbeat.CloseReason;
import dev.heartbeat.internal.channel.Acceptors;
import dev.heartbeat.internal.channel.ChannelEnd;
import dev.heartbeat.internal.channel.ChannelOwner;
import dev.heartbeat.internal.frame.BufferPool;
import dev.heartbeat.internal.frame.ChannelOpen;
import dev.heartbeat.internal.frame.ChannelReset;
import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.frame.ErrorCode;
import dev.heartbeat.internal.frame.FrameHeader;
import dev.heartbeat.internal.frame.FrameType;
import dev.heartbeat.internal.frame.Head;
import dev.heartbeat.internal.frame.Payload;
import dev.heartbeat.internal.frame.PeerError;
import dev.heartbeat.internal.frame.ProtocolException;
import dev.heartbeat.internal.loop.Loop;
import dev.heartbeat.internal.loop.Shard;
import dev.heartbeat.internal.mux.Endpoint;
import dev.heartbeat.internal.mux.Multiplexer;
import dev.heartbeat.internal.mux.MuxChannel;
import dev.heartbeat.internal.mux.RoundRobin;
import dev.heartbeat.internal.mux.SharedReceiver;
import dev.heartbeat.spi.Connection;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The protocol state of one connection: what both sides have in common. Each frame comes as one
 * call of {@link #onFrame}; answers go out through the encoder, messages through the multiplexer.
 * Confined to the connection's loop.
 */
public abstract class Session extends SessionLife implements Multiplexer.Host, SharedReceiver {

    /** Whose messages wait to be sent. */
    protected final RoundRobin senders = new RoundRobin();

    private @Nullable Multiplexer mux;
    private @Nullable DeferredAnswers held;
    private @Nullable ErrorAllowance allowance;
    private @Nullable Runnable whenDrained;
    /** Whether a command to send what waits is under way. */
    private boolean pumping;

    private boolean drainsChannels;
    /** Channels that the peer opened and whose end the application has not heard of yet. */
    private int unfinished;

    public Session(Shard shard, Connection connection) {
        super(shard, connection);
    }

    // ---- what the two sides differ in

    /** Makes the multiplexer, with the credit that was agreed on at registration. */
    protected abstract Multiplexer newMultiplexer();

    /** The socket takes bytes again, of which what waits for that may write some. */
    protected void onRoom() {}

    // ---- bytes

    @Override
    final void sendAnswers() {
        if (mux == null && senders.isEmpty() && whenDrained == null) {
            flush();
        } else {
            // The frames read may have brought credit, and this flush may make room for more.
            pump();
        }
    }

    @Override
    final void flushMessages() {
        if (mux == null) {
            connection.flush();
        } else {
            mux.flush();
        }
    }

    @Override
    public final void onWritable() {
        answerHeld();
        onRoom();
        pump();
    }

    @Override
    public final void onFlushed(long total) {
        if (mux != null) {
            mux.settle(total);
        }
        pump();
    }

    // ---- frames

    /** A frame that both sides send. */
    protected final void onCommonFrame(FrameType type, int flags, int streamId, ByteBuffer payload)
            throws ProtocolException {
        switch (type) {
            case DATA -> onData(streamId, flags, payload);
            case CREDIT -> onCredit(streamId, Payload.ofCredit(payload));
            case PING -> onPing(Payload.ofPing(streamId, payload));
            case PONG -> onPong(Payload.ofPing(streamId, payload));
            case CHANNEL_OPEN -> onChannelOpen(streamId, ChannelOpen.read(payload));
            case CHANNEL_ACCEPT -> onChannelAccept(streamId, ChannelOpen.readAccept(payload));
            case CHANNEL_RESET -> onChannelReset(streamId, ChannelReset.read(payload));
            case CANCEL -> onCancel(streamId, Head.ofCancel(streamId, payload));
            case ERROR -> onError(streamId, PeerError.read(payload));
            default -> throw new IllegalStateException("the decoder let pass " + type + " from " + peer());
        }
    }

    private void onPing(ByteBuffer payload) {
        if (connection.isWritable()) {
            answerHeld();
            encoder.pong(payload);
        } else {
            ensureDeferred().holdPong(payload);
        }
    }

    private void onPong(ByteBuffer payload) {
        if (mux != null) {
            mux.onPong(payload); // Of any other it is a sign of life, which is all it is for.
        }
    }

    protected final void answerHeartbeat(int handle, long timestamp) {
        if (connection.isWritable()) {
            answerHeld();
            boolean waits = mux != null && connection.pendingBytes() > 0;
            encoder.heartbeatResponse(handle, timestamp, framesReceived());
            if (waits) {
                ensureMux().watchAnswer(shard.nowNs());
            }
        } else {
            ensureDeferred().holdHeartbeat(handle, timestamp, shard.nowNs());
        }
    }

    private DeferredAnswers ensureDeferred() {
        if (held == null) {
            held = new DeferredAnswers();
        }
        return held;
    }

    /**
     * Before any other answer and any position: the socket may have room before that is reported
     * here.
     */
    protected final void answerHeld() {
        DeferredAnswers answers = held;
        if (answers != null && isReading()) {
            held = null;
            answers.send(encoder, framesReceived());
            if (mux != null && answers.hasHeartbeat()) {
                mux.watchAnswer(answers.heartbeatHeldNs());
            }
        }
        if (mux != null) {
            mux.writeControl();
        }
    }

    private void onData(int channel, int flags, ByteBuffer message) throws ProtocolException {
        int size = FrameHeader.SIZE + message.remaining();
        Head head = Head.of(flags, message);
        FrameHeader.requireChannel(channel);
        head.envelope().requireFrom(peer());
        ensureMux().onData(channel, flags, head, size, message);
    }

    private void onCredit(int channel, long limit) throws ProtocolException {
        ensureMux().onCredit(channel, limit);
        pump();
    }

    private void onChannelOpen(int channel, ChannelOpen open) throws ProtocolException {
        FrameHeader.requireOtherThanChannel0(channel);
        ensureMux().onOpen(channel, open);
    }

    private void onChannelAccept(int channel, long credit) throws ProtocolException {
        FrameHeader.requireOtherThanChannel0(channel);
        ensureMux().onAccept(channel, credit);
    }

    private void onChannelReset(int channel, ChannelReset reset) throws ProtocolException {
        FrameHeader.requireOtherThanChannel0(channel);
        ensureMux().onReset(channel, reset);
    }

    private void onCancel(int channel, Head request) throws ProtocolException {
        FrameHeader.requireChannel(channel);
        request.envelope().requireFrom(peer());
        if (mux != null) {
            mux.onCancel(channel, request);
        }
    }

    /** Notifies the other side that nobody waits for the answer to a request on channel 0. */
    public final void cancelRequest(int handle, Envelope request) {
        if (state == State.REGISTERED && mux != null) {
            mux.cancel(0, handle, request);
        }
    }

    /** The peer says how far it has received. */
    protected final void onPosition(long position) throws ProtocolException {
        long sent = mux == null ? 0 : mux.framesSent();
        if (position < 0 || position > sent) {
            throw new ProtocolException(
                    MALFORMED,
                    "receive position " + Long.toUnsignedString(position) + " is beyond the " + sent + " frames sent");
        }
        if (mux != null) {
            mux.onPosition(position);
        }
    }

    @Override
    public final void onRefused(int streamId, ProtocolException refusal) throws ProtocolException {
        if (allowance == null) {
            allowance = new ErrorAllowance();
        }
        if (isPeersFault(refusal.code()) && !allowance.allows(shard.nowNs())) {
            throw new ProtocolException(ErrorCode.TOO_MANY_ERRORS, "too many errors; the last: " + refusal.text());
        }
        sendRefusal(streamId, refusal);
    }

    private static boolean isPeersFault(ErrorCode code) {
        return switch (code) {
            case NO_CAPACITY, CHANNEL_REFUSED, FORBIDDEN, FORBIDDEN_ON_CHANNEL -> false;
            default -> true;
        };
    }

    /** Notifies the peer, without counting it against what it is allowed. */
    public final void sendRefusal(int streamId, ProtocolException refusal) throws ProtocolException {
        onErrorSent(refusal.code());
        if (refusal.code().scope() == ErrorCode.Scope.CHANNEL && streamId != 0) {
            ensureMux().refuse(streamId, refusal);
        } else if (isPeersFault(refusal.code())) {
            encoder.error(streamId, refusal.code(), refusal.text(), refusal.retryAfterMillis(), refusedBy(refusal));
        } else {
            sendUncounted(streamId, refusal);
        }
    }

    /**
     * Reports what is not counted against the peer, and may happen without end: while the socket is
     * full, the latest only.
     */
    protected final void reportOnChannel0(ErrorCode code, String text) {
        sendUncounted(0, new ProtocolException(code, text));
    }

    /** Likewise, of a channel or a node. */
    protected final void sendUncounted(int streamId, ProtocolException refusal) {
        List<Long> refused = refusedBy(refusal);
        if (connection.isWritable()) {
            encoder.error(streamId, refusal.code(), refusal.text(), refusal.retryAfterMillis(), refused);
        } else {
            ensureDeferred()
                    .holdError(new DeferredAnswers.Fault(
                            streamId, refusal.code(), refusal.text(), refusal.retryAfterMillis(), refused));
        }
    }

    private static List<Long> refusedBy(ProtocolException refusal) {
        return refusal.refused() == ProtocolException.NO_MESSAGE ? List.of() : List.of(refusal.refused());
    }

    @Override
    public final void onRefusedMessage(ProtocolException refusal) throws ProtocolException {
        onRefused(0, refusal);
    }

    protected void onError(int streamId, PeerError error) throws ProtocolException {
        notifySenders(streamId, error);
        if (error.scope() == ErrorCode.Scope.CONNECTION) {
            finish(CloseReason.PROTOCOL_ERROR);
        }
    }

    /** The peer refuses messages: their senders hear of it. */
    private void notifySenders(int streamId, PeerError error) {
        if (mux != null && !error.refused().isEmpty()) {
            switch (error.scope()) {
                case CHANNEL -> mux.onRefused(streamId, error.refused());
                case NODE -> mux.onRefused(0, error.refused()); // No other channel's messages name a node.
                case CONNECTION -> {}
            }
        }
    }

    // ---- messages

    protected final Multiplexer ensureMux() {
        if (mux == null) {
            mux = newMultiplexer();
        }
        return mux;
    }

    /** The ends of the channels that the node of this handle has. */
    public final List<Endpoint> endpoints(int handle) {
        return mux == null ? List.of() : mux.endpoints(handle);
    }

    /** Whether the application has handled all that came, and waits for no reply over a channel. */
    public final boolean isHandled() {
        return mux == null || mux.isHandled();
    }

    /** Changes as long as messages leave or are handled. */
    public final long progress() {
        return mux == null ? 0 : mux.progress();
    }

    protected final long framesReceived() {
        return mux == null ? 0 : mux.framesReceived();
    }

    // ---- channels

    @Override
    public final Loop loop() {
        return shard;
    }

    @Override
    public final long judgingNs() {
        return shard.clock().nowNs();
    }

    @Override
    public final BufferPool spares() {
        return shard.messageSpares();
    }

    /** Whose channels are those of this handle? */
    protected abstract @Nullable ChannelOwner homeOf(int handle);

    protected abstract Acceptors acceptors();

    /** Judges whether the peer's node may open a channel of this name. */
    protected void requireGranted(ChannelOwner home, String channelName) throws ProtocolException {
        // Only a server grants anything.
    }

    /** The length of the longest message that the peer takes. */
    protected abstract int maxMessageBytes();

    @Override
    public final Endpoint onOpen(ChannelOpen open) throws ProtocolException {
        ChannelOwner home = homeOf(open.handle());
        if (home == null) {
            throw new ProtocolException(
                    ErrorCode.CHANNEL_REFUSED,
                    "handle " + Integer.toUnsignedString(open.handle()) + " is not registered");
        }
        requireGranted(home, open.name());
        Acceptors.Handler handler = acceptors().find(open.name());
        if (handler == null) {
            throw new ProtocolException(
                    ErrorCode.CHANNEL_REFUSED, "nobody accepts channels of the name " + open.name());
        }
        // A peer that opens and resets without end must not queue up work for the application
        // without end.
        if (unfinished >= 2 * ensureMux().maxChannels()) {
            throw new ProtocolException(
                    ErrorCode.NO_CAPACITY, "the application is busy with " + unfinished + " channels that have ended");
        }
        unfinished++;
        return ChannelEnd.offered(
                home, shard, open.name(), handler, maxMessageBytes(), () -> shard.execute(() -> unfinished--));
    }

    /** Opens a channel of a node that is registered on this connection. */
    public final void open(ChannelEnd end, int handle) {
        if (takesChannels() && homeOf(handle) != null) {
            end.openOn(ensureMux(), handle, maxMessageBytes());
            pumpSoon();
        } else {
            end.cannotOpen("node " + end.nodeId() + " is not connected");
        }
    }

    /** The node of this handle has left the connection, which goes on. */
    public final void onNodeLeft(int handle) {
        if (mux != null) {
            mux.onNodeLeft(handle);
        }
    }

    /** The peer's nodes may open less than before: their channels that are not granted now end. */
    public final void endUngrantedChannels() throws ProtocolException {
        if (mux == null) {
            return;
        }
        for (MuxChannel channel : mux.theirs()) {
            ChannelOwner home = homeOf(channel.handle());
            try {
                if (home != null) {
                    requireGranted(home, channel.name());
                }
            } catch (ProtocolException e) {
                sendRefusal(channel.id(), e);
            }
        }
    }

    /** Others may have something to say too, and one flush takes all. */
    @Override
    public final void pumpSoon() {
        if (!pumping) {
            pumping = true;
            shard.executeBehind(() -> {
                pumping = false;
                pump();
            });
        }
    }

    /** Gives the peer the credit that was withheld. */
    public final void giveWithheld() {
        if (mux != null && isReading()) {
            mux.giveWithheld();
            pumpSoon();
        }
    }

    /** Sends what waits, as far as credit and socket allow, and flushes. */
    protected final void pump() {
        if (state == State.REGISTERED) {
            if (mux != null || !senders.isEmpty()) {
                ensureMux().pump();
            }
        }
        flush();
        if (whenDrained != null && isDrained()) {
            stopDraining();
        }
    }

    /**
     * Lets every channel but 0 end once it has sent what was accepted for it, and opens no more.
     */
    public final void endChannels() {
        drainsChannels = true;
        if (mux != null) {
            mux.drain();
        }
    }

    /** Whether a channel can still be opened. */
    protected final boolean takesChannels() {
        return state == State.REGISTERED && !drainsChannels;
    }

    /**
     * Runs the action as soon as it {@link #isDrained}; whoever cannot wait for ever
     * {@linkplain #stopDraining stops} it.
     */
    public final void afterDraining(Runnable action) {
        if (!isReading()) {
            return; // It is over already.
        }
        whenDrained = action;
        pump();
    }

    public final boolean isDraining() {
        return whenDrained != null;
    }

    /** Goes on as if it were drained. */
    public final void stopDraining() {
        Runnable next = whenDrained;
        if (next != null) {
            whenDrained = null;
            next.run();
        }
    }

    /** Whether the socket has taken everything that was accepted. */
    protected boolean isDrained() {
        return senders.isEmpty() && (mux == null || mux.isSettled());
    }

    @Override
    final void endDraining() {
        whenDrained = null;
    }

    // ---- the end

    @Override
    final void abandon() {
        if (mux != null) {
            mux.abandon();
        }
    }

    /**
     * The node has another connection. A message that had begun to travel goes back, and this one
     * is closed at the latest after so long.
     */
    protected final void supersede(long limitNs) {
        state = State.SUPERSEDED;
        endDraining();
        onReadingEnded();
        abandon();
        mux = null;
        timer.set(limitNs, () -> close(CloseReason.LOCAL));
    }
}
