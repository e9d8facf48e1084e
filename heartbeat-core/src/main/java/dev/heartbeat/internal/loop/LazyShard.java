package dev.heartbeat.internal.loop;

import dev.heartbeat.spi.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@link Shard} of a loop, for who has to name it before having been there. Commands are tasks
 * of the loop until then. Those that follow are the shard's, so that what several of them make due
 * is done once, in the same turn.
 */
public final class LazyShard implements Loop {
    private static final Logger LOG = LoggerFactory.getLogger(LazyShard.class);

    private final EventLoop loop;
    /** Known once somebody was on the loop. */
    private volatile @Nullable Shard shard;
    /** The tasks that have not run; nothing passes them. */
    private final AtomicInteger tasks = new AtomicInteger();

    public LazyShard(EventLoop loop) {
        this.loop = loop;
    }

    /** The shard. On the loop. */
    public Shard here() {
        Shard known = Shard.of(loop);
        shard = known;
        return known;
    }

    @Override
    public void execute(Runnable command) {
        Shard known = shard;
        if (known != null && tasks.get() == 0) {
            known.execute(command);
            return;
        }
        tasks.incrementAndGet();
        try {
            loop.execute(() -> run(command));
        } catch (RejectedExecutionException e) {
            tasks.decrementAndGet();
            LOG.debug("event loop {} has ended; dropping a command", loop.index());
        } catch (Throwable e) { // No memory for a task.
            tasks.decrementAndGet();
            throw e;
        }
    }

    private void run(Runnable command) {
        Shard unused = here();
        try {
            command.run();
        } finally {
            tasks.decrementAndGet();
        }
    }

    @Override
    public boolean isInLoop() {
        return loop.inEventLoop();
    }

    @Override
    public long nowNs() {
        return loop.nowNs();
    }

    @Override
    public void arm(Timer timer, long delayNs) {
        here().arm(timer, delayNs);
    }

    @Override
    public void cancel(Timer timer) {
        here().cancel(timer);
    }
}
