package dev.heartbeat.internal.session;

import dev.heartbeat.OfflineReason;
import dev.heartbeat.SuspectReason;
import dev.heartbeat.internal.liveness.PeerMonitor;
import dev.heartbeat.internal.node.Registration;
import dev.heartbeat.internal.session.Measures.Kind;

/** Turns the verdicts on one registered node into what is known of it. */
final class NodeWatch extends PeerMonitor {
    private final ServerSession session;
    private final Registration registration;

    NodeWatch(ServerLoop loop, ServerSession session, Registration registration) {
        super(loop);
        this.session = session;
        this.registration = registration;
    }

    @Override
    protected void onSuspect() {
        if (registration.entry().suspect(registration, SuspectReason.SILENT)) {
            session.probe();
        }
    }

    @Override
    protected void onRecovered() {
        session.loop.measures.record(
                Kind.RECOVERY, silentNs() - session.loop.detector().suspectAfterNs());
        registration.entry().recover(registration);
    }

    /** The node is back over another connection. */
    void superseded() {
        if (suspectedNs() >= 0) {
            session.loop.measures.record(Kind.RECOVERY, suspectedNs());
        }
        stop();
    }

    @Override
    protected void onReprieved() {
        session.loop.held.withdraw(this);
    }

    @Override
    protected boolean onGivenUp(boolean lost) {
        if (session.loop.held.holds(this)) {
            return false;
        }
        session.loop.measures.record(Kind.DETECTION, silentNs());
        registration.entry().end(registration, lost ? OfflineReason.CLOSED : OfflineReason.TIMEOUT);
        if (!lost) {
            session.timedOut();
        }
        return true;
    }
}
