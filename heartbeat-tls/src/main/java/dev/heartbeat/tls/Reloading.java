package dev.heartbeat.tls;

import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * When files are looked at again, and on whose thread.
 *
 * @param intervalNs from one look to the next
 * @param reader has the files read, which may block
 */
record Reloading(LongSupplier clock, long intervalNs, Executor reader) {

    /** Handshakes run on loops, which may not wait for a file. */
    static void onThreadOfItsOwn(Runnable look) {
        Thread thread = new Thread(look, "heartbeat-tls-reload");
        thread.setDaemon(true);
        thread.start();
    }
}
