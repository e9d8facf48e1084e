package dev.heartbeat.internal.loop;

import dev.heartbeat.spi.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The {@link Shard} of a loop, for who has to name it before having been there. */
public record LazyShard(EventLoop loop) implements Loop {
    private static final Logger LOG = LoggerFactory.getLogger(LazyShard.class);

    @Override
    public void execute(Runnable command) {
        try {
            loop.execute(command);
        } catch (RejectedExecutionException e) {
            LOG.debug("event loop {} has ended; dropping a command", loop.index());
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
        Shard.of(loop).arm(timer, delayNs);
    }

    @Override
    public void cancel(Timer timer) {
        Shard.of(loop).cancel(timer);
    }
}
