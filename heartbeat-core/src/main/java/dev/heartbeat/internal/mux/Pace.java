package dev.heartbeat.internal.mux;

import dev.heartbeat.internal.frame.FrameType;
import dev.heartbeat.spi.Connection;
import java.util.concurrent.TimeUnit;

/**
 * The size of frames, and of what is written ahead of the socket, so that a heartbeat does not wait
 * for long behind bulk. That depends on how fast the socket drains, which shows whenever it is
 * full. A socket that takes much without being full is fast, and then frames have their full size.
 *
 * <p>Confined to the connection's loop.
 */
final class Pace {
    /** A heartbeat waits for this long at most, however long the interval. */
    private static final long MAX_WAIT_NS = TimeUnit.MILLISECONDS.toNanos(250);

    /** Of the interval. */
    private static final int WAIT_SHARE = 4;

    /** A shorter time says little of the speed, since a kernel makes room by leaps. */
    private static final long MIN_SAMPLE_NS = TimeUnit.MILLISECONDS.toNanos(10);

    /** The bytes that kernels may hold. A socket that took more without being full is fast. */
    private static final long PROOF_OF_SPEED = 512 * 1024;

    private static final int MAX_FRAGMENT = FrameType.MAX_DATA_PAYLOAD;

    private final Connection connection;
    private final long maxWaitNs;

    /** Bytes of a message in one frame, at most. */
    private int fragment = MAX_FRAGMENT;
    /** As long as less waits in the transport, a further frame is written. */
    private long ahead = 1;

    /** The socket was full when the last pump ended. */
    private boolean full;

    private long fullNs;
    private long takenWhenFull;
    /** 0 where it is not known. */
    private long bytesPerSecond;

    Pace(Connection connection, long intervalNs) {
        this.connection = connection;
        maxWaitNs = Math.min(intervalNs / WAIT_SHARE, MAX_WAIT_NS);
    }

    int fragmentBytes() {
        return fragment;
    }

    /** Whether a further frame may be written. */
    boolean hasRoom() {
        return connection.pendingBytes() < ahead && connection.isWritable();
    }

    /** All was written and flushed that is to be. */
    void onPumped(long nowNs) {
        long taken = connection.flushedBytes();
        if (connection.pendingBytes() == 0) {
            full = false;
            if (taken - takenWhenFull > PROOF_OF_SPEED) {
                takenWhenFull = taken;
                bytesPerSecond = 0;
                set(MAX_FRAGMENT);
            }
        } else if (!full) {
            full = true;
            fullNs = nowNs;
            takenWhenFull = taken;
        } else if (taken > takenWhenFull && nowNs - fullNs >= MIN_SAMPLE_NS) {
            // The kernel's buffer was full before and is now: what it took meanwhile has left it.
            // If it took nothing, the reader pauses, which says nothing of the speed.
            measured((long) ((taken - takenWhenFull) * 1e9 / (nowNs - fullNs)));
            fullNs = nowNs;
            takenWhenFull = taken;
        }
    }

    private void measured(long sample) {
        bytesPerSecond = bytesPerSecond == 0 ? sample : (bytesPerSecond + sample) / 2;
        long inTime = (long) (bytesPerSecond * (maxWaitNs / 1e9));
        set((int) Math.max(Assembly.BYTES_PER_FRAGMENT, Math.min(inTime / Multiplexer.MAX_AHEAD_FRAMES, MAX_FRAGMENT)));
    }

    private void set(int newFragment) {
        fragment = newFragment;
        ahead = (long) (Multiplexer.MAX_AHEAD_FRAMES - 1) * newFragment;
    }
}
