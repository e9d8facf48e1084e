package dev.heartbeat.internal.server;

import dev.heartbeat.internal.loop.Shard;
import dev.heartbeat.internal.loop.Timer;
import dev.heartbeat.internal.node.Tombstones;
import dev.heartbeat.spi.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The home of a server's tombstones: the first of the transport's loops. */
final class FirstLoop implements Tombstones.Home {
    private static final Logger LOG = LoggerFactory.getLogger(FirstLoop.class);

    private final EventLoop loop;
    /** Known once the loop was there. */
    private volatile @Nullable Shard shard;

    FirstLoop(EventLoop loop) {
        this.loop = loop;
    }

    @Override
    public void execute(Runnable command) {
        Shard known = shard;
        if (known != null) {
            known.execute(command);
            return;
        }
        try {
            loop.execute(() -> {
                shard = Shard.of(loop);
                command.run();
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("event loop {} has ended; dropping its tombstones", loop.index());
        }
    }

    @Override
    public long nowNs() {
        return shard().clock().nowNs();
    }

    @Override
    public void arm(Timer timer, long delayNs) {
        shard().arm(timer, delayNs);
    }

    @Override
    public void cancel(Timer timer) {
        shard().cancel(timer);
    }

    private Shard shard() {
        return Shard.of(loop);
    }
}
