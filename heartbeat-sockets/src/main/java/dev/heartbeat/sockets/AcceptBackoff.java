package dev.heartbeat.sockets;

import java.time.Duration;

/**
 * The wait of a listener that cannot accept before it tries again: longer each time, until it
 * succeeds.
 */
final class AcceptBackoff {

    // Short at first, since a descriptor may be freed at any moment; a second bounds what a long
    // lack of them costs.
    private static final Duration FIRST = Duration.ofMillis(10);
    private static final Duration LONGEST = Duration.ofSeconds(1);

    private Duration next = FIRST;

    /** Whether no attempt has failed since the last success. */
    boolean isFresh() {
        return next.equals(FIRST);
    }

    /** The delay after one more failure. */
    Duration failed() {
        Duration delay = next;
        Duration doubled = delay.multipliedBy(2);
        next = doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
        return delay;
    }

    void succeeded() {
        next = FIRST;
    }
}
