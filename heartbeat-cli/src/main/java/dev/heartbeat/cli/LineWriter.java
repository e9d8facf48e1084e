package dev.heartbeat.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes event lines in the order they come, on a thread of its own. No line is dropped while
 * somebody reads: where the reader is slow, the queue fills, and then whoever has a line waits,
 * which on the bus holds up the one node that the line is about. Event loops never write lines, so
 * heartbeats go on.
 */
final class LineWriter {
    private static final int CAPACITY = 16_384;
    private static final byte[] END = {};

    private final OutputStream out;
    private final BlockingQueue<byte[]> queue;
    private final AtomicLong waiting = new AtomicLong();
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile boolean closed;

    LineWriter(OutputStream out, int capacity) {
        this.out = out;
        this.queue = new ArrayBlockingQueue<>(capacity);
        Thread thread = new Thread(this::run, "heartbeat-lines");
        thread.setDaemon(true);
        thread.start();
    }

    /** Past {@code System.out}, which swallows the news that nobody reads any more. */
    static LineWriter toStandardOutput() {
        return new LineWriter(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16), CAPACITY);
    }

    /** Queues the line; waits while the queue is full. A line after the end is discarded. */
    void write(EventLine line) {
        write(line.toString());
    }

    /** As {@link #write(EventLine)}, for what is a line already. */
    void write(String line) {
        if (!closed) {
            waiting.incrementAndGet();
            offerPatiently((line + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Waits until the reader has gone, which may be never. */
    void awaitEnd() throws InterruptedException {
        done.await();
    }

    /** Whether the reader has gone. */
    boolean hasEnded() {
        return done.getCount() == 0;
    }

    /**
     * Takes no more lines and waits for those taken to be written, as long as it may; returns how
     * many were not.
     */
    long close(Duration patience) throws InterruptedException {
        closed = true;
        long deadline = System.nanoTime() + patience.toNanos();
        if (queue.offer(END, patience.toNanos(), TimeUnit.NANOSECONDS)) {
            done.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        }
        return waiting.get();
    }

    private void offerPatiently(byte[] bytes) {
        boolean interrupted = false;
        while (done.getCount() > 0) {
            try {
                if (queue.offer(bytes, 1, TimeUnit.SECONDS)) {
                    break;
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            for (byte[] bytes = queue.take(); bytes != END; bytes = queue.take()) {
                out.write(bytes);
                if (queue.isEmpty()) {
                    out.flush();
                }
                waiting.decrementAndGet();
            }
            out.flush();
        } catch (IOException | InterruptedException e) {
            closed = true;
        } finally {
            done.countDown();
        }
    }
}
