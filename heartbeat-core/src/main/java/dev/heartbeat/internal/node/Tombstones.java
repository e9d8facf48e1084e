package dev.heartbeat.internal.node;

import dev.heartbeat.internal.loop.Timer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The nodes that are gone and still known, in the order in which their ends were reported: the
 * oldest is forgotten when its time is over, or when there are too many. Never is more than the
 * oldest looked at, and one timer serves all.
 *
 * <p>It lives on one loop. Other threads send commands, in whichever order: a tombstone that is
 * over by then is not taken in.
 */
public final class Tombstones extends Timer {
    /** Forgotten in one turn before the sockets are looked at again. */
    private static final int FORGOTTEN_PER_TURN = 256;

    private final long retentionNs;
    private final int maximum;
    private final Home home;
    private volatile boolean closed;
    /** Whether the command is under way. */
    private final AtomicBoolean makingRoom = new AtomicBoolean();

    private @Nullable Tombstone oldest;
    private @Nullable Tombstone newest;
    private int size;

    /** The loop it lives on. */
    public interface Home {

        /** Runs the command on the loop. Any thread. */
        void execute(Runnable command);

        /** Time that stands still while this process is stopped: nobody is forgotten for that. */
        long nowNs();

        void arm(Timer timer, long delayNs);

        void cancel(Timer timer);
    }

    /**
     * @param retentionNs for how long a node is kept; 0 for not at all
     * @param maximum how many are
     */
    public Tombstones(long retentionNs, int maximum, Home home) {
        this.retentionNs = retentionNs;
        this.maximum = maximum;
        this.home = home;
    }

    /** Whether a node that goes now is to be kept. Any thread. */
    boolean areKept() {
        return retentionNs > 0 && maximum > 0 && !closed;
    }

    /** Any thread. */
    void keep(Tombstone tombstone) {
        home.execute(() -> add(tombstone));
    }

    /** The node is back. Any thread. */
    void release(Tombstone tombstone) {
        home.execute(() -> remove(tombstone));
    }

    /** Keeps nobody from now on; whoever was kept is forgotten by the caller. Any thread. */
    void close() {
        closed = true;
        home.execute(() -> {
            while (oldest != null) {
                remove(oldest);
            }
        });
    }

    /** Nodes that come are refused for want of room: who is gone makes some. Any thread. */
    void makeRoom() {
        if (makingRoom.compareAndSet(false, true)) {
            home.execute(() -> {
                makingRoom.set(false);
                for (int i = 0; i < FORGOTTEN_PER_TURN; i++) {
                    forgetOldest();
                }
            });
        }
    }

    private void add(Tombstone tombstone) {
        if (tombstone.isOver) {
            return;
        }
        tombstone.keptSinceNs = home.nowNs();
        tombstone.linked = true;
        tombstone.older = newest;
        if (newest == null) {
            oldest = tombstone;
            home.arm(this, retentionNs);
        } else {
            newest.newer = tombstone;
        }
        newest = tombstone;
        size++;
        if (size > maximum) {
            forgetOldest();
        }
    }

    private void remove(Tombstone tombstone) {
        if (!tombstone.linked) {
            return;
        }
        Tombstone before = tombstone.older;
        Tombstone after = tombstone.newer;
        if (before == null) {
            oldest = after;
        } else {
            before.newer = after;
        }
        if (after == null) {
            newest = before;
        } else {
            after.older = before;
        }
        tombstone.linked = false;
        tombstone.older = null;
        tombstone.newer = null;
        size--;
        if (size == 0) {
            home.cancel(this);
        }
    }

    private void forgetOldest() {
        Tombstone first = oldest;
        if (first != null) {
            remove(first);
            first.entry.forget(first);
        }
    }

    @Override
    protected void onDue(long nowNs) {
        for (int i = 0; i < FORGOTTEN_PER_TURN && oldest != null && restNs(oldest) <= 0; i++) {
            forgetOldest();
        }
        if (oldest != null) {
            home.arm(this, restNs(oldest));
        }
    }

    private long restNs(Tombstone tombstone) {
        return retentionNs - (home.nowNs() - tombstone.keptSinceNs);
    }
}
