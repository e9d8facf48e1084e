package dev.heartbeat.cli;

import dev.heartbeat.SendResult;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/** Messages in one direction, each with a number, until it arrives or comes back. Any thread. */
final class Letters {
    private final AtomicLong numbers = new AtomicLong();
    private final Set<Long> underWay = ConcurrentHashMap.newKeySet();
    private final LongAdder accepted = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder arrived = new LongAdder();
    private final LongAdder cameBack = new LongAdder();
    private final LongAdder twice = new LongAdder();

    /** What became of them; those under way count as lost. */
    record Count(long accepted, long refused, long arrived, long cameBack, long lost, long twice) {
        boolean isKept() {
            return accepted > 0 && lost == 0 && twice == 0;
        }
    }

    /** Sends the next by one of the ways, the first that accepts it. */
    void send(Iterable<Function<ByteBuffer, SendResult>> ways) {
        Long number = numbers.incrementAndGet();
        underWay.add(number);
        for (Function<ByteBuffer, SendResult> way : ways) {
            if (way.apply(ByteBuffer.allocate(Long.BYTES).putLong(0, number)) == SendResult.ACCEPTED) {
                accepted.increment();
                return;
            }
        }
        underWay.remove(number);
        refused.increment();
    }

    void arrived(ByteBuffer message) {
        end(message, arrived);
    }

    void cameBack(ByteBuffer message) {
        end(message, cameBack);
    }

    private void end(ByteBuffer message, LongAdder how) {
        if (underWay.remove(message.getLong(message.position()))) {
            how.increment();
        } else {
            twice.increment();
        }
    }

    boolean areAllEnded() {
        return underWay.isEmpty();
    }

    Count count() {
        return new Count(accepted.sum(), refused.sum(), arrived.sum(), cameBack.sum(), underWay.size(), twice.sum());
    }
}
