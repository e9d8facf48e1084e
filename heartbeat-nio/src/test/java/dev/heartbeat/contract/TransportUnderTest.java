package dev.heartbeat.contract;

import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What a transport brings to be held to the contract. */
public interface TransportUnderTest {

    /** Generous, since it is reached only where something is broken; no test asserts how long anything takes. */
    long PATIENCE_SECONDS = 30;

    /** Starts the transport. */
    Transport start(TransportOptions options) throws Exception;

    /** Waits for the future; one that has no threads of its own runs its world until the future is complete. */
    default <T> T await(CompletableFuture<T> future) throws Exception {
        return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
}
