package dev.heartbeat.testkit.contract;

import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The parts that a transport brings to be held to the contract.
 *
 * @since 0.1
 */
public interface TransportUnderTest {

    /**
     * Generous, since it is reached only where something is broken; no test asserts how long
     * anything takes.
     */
    long PATIENCE_SECONDS = 30;

    /**
     * Starts a transport with these options, all of which it has to follow. A test starts one or
     * several; it closes each, and waits for that.
     *
     * @return the transport
     */
    Transport start(TransportOptions options) throws Exception;

    /**
     * The bytes that a layer adds to what is written, or takes together, at most; 0 without a
     * layer. The marks of back-pressure are those of the connection below the layer, so they are
     * passed this much earlier or later.
     */
    default int layerBytes() {
        return 0;
    }

    /**
     * Waits for the future, and gives its result or throws an exception whose cause is what the
     * future failed with. A transport that has no threads of its own runs its world until the
     * future is complete.
     *
     * @return the future's result
     */
    default <T extends @Nullable Object> T await(CompletableFuture<T> future) throws Exception {
        return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
}
