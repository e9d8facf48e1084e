package dev.heartbeat.spi;

/**
 * Takes the values of one measure at one place. Written by one thread at a time, and read through
 * its {@link RecorderProvider} by any.
 *
 * @since 0.1
 */
public interface Recorder {

    /** Adds a value, in nanoseconds and not negative. Must not block, allocate or throw. */
    void record(long nanos);
}
