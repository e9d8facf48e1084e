package dev.heartbeat.internal.server;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.heartbeat.internal.loop.Shard;
import dev.heartbeat.internal.loop.Timer;
import dev.heartbeat.internal.node.Registration;
import java.util.Queue;
import java.util.random.RandomGenerator;

/**
 * Sends the nodes of a server that stops away, one after the other, so that few of them are without
 * a connection at one time. Confined to the loop whose shard it has.
 */
final class Drain extends Timer {
    /** A node is away for about as long, so a greater gap would only take time. */
    private static final long MAX_GAP_NS = SECONDS.toNanos(1);

    private static final int MAX_RETRY_AFTER_MILLIS = 1000;

    private final Shard shard;
    private final RandomGenerator random;
    private final Queue<Registration.Owner> waiting;
    private final long gapNs;
    private final long beganNs;
    private long sent;

    /**
     * @param nodes those with connections of their own; the others go with them
     * @param timeNs for all of it: the last fifth is left to those who are sent away last
     */
    Drain(Shard shard, RandomGenerator random, Queue<Registration.Owner> nodes, long timeNs) {
        this.shard = shard;
        this.random = random;
        waiting = nodes;
        gapNs = Math.max(1, Math.min(MAX_GAP_NS, timeNs / 5 * 4 / Math.max(1, nodes.size())));
        beganNs = shard.nowNs();
    }

    void begin() {
        onDue(beganNs);
    }

    /** Sends nobody more away. */
    void end() {
        waiting.clear();
        shard.cancel(this);
    }

    @Override
    protected void onDue(long nowNs) {
        long due = 1 + (shard.nowNs() - beganNs) / gapNs;
        for (; sent < due && !waiting.isEmpty(); sent++) {
            waiting.remove().drain(1 + random.nextInt(MAX_RETRY_AFTER_MILLIS));
        }
        if (!waiting.isEmpty()) {
            shard.arm(this, beganNs + sent * gapNs - shard.nowNs());
        }
    }
}
