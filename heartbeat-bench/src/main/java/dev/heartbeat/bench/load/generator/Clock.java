package dev.heartbeat.bench.load.generator;

/** Nanoseconds since this process began, so that they are small and never negative. */
final class Clock {
    private static final long BEGAN_AT = System.nanoTime();

    private Clock() {}

    static long nanos() {
        return System.nanoTime() - BEGAN_AT;
    }
}
