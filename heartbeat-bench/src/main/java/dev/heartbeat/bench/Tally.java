package dev.heartbeat.bench;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What an application does with a message here: sees that it is one, and counts it. By one thread
 * at a time.
 */
final class Tally {
    private final int bytes;
    private final AtomicLong count = new AtomicLong();

    Tally(Workload workload) {
        bytes = workload.bytes();
    }

    void add(ByteBuffer message) {
        if (message.remaining() != bytes || message.get(message.limit() - 1) != 0) {
            throw new IllegalStateException("a message of " + message.remaining() + " bytes came");
        }
        count.lazySet(count.getPlain() + 1);
    }

    long count() {
        return count.get();
    }
}
