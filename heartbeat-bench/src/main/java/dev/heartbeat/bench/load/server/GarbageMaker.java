package dev.heartbeat.bench.load.server;

import java.time.Duration;
import java.util.Arrays;

/**
 * An application as a young collection dislikes it: it allocates without pause, and all of it is
 * kept for longer than a collection or two, and then let go. So every collection has much to copy,
 * and the old generation fills up too.
 */
final class GarbageMaker {
    private static final int PIECE_BYTES = 1024;
    private static final int KEPT_BYTES = 256 << 20;

    private GarbageMaker() {}

    /** Returns at once. */
    static void start(Duration time) {
        Thread thread = new Thread(() -> run(time), "application");
        thread.setDaemon(true);
        thread.start();
    }

    private static void run(Duration time) {
        byte[][] kept = new byte[KEPT_BYTES / PIECE_BYTES][];
        long endsAt = System.nanoTime() + time.toNanos();
        for (int i = 0; System.nanoTime() < endsAt; i = (i + 1) % kept.length) {
            kept[i] = new byte[PIECE_BYTES];
        }
        Arrays.fill(kept, null);
    }
}
