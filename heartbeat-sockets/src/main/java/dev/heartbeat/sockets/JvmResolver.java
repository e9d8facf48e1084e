package dev.heartbeat.sockets;

import dev.heartbeat.spi.Resolver;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Asks the JVM for names. That blocks for as long as the system's resolver likes and cannot be
 * called off, so it has threads of its own: daemons, which end when they are idle. All that look up
 * the same name at the same time share one thread and its answer.
 */
final class JvmResolver implements Resolver {

    private static final int IDLE_SECONDS = 10;

    private final int waiting;
    private final Lookup lookup;
    private final ThreadPoolExecutor threads;
    private final AtomicInteger started = new AtomicInteger();
    /** Lookups by name, from when the first asked until the answer is there. */
    private final Map<String, CompletableFuture<List<InetAddress>>> underWay = new ConcurrentHashMap<>();

    /** A call that blocks. */
    interface Lookup {
        InetAddress[] addressesOf(String host) throws IOException;
    }

    JvmResolver(int threads, int waiting) {
        this(threads, waiting, InetAddress::getAllByName);
    }

    JvmResolver(int threads, int waiting, Lookup lookup) {
        this.waiting = waiting;
        this.lookup = lookup;
        this.threads = new ThreadPoolExecutor(
                threads,
                threads,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                waiting == 0 ? new SynchronousQueue<>() : new LinkedBlockingQueue<>(waiting),
                this::newThread);
        this.threads.allowCoreThreadTimeOut(true);
    }

    private Thread newThread(Runnable task) {
        Thread thread = new Thread(task, "heartbeat-names-" + started.getAndIncrement());
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public CompletionStage<List<InetAddress>> resolve(String host) {
        CompletableFuture<List<InetAddress>> own = new CompletableFuture<>();
        CompletableFuture<List<InetAddress>> present = underWay.putIfAbsent(host, own);
        if (present != null) {
            return present.copy();
        }
        try {
            threads.execute(() -> answer(host, own));
        } catch (RejectedExecutionException e) {
            end(host, own, refusal(e));
        } catch (Throwable e) { // The system gives no thread.
            end(host, own, e);
        }
        return own.copy();
    }

    private void answer(String host, CompletableFuture<List<InetAddress>> answer) {
        try {
            List<InetAddress> addresses = List.of(lookup.addressesOf(host));
            underWay.remove(host, answer);
            answer.complete(addresses);
        } catch (Throwable e) {
            // The end of the transport interrupts the look-up: the interrupt is not the reason.
            end(host, answer, threads.isShutdown() ? closed(e) : e);
        }
    }

    private void end(String host, CompletableFuture<List<InetAddress>> answer, Throwable why) {
        underWay.remove(host, answer);
        answer.completeExceptionally(why);
    }

    private IOException refusal(RejectedExecutionException e) {
        return threads.isShutdown()
                ? closed(e)
                : new IOException(threads.getMaximumPoolSize() + " look-ups run and " + waiting + " wait already", e);
    }

    private static IOException closed(@Nullable Throwable cause) {
        return new IOException("the transport is closed", cause);
    }

    /**
     * Takes no more names. Callers that still wait are notified; lookups that the JVM is busy with
     * are left to end by themselves.
     */
    void end() {
        threads.shutdownNow();
        underWay.forEach((host, answer) -> end(host, answer, closed(null)));
    }
}
