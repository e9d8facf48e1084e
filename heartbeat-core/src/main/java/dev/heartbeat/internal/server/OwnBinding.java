package dev.heartbeat.internal.server;

import dev.heartbeat.CloseReason;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.auth.Grant;
import dev.heartbeat.internal.frame.ErrorCode;
import dev.heartbeat.internal.frame.GoAway;
import dev.heartbeat.internal.frame.GoAwayReason;
import dev.heartbeat.internal.frame.HandleRanges;
import dev.heartbeat.internal.frame.ProtocolException;
import dev.heartbeat.internal.liveness.PartialFrame;
import org.jspecify.annotations.Nullable;

/**
 * The place of a connection's own node, which has handle 0. The connection ends with it, so a
 * verdict on it is one on the connection. It keeps the connection's beats, and as a gateway the
 * nodes it speaks for.
 */
final class OwnBinding extends NodeBinding {
    private int beatsToAnswer;
    /** The last beat, or what took the place of its answer. */
    private long beatNs;
    /** Bytes since, as far as they count. */
    private int readSinceBeat;

    /** As the node measured it; 0 before the first. Written by the loop. */
    private volatile int rttMicros;

    /** Made with the first node that it speaks for. */
    private @Nullable Attachments attached;

    /** Null where nobody is asked. */
    private final @Nullable Standing standing;

    private boolean voted;

    OwnBinding(ServerSession session, @Nullable Grant grant) {
        super(session);
        standing = grant == null ? null : new Standing(this, grant);
    }

    @Override
    @Nullable
    Standing standing() {
        return standing;
    }

    @Override
    public @Nullable Grant grant() {
        return standing == null ? null : standing.grant();
    }

    @Override
    OwnBinding gateway() {
        return this;
    }

    @Override
    public int handle() {
        return 0;
    }

    @Override
    public boolean hasOwnConnection() {
        return true;
    }

    // ---- registration

    @Override
    void takePlace() {
        session.register(this);
        heardBeat();
    }

    @Override
    void refuse(ProtocolException why, @Nullable CloseReason end) throws ProtocolException {
        session.onRefused(0, why);
        if (end != null) {
            session.finish(end);
        }
    }

    @Override
    void turnAway(GoAwayReason why, CloseReason end, long retryAfterMillis, String text) {
        sendAway(why, end, retryAfterMillis, text);
    }

    @Override
    void refuseForNow(String why) {
        session.sendForNow(0, why);
        session.finish(CloseReason.REFUSED);
    }

    @Override
    void unregister() {
        end(OfflineReason.UNREGISTERED);
        session.finish(CloseReason.UNREGISTERED);
    }

    // ---- the nodes it speaks for

    /** Null if there are none. */
    @Nullable
    Attachments attachments() {
        return attached;
    }

    Attachments ensureAttachments() {
        if (attached == null) {
            attached = new Attachments(session.shard.nowNs());
        }
        return attached;
    }

    void requireMayRegister(int handle) throws ProtocolException {
        ensureAttachments()
                .requireMayRegister(handle, session.loop.server.options.maxNodesPerConnection(), session.connection());
    }

    /** The node of a handle; null if it is not on this connection. */
    @Nullable
    NodeBinding find(int handle) {
        return handle == 0 ? this : attached == null ? null : attached.get(handle);
    }

    /**
     * The node of a handle; null if it has left this connection, which the peer may not know yet.
     *
     * @throws ProtocolException if it never was
     */
    @Nullable
    NodeBinding known(int handle) throws ProtocolException {
        if (handle == 0) {
            return this;
        }
        if (attached == null) {
            throw Attachments.unknown(handle);
        }
        return attached.known(handle);
    }

    void requireKnown(HandleRanges covered) throws ProtocolException {
        for (int i = 0; i < covered.ranges(); i++) {
            NodeBinding unused = known(covered.last(i));
        }
    }

    /** A node that it speaks for leaves. */
    void forget(AttachedBinding node) {
        if (attached != null) {
            attached.forget(node);
            session.onNodeLeft(node.handle());
        }
    }

    /** Whatever becomes of this node, the others may come back over another connection. */
    void loseOthers() {
        if (attached != null) {
            attached.forEach(NodeBinding::loseConnection);
            attached.abandonWaiting();
            attached = null;
        }
    }

    /**
     * Whether one more loss of this connection counts for the mass guard. Losses of a connection
     * that speaks for many and is young count once altogether.
     */
    boolean mayVote() {
        boolean first = !voted;
        voted = true;
        return first || attached == null || attached.haveLasted(session.loop.provenNs(), session.shard.nowNs());
    }

    // ---- beats

    /** A beat has come. */
    void heardBeat() {
        beatNs = session.shard.clock().nowNs();
        readSinceBeat = 0;
    }

    /** Counts a beat that may be answered. Says whether this one is. */
    boolean owesAnswer() {
        if (--beatsToAnswer > 0) {
            return false;
        }
        beatsToAnswer = session.loop.server.options.ackEvery();
        return true;
    }

    /** Bytes have come, of whichever node. */
    void read(int bytes) {
        readSinceBeat = Math.min(readSinceBeat + bytes, PartialFrame.MIN_GAIN);
    }

    /** Whether a beat is late under much traffic: it may wait behind that traffic. */
    boolean isBeatOverdue() {
        return readSinceBeat >= PartialFrame.MIN_GAIN
                && session.shard.clock().nowNs() - beatNs > session.loop.overdueNs();
    }

    /** A beat carries the round trip, unless that is 0. */
    void measured(int micros) {
        if (micros != 0) {
            rttMicros = micros;
        }
    }

    @Override
    public int rttMicros() {
        return rttMicros;
    }

    // ---- verdicts

    @Override
    protected long underWayNs() {
        return session.frameUnderWayNs();
    }

    /** A PING asks whether the node is there. */
    @Override
    void suspected() {
        session.ping();
    }

    @Override
    void recovered() {
        if (attached != null) {
            attached.lookAtSuspects(); // Their verdicts waited for this node's.
        }
    }

    @Override
    boolean waitsForGateway() {
        return false;
    }

    @Override
    void sendAway(GoAwayReason why, CloseReason end, long retryAfterMillis, String text) {
        session.goAway(0, new GoAway(ErrorCode.Scope.CONNECTION, why, retryAfterMillis, text));
        session.finish(end);
    }

    @Override
    public void drain(long retryAfterMillis) {
        session.shard.execute(() -> session.drain(retryAfterMillis));
    }

    // ---- another process of the same identity

    @Override
    void onSuperseded() {
        boolean wasSilent = isSuspected();
        moveOn();
        if (wasSilent || !session.isRegistered()) {
            session.close(CloseReason.LOCAL);
        } else {
            session.askForTwin(twinToken());
        }
    }

    /** No PING of this connection had this payload before. */
    long twinToken() {
        return registration().epoch();
    }

    /** Whether a second process of this identity has shown itself often enough. */
    boolean isDuplicate() {
        long nowNs = session.shard.nowNs();
        boolean duplicate = registration().entry().isDuplicate(registration(), nowNs);
        if (duplicate) {
            session.loop.server.log.duplicateIdentity(registration(), nowNs);
        }
        return duplicate;
    }
}
