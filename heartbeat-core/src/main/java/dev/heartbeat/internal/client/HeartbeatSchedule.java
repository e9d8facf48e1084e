package dev.heartbeat.internal.client;

import dev.heartbeat.internal.loop.Shard;
import dev.heartbeat.internal.loop.Timer;
import java.util.random.RandomGenerator;

/**
 * When to send heartbeats: at a fixed rate from a random phase, each shifted a little on its own,
 * so that a fleet that was started together does not beat together, and a late beat does not make
 * the next ones late. Beats missed while this process was stopped are left out.
 */
final class HeartbeatSchedule extends Timer {
    /** The jitter's part of an interval. */
    private static final int JITTER_DIVISOR = 10;

    private final Shard shard;
    private final RandomGenerator random;
    private final long intervalNs;
    private final Runnable send;
    private long scheduledNs;

    HeartbeatSchedule(Shard shard, RandomGenerator random, long intervalNs, Runnable send) {
        this.shard = shard;
        this.random = random;
        this.intervalNs = intervalNs;
        this.send = send;
        scheduledNs = shard.nowNs() + random.nextLong(intervalNs);
        armWithJitter(shard.nowNs());
    }

    @Override
    protected void onDue(long nowNs) {
        long missed = Math.max(0, nowNs - scheduledNs) / intervalNs;
        scheduledNs += (missed + 1) * intervalNs;
        armWithJitter(nowNs);
        send.run();
    }

    private void armWithJitter(long nowNs) {
        long jitterNs = random.nextLong(intervalNs / JITTER_DIVISOR + 1);
        shard.arm(this, scheduledNs + jitterNs - nowNs);
    }
}
