package dev.heartbeat.internal.node;

import dev.heartbeat.internal.loop.Timer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The nodes that are gone and still known, in the order in which their ends were told: the oldest is forgotten when its time is over, or when there are too many. Never is more than the oldest
 * looked at, and one timer serves all.
 *
 * <p>It lives on one loop. What other threads have to say comes as commands, in whichever order: a departure that is over by then is not taken in.
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
    void keep(Tombstone departure) {
        home.execute(() -> add(departure));
    }

    /** The node is back. Any thread. */
    void release(Tombstone departure) {
        home.execute(() -> remove(departure));
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

    private void add(Tombstone departure) {
        if (departure.isOver) {
            return;
        }
        departure.keptSinceNs = home.nowNs();
        departure.linked = true;
        departure.older = newest;
        if (newest == null) {
            oldest = departure;
            home.arm(this, retentionNs);
        } else {
            newest.newer = departure;
        }
        newest = departure;
        size++;
        if (size > maximum) {
            forgetOldest();
        }
    }

    private void remove(Tombstone departure) {
        if (!departure.linked) {
            return;
        }
        Tombstone before = departure.older;
        Tombstone after = departure.newer;
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
        departure.linked = false;
        departure.older = null;
        departure.newer = null;
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

    private long restNs(Tombstone departure) {
        return retentionNs - (home.nowNs() - departure.keptSinceNs);
    }
}
