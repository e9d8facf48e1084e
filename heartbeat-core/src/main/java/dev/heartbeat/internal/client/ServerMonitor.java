package dev.heartbeat.internal.client;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.heartbeat.internal.frame.Registered;
import dev.heartbeat.internal.liveness.FailureDetector;
import dev.heartbeat.internal.liveness.PeerMonitor;
import dev.heartbeat.internal.loop.LogicalClock;
import dev.heartbeat.internal.loop.Shard;
import dev.heartbeat.internal.loop.Timer;

/**
 * Judges the server of one session by its silence. A lost connection is opened again at once, so
 * there is no grace.
 */
final class ServerMonitor extends PeerMonitor implements PeerMonitor.Watch {
    private final ClientSession session;
    private final Shard shard;
    private final FailureDetector detector;

    /**
     * @param terms the times that the server asked for
     */
    ServerMonitor(ClientSession session, Shard shard, Registered terms) {
        this.session = session;
        this.shard = shard;
        detector = detector(terms);
    }

    /**
     * A server that answers only each k-th heartbeat may be silent for k intervals, and once more
     * for the one that got lost.
     */
    private static FailureDetector detector(Registered terms) {
        long intervalNs = MILLISECONDS.toNanos(terms.intervalMillis());
        long answersNs = terms.ackEvery() == 1 ? 0 : terms.ackEvery() * intervalNs;
        long suspectNs = answersNs == 0 ? 0 : answersNs + intervalNs;
        long timeoutNs = answersNs == 0 ? 0 : answersNs + 2 * intervalNs;
        return new FailureDetector(
                Math.max(MILLISECONDS.toNanos(terms.suspectMillis()), suspectNs),
                Math.max(MILLISECONDS.toNanos(terms.timeoutMillis()), timeoutNs));
    }

    @Override
    protected Watch watch() {
        return this;
    }

    @Override
    protected long underWayNs() {
        return session.frameUnderWayNs();
    }

    @Override
    protected void onSuspect() {
        session.askServer();
    }

    @Override
    protected void onRecovered() {
        session.onServerRecovered();
    }

    @Override
    protected boolean onGivenUp(boolean lost) {
        session.giveServerUp();
        return true;
    }

    @Override
    public LogicalClock clock() {
        return shard.clock();
    }

    @Override
    public FailureDetector detector() {
        return detector;
    }

    @Override
    public long graceNs() {
        return 0;
    }

    @Override
    public void arm(Timer timer, long delayNs) {
        shard.arm(timer, delayNs);
    }

    @Override
    public void cancel(Timer timer) {
        shard.cancel(timer);
    }
}
