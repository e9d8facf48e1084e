package dev.heartbeat.internal.server;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.heartbeat.OverloadLevel;
import dev.heartbeat.internal.loop.Timer;

/**
 * Looks after the load of one loop a few times a second: it measures how late what is due
 * comes to its turn, has the server judge itself, and closes connections if that is asked for.
 */
final class Pulse extends Timer implements Runnable {
    static final long EVERY_NS = MILLISECONDS.toNanos(250);

    /**
     * The lag is the least of so many measurements in a row: what stops a loop once, such as a
     * garbage collection, is no load.
     */
    private static final int MEASUREMENTS = 4;

    private final ServerLoop loop;
    private final long[] waits = new long[MEASUREMENTS];
    private int next;
    private long dueNs;
    /** Since when a task waits. */
    private long askedNs;

    private boolean asked;
    private volatile long lagNs;

    /** When the loop last took a turn that it was asked for. */
    private volatile long turnNs;

    Pulse(ServerLoop loop) {
        this.loop = loop;
    }

    void begin() {
        turnNs = loop.shard.nowNs();
        arm();
    }

    private void arm() {
        dueNs = loop.shard.nowNs() + EVERY_NS;
        loop.arm(this, EVERY_NS);
    }

    @Override
    protected void onDue(long nowNs) {
        if (!asked) {
            asked = true;
            askedNs = dueNs; // The wait of the timer is the first part.
            loop.shard.execute(this);
        }
        arm();
        Overload overload = loop.server.overload;
        overload.look(nowNs);
        if (overload.isAt(OverloadLevel.SHEDDING)) {
            loop.shed();
        }
    }

    /** The turn has come. */
    @Override
    public void run() {
        asked = false;
        turnNs = loop.shard.nowNs();
        waits[next] = loop.shard.nowNs() - askedNs;
        next = (next + 1) % MEASUREMENTS;
        long least = Long.MAX_VALUE;
        for (long wait : waits) {
            least = Math.min(least, wait);
        }
        lagNs = least;
    }

    /** The time by which everything that is due is late. Any thread. */
    long lagNs() {
        return lagNs;
    }

    /** The time since the loop took a turn, at this reading of its clock. Any thread. */
    long silenceNs(long nowNs) {
        return nowNs - turnNs;
    }
}
