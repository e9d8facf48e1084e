package dev.heartbeat.internal.session;

import dev.heartbeat.CloseReason;
import dev.heartbeat.internal.frame.ErrorCode;
import dev.heartbeat.internal.frame.FrameDecoder;
import dev.heartbeat.internal.frame.FrameEncoder;
import dev.heartbeat.internal.frame.FrameHandler;
import dev.heartbeat.internal.frame.FrameType;
import dev.heartbeat.internal.frame.ProtocolException;
import dev.heartbeat.internal.liveness.PartialFrame;
import dev.heartbeat.internal.liveness.PeerMonitor;
import dev.heartbeat.internal.loop.InputReader;
import dev.heartbeat.internal.loop.Shard;
import dev.heartbeat.internal.loop.WorkBudget;
import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The life of a session, from the first byte to the last: in which state it is, how bytes become
 * frames, who takes nothing for too long, and how it ends. Bytes come in by {@link #onRead} and
 * become frames in the decoder, as much of them in a turn as the session's share allows. One flush
 * takes all that they were answered.
 *
 * <pre>
 *  HANDSHAKE ──REGISTERED──▶ REGISTERED ──the node has another connection──▶ SUPERSEDED
 *      │                         │                                              │ (is anybody there?)
 *      └──── error, goodbye, ────┴──▶ CLOSING ◀───────────────────────────────┘
 *            go-away                     (reads and drops)
 *                                            │ end of stream or linger
 *      from every state: the socket ─────────┴──▶ CLOSED
 *      fails, or is closed at once
 * </pre>
 *
 * Confined to the connection's loop.
 */
abstract class SessionLife implements ConnectionHandler, FrameHandler, InputReader {
    /**
     * The wait for the peer's end of stream after our own, so that our last frame is not overtaken
     * by a reset.
     */
    static final long LINGER_NS = TimeUnit.SECONDS.toNanos(2);

    public enum State {
        HANDSHAKE,
        REGISTERED,
        SUPERSEDED,
        CLOSING,
        CLOSED
    }

    public final Shard shard;
    protected final Connection connection;
    protected final FrameEncoder encoder;
    private final FrameDecoder decoder = new FrameDecoder();
    /**
     * For the handshake, then for stalled writes, then for the linger: never for two of them at a
     * time.
     */
    protected final SessionTimer timer;

    protected State state = State.HANDSHAKE;
    private @Nullable CloseReason closeReason;

    /** Of which enough has come to put a verdict of silence off. */
    private @Nullable PartialFrame underWay;

    SessionLife(Shard shard, Connection connection) {
        this.shard = shard;
        this.connection = connection;
        this.encoder = new FrameEncoder(connection);
        this.timer = new SessionTimer(shard);
    }

    // ---- what sessions differ in

    /** Which frames the peer may send. */
    protected abstract FrameType.Sender peer();

    /** The monitor that incoming bytes feed; null before there is anybody. */
    protected abstract @Nullable PeerMonitor judged();

    /** From how long a silence on. */
    protected abstract long suspectAfterNs();

    /** Counts what came in. */
    protected abstract void onBytesRead(int bytes);

    /**
     * Bytes have come that are no longer read as those of a session. While it lingers, they are
     * dropped until the peer ends its stream.
     */
    protected void onLateRead(ByteBuffer bytes) {}

    /** All that was read together is decoded, and what it was answered is about to leave. */
    protected void onDecoded() {}

    protected abstract void onErrorSent(ErrorCode code);

    protected abstract long writeStallNs();

    /** All that was read together is decoded: what it made due goes out. */
    abstract void sendAnswers();

    /** Gives what was written to the socket, messages and all else. */
    abstract void flushMessages();

    /** No more messages are sent; what waits for the last of them waits for nothing. */
    abstract void endDraining();

    /** The connection is gone, and so is what had begun to travel on it. */
    abstract void abandon();

    /** Nothing is read from here on; the end follows. */
    protected abstract void onReadingEnded();

    /**
     * The connection is over. Called once, after what had begun to travel has gone back to its
     * senders.
     */
    protected abstract void onEnded(CloseReason reason, @Nullable Throwable cause);

    // ---- bytes in

    @Override
    public final void onRead(ByteBuffer bytes) {
        if (!isReading()) {
            onLateRead(bytes);
            return;
        }
        onBytesRead(bytes.remaining());
        decode(bytes);
        if (bytes.hasRemaining() && isReading()) {
            defer(bytes);
        }
    }

    /**
     * Its share of this turn is used up: the rest waits for the next, and so does whatever comes
     * behind it.
     */
    private void defer(ByteBuffer rest) {
        if (shard.deferredInput().keep(this, rest)) {
            connection.pauseReading();
            return;
        }
        while (rest.hasRemaining() && isReading()) { // Too many wait already.
            shard.work().renew();
            decode(rest);
        }
    }

    /**
     * Decodes a share of what was left in an earlier turn.
     *
     * @return whether nothing is left of it
     */
    @Override
    public final boolean goOn(ByteBuffer rest) {
        if (isReading()) {
            decode(rest);
        }
        boolean over = !rest.hasRemaining() || !isReading();
        if (over) {
            connection.resumeReading();
        }
        return over;
    }

    /** Something that was not meant to has been thrown on its behalf. */
    @Override
    public final void fail() {
        abort(CloseReason.CONNECTION_LOST);
    }

    /** As much as its share of this turn allows. */
    private void decode(ByteBuffer bytes) {
        WorkBudget work = shard.work();
        work.begin(this, shard.nowNs());
        try {
            while (bytes.hasRemaining() && work.hasRemaining() && isReading()) {
                decoder.decode(bytes, peer(), this, shard.frameSpares());
            }
            watchUnderWay(decoder.underWay());
            onDecoded();
        } catch (ProtocolException e) {
            fail(e);
        }
        sendAnswers();
    }

    /** Somebody else hears the next frame of these bytes, whichever side it is of. */
    protected final void decodeLate(ByteBuffer bytes, FrameHandler handler) throws ProtocolException {
        decoder.decode(bytes, FrameType.Sender.BOTH, handler, shard.frameSpares());
    }

    private void watchUnderWay(int arrived) {
        PeerMonitor peer = judged();
        if (arrived < PartialFrame.MIN_GAIN || peer == null) {
            return;
        }
        long nowNs = shard.clock().nowNs();
        PartialFrame frame = underWay;
        if (frame == null) {
            frame = new PartialFrame(nowNs - peer.silentNs());
            underWay = frame;
        }
        frame.arrived(arrived, nowNs, suspectAfterNs());
    }

    /** The part of {@link #judged} that a verdict counts beside whole frames. */
    protected final long underWayNs() {
        return underWay == null
                ? Long.MAX_VALUE
                : underWay.silentNs(shard.clock().nowNs());
    }

    /** Whether a part of a frame has come. */
    protected final boolean hasFrameUnderWay() {
        return decoder.underWay() > 0;
    }

    public final boolean isReading() {
        return state == State.HANDSHAKE || state == State.REGISTERED;
    }

    /** First for each frame: it is work, and no longer under way. */
    protected final void begin(@Nullable FrameType type) {
        shard.work().frame(type);
        underWay = null;
    }

    // ---- bytes out

    protected final void flush() {
        flushMessages();
        if (connection.pendingBytes() > 0 && !timer.isSet()) {
            watchForStall(connection.progress());
        }
    }

    /** Closes the connection of a peer that takes nothing for too long. */
    private void watchForStall(long before) {
        timer.set(writeStallNs(), () -> {
            if (connection.pendingBytes() == 0) {
                return;
            }
            long now = connection.progress();
            if (now == before) {
                abort(CloseReason.WRITE_STALLED);
            } else {
                watchForStall(now);
            }
        });
    }

    // ---- the end

    @Override
    public final void onClosed(@Nullable Throwable cause) {
        if (closeReason == null) {
            closeReason = cause == null ? CloseReason.PEER_CLOSED : CloseReason.CONNECTION_LOST;
        }
        state = State.CLOSED;
        underWay = null;
        try {
            decoder.end(shard.frameSpares());
            timer.cancel();
            endDraining();
            abandon();
        } finally {
            // Whatever fails before: it is no longer counted, and its nodes are lost.
            onEnded(closeReason, cause);
        }
    }

    /** The peer broke the protocol: one ERROR, one close. */
    protected void fail(ProtocolException e) {
        if (e.code() == ErrorCode.FOREIGN) {
            flush(); // Nothing is answered to it, but what came before it is.
            close(CloseReason.FOREIGN_PROTOCOL);
            return;
        }
        onErrorSent(e.code());
        encoder.error(0, e.code(), e.text());
        finish(e.code() == ErrorCode.HANDSHAKE_TIMEOUT ? CloseReason.HANDSHAKE_TIMEOUT : CloseReason.PROTOCOL_ERROR);
    }

    /** Ends the stream after what is written, and waits for the peer to do the same. */
    public final void finish(CloseReason reason) {
        if (!isReading() && state != State.SUPERSEDED) {
            return;
        }
        willEnd(reason);
        state = State.CLOSING;
        endDraining();
        onReadingEnded();
        connection.shutdownOutput();
        timer.set(LINGER_NS, connection::close);
        flush();
    }

    /** Whatever ends the connection from here on, this is why. */
    protected final void willEnd(CloseReason reason) {
        if (closeReason == null) {
            closeReason = reason;
        }
    }

    /** Closes without another byte. */
    public final void close(CloseReason reason) {
        endWith(reason);
        connection.close();
    }

    /** Closes so that the kernel keeps nothing of it. */
    protected final void abort(CloseReason reason) {
        endWith(reason);
        connection.abort();
    }

    private void endWith(CloseReason reason) {
        willEnd(reason);
        if (state != State.CLOSED) {
            state = State.CLOSING;
        }
    }
}
