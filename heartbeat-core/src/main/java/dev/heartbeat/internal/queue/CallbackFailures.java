package dev.heartbeat.internal.queue;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The exceptions from callbacks of one server or client: all are counted, and some are logged. Any
 * thread may call any method, and none throws, whatever the exception and the logger do.
 */
public final class CallbackFailures {
    private static final Logger LOG = LoggerFactory.getLogger(CallbackFailures.class);

    private final AtomicLong count = new AtomicLong();

    /**
     * A callback threw.
     *
     * @param of whom it served
     */
    @SuppressWarnings("CatchAndPrintStackTrace")
    public void add(String of, Throwable failure) {
        long failed = count.incrementAndGet();
        // A handler that always throws must not also fill the disk: the 1st, 2nd, 4th, 8th ... is
        // written.
        if (Long.bitCount(failed) != 1) {
            return;
        }
        try {
            LOG.error("an application callback for {} threw; {} failed so far", of, failed, failure);
        } catch (Throwable unprintable) {
            addUnprintable(of, failed, failure.getClass().getName());
        }
    }

    /** An exception whose message or stack trace throws has a class all the same. */
    private static void addUnprintable(String of, long failed, String type) {
        try {
            LOG.error(
                    "an application callback for {} threw; {} failed so far; the {} cannot be printed",
                    of,
                    failed,
                    type);
        } catch (Throwable brokenLogger) {
            // It is counted, and nothing else can be notified.
        }
    }

    public long count() {
        return count.get();
    }
}
