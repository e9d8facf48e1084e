package dev.heartbeat.sockettests;

/** The used heap of this process. */
final class UsedHeap {
    private UsedHeap() {}

    /** The least that is in use after several collections. */
    static long bytes() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}
