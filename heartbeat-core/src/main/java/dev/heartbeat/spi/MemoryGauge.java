package dev.heartbeat.spi;

/**
 * How full the memory of the process is: what a server cannot see by its own counts. Any thread may
 * ask, several times a second; must not block.
 *
 * @since 0.1
 */
public interface MemoryGauge {

    /** {@return the part of the direct memory that is in use, from 0 to 1; 0 where nobody knows} */
    double direct();

    /**
     * {@return the part of the largest heap that was still in use after the last garbage
     * collections, from 0 to 1; 0 where nobody knows}
     */
    double heapAfterCollection();
}
