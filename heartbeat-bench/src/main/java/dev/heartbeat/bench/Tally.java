package dev.heartbeat.bench;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The work of an application on a message here: it sees that it is one, and counts it. For one
 * thread at a time.
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
