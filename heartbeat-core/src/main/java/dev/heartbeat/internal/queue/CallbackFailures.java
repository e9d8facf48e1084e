package dev.heartbeat.internal.queue;

import dev.heartbeat.internal.log.LogEvent;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The exceptions from callbacks of one server or client: all are counted, and some are logged. Any
 * thread may call any method, and none throws, whatever the exception and the logger do.
 */
public final class CallbackFailures {
    private static final LogEvent THREW = LogEvent.error(
            CallbackFailures.class,
            "heartbeat.callbacks.threw",
            "an application callback for {node} threw; {failures} failed so far");
    private static final LogEvent THREW_UNPRINTABLE = LogEvent.error(
            CallbackFailures.class,
            "heartbeat.callbacks.threw_unprintable",
            "an application callback for {node} threw; {failures} failed so far; the {exception} cannot be"
                    + " printed");

    private final AtomicLong count = new AtomicLong();

    /**
     * A callback threw.
     *
     * @param of whom it served
     */
    public void add(String of, Throwable failure) {
        long failed = count.incrementAndGet();
        // A handler that always throws must not also fill the disk: the 1st, 2nd, 4th, 8th ... is
        // written.
        if (Long.bitCount(failed) == 1 && !THREW.logCause(failure, of, failed)) {
            // An exception whose message or stack trace throws has a class all the same.
            THREW_UNPRINTABLE.log(of, failed, failure.getClass().getName());
        }
    }

    public long count() {
        return count.get();
    }
}
