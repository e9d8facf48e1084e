package dev.heartbeat.internal.loop;

import dev.heartbeat.internal.frame.BufferPool;
import dev.heartbeat.spi.EventLoop;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;

/**
 * Input that was read from connections that have used up their {@link WorkBudget}, and is still to
 * be decoded: a share of each in every turn, after the sockets. Reading of such a connection is
 * paused, so it has one read buffer of them at most. On the loop.
 *
 * <p>Invariant: {@code bytes} is the sum of what the buffers in {@code waiting} hold room for, at
 * most {@value #MAX_BYTES}; while any waits, a run is scheduled.
 */
public final class DeferredInput {
    /** So many read buffers of 64 KiB that 128 connections can be slowed at a time. */
    static final int MAX_BYTES = 8 << 20;

    private static final int SPARE_BUFFERS = 4;
    private static final int SPARE_BYTES = SPARE_BUFFERS * (64 << 10);

    private final EventLoop loop;
    private final Queue<Deferred> waiting = new ArrayDeque<>();
    private final BufferPool buffers = new BufferPool(SPARE_BUFFERS, SPARE_BYTES);
    private final Runnable run = this::run;
    private int bytes;
    private boolean scheduled;

    private static final class Deferred {
        final InputReader session;
        final ByteBuffer content;
        /** The turn of which the session has had its share. */
        long turnNs;

        Deferred(InputReader session, ByteBuffer content, long turnNs) {
            this.session = session;
            this.content = content;
            this.turnNs = turnNs;
        }
    }

    DeferredInput(EventLoop loop) {
        this.loop = loop;
    }

    /**
     * Takes what is left in the buffer, of a session that has none here yet. It gets it back in
     * parts by {@link InputReader#goOn}, from the next turn on.
     *
     * @return false if there is no room; nothing is taken then
     */
    public boolean keep(InputReader session, ByteBuffer rest) {
        int size = rest.remaining();
        if (bytes + size > MAX_BYTES) {
            return false;
        }
        schedule();
        ByteBuffer buffer = buffers.take(size);
        ByteBuffer copy =
                (buffer == null ? ByteBuffer.allocate(size) : buffer).put(rest).flip();
        waiting.add(new Deferred(session, copy, loop.nowNs()));
        bytes += copy.capacity();
        return true;
    }

    /** First, since it may fail: nothing is to wait here that nobody comes back to. */
    private void schedule() {
        if (!scheduled) {
            loop.execute(run);
            scheduled = true;
        }
    }

    private void run() {
        scheduled = false;
        for (int due = waiting.size(); due > 0; due--) {
            Deferred next = waiting.remove();
            if (isWorkedOff(next)) {
                bytes -= next.content.capacity();
                buffers.giveBack(next.content);
            } else {
                waiting.add(next);
            }
        }
        if (!waiting.isEmpty()) {
            goOnNextTurn();
        }
    }

    private boolean isWorkedOff(Deferred next) {
        if (next.turnNs == loop.nowNs()) {
            return false;
        }
        next.turnNs = loop.nowNs();
        try {
            return next.session.goOn(next.content);
        } catch (Throwable e) {
            loop.failures().add("the handler", next.session, e);
            next.session.fail();
            return true;
        }
    }

    private void goOnNextTurn() {
        try {
            schedule();
        } catch (RejectedExecutionException e) {
            waiting.clear(); // The loop ends, and closes all connections.
        } catch (Throwable e) {
            loop.failures().add("scheduling what is left to decode", loop, e);
            waiting.forEach(each -> each.session.fail());
            waiting.clear();
            bytes = 0;
        }
    }
}
