package dev.heartbeat.internal.server;

import dev.heartbeat.CloseReason;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.auth.Grant;
import dev.heartbeat.internal.frame.ErrorCode;
import dev.heartbeat.internal.frame.GoAway;
import dev.heartbeat.internal.frame.GoAwayReason;
import dev.heartbeat.internal.frame.ProtocolException;
import dev.heartbeat.internal.liveness.FailureDetector;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The place of a node that a gateway speaks for, beside the connection's own. The gateway's beats
 * count for it, its verdict may wait for the gateway's, and it leaves alone: its neighbours and the
 * connection stay.
 */
class AttachedBinding extends NodeBinding {
    /** Until all timers have run that are due now. */
    private static final long TURN_NS = 100_000_000;

    private final int handle;

    AttachedBinding(ServerSession session, int handle) {
        super(session);
        this.handle = handle;
    }

    /** It is not registered yet, and will not be. */
    void abandon() {}

    @Override
    final OwnBinding gateway() {
        return Objects.requireNonNull(session.own());
    }

    /** Its gateway's holds for it. */
    @Override
    @Nullable
    Standing standing() {
        return null;
    }

    @Override
    public @Nullable Grant grant() {
        return gateway().grant();
    }

    @Override
    public int handle() {
        return handle;
    }

    @Override
    public boolean hasOwnConnection() {
        return false;
    }

    @Override
    public int rttMicros() {
        return 0;
    }

    // ---- registration

    @Override
    void takePlace() {
        gateway().ensureAttachments().add(this);
    }

    /**
     * The connection goes on, and the error is not counted against what this gateway may do wrong:
     * it is about others.
     */
    @Override
    void refuse(ProtocolException why, @Nullable CloseReason end) throws ProtocolException {
        session.sendRefusal(handle, why);
    }

    @Override
    void turnAway(GoAwayReason why, CloseReason end, long retryAfterMillis, String text) {
        goAway(why, retryAfterMillis, text);
    }

    @Override
    void refuseForNow(String why) {
        session.sendForNow(handle, why);
    }

    @Override
    void unregister() {
        end(OfflineReason.UNREGISTERED);
        gateway().forget(this);
    }

    // ---- verdicts

    @Override
    protected long othersSilentNs() {
        Attachments all = gateway().attachments();
        return all == null ? Long.MAX_VALUE : all.silentNs(session.shard.clock().nowNs());
    }

    /** The node cannot be asked whether it is there: a PONG would be the gateway's. */
    @Override
    void suspected() {
        gateway().ensureAttachments().suspected(this);
    }

    @Override
    void recovered() {
        Attachments all = gateway().attachments();
        if (all != null) {
            all.recovered(this);
        }
    }

    @Override
    boolean waitsForGateway() {
        OwnBinding gateway = gateway();
        if (!gateway.isSuspected()
                && session.loop.detector().judge(gateway.silentNs()) != FailureDetector.Verdict.ALIVE) {
            lookAgainAfter(TURN_NS); // The gateway is about to be looked at itself.
            return true;
        }
        return gateway.isSuspected();
    }

    @Override
    void sendAway(GoAwayReason why, CloseReason end, long retryAfterMillis, String text) {
        Attachments all = gateway().attachments();
        if (all == null || all.get(handle) != this) {
            return; // It left meanwhile.
        }
        gateway().forget(this);
        if (session.isReading()) {
            goAway(why, retryAfterMillis, text);
            session.flushWritten();
        }
    }

    private void goAway(GoAwayReason why, long retryAfterMillis, String text) {
        session.goAway(handle, new GoAway(ErrorCode.Scope.NODE, why, retryAfterMillis, text));
    }

    /** The connection drains with its own node. */
    @Override
    public void drain(long retryAfterMillis) {}

    /** Nobody is asked for a second process: a PONG would be the gateway's. */
    @Override
    void onSuperseded() {
        moveOn();
        gateway().forget(this);
    }
}
