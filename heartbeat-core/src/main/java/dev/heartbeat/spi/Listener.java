package dev.heartbeat.spi;

import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;

/**
 * A bound port that accepts connections until it is closed.
 *
 * @since 0.1
 */
public interface Listener {

    /** {@return the bound address; its port is the real one where port 0 was asked for} */
    InetSocketAddress localAddress();

    /**
     * Accepts no more and frees the port; connections already accepted live on. Idempotent.
     *
     * @return a future that completes when the port is free
     */
    CompletableFuture<Void> close();

    /**
     * Accepts nothing until {@link #resumeAccepting}; what comes meanwhile waits in the kernel. It
     * may have accepted a few more when this returns. A listener that cannot wait accepts on, as by
     * default. Idempotent.
     *
     * @since 0.1
     */
    default void pauseAccepting() {}

    /**
     * Accepts again, after {@link #pauseAccepting}. Idempotent.
     *
     * @since 0.1
     */
    default void resumeAccepting() {}

    /**
     * Completes when it accepts no more, for whatever reason: it was closed, or its transport ends.
     *
     * @return a future that completes when it accepts no more
     */
    CompletableFuture<Void> closed();
}
