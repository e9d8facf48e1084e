package dev.heartbeat.tls;

import dev.heartbeat.spi.EventLoop;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The memory that all TLS connections of an event loop share, and those of them with something to
 * report at the end of the turn. Confined to the loop.
 */
final class TlsLoop {
    /** What is kept for the next connections that need one. */
    private static final int LEDGERS = 64;

    /** A handshake begins no step on the loop once they have taken this long since the last poll. */
    private static final long HANDSHAKES_OF_A_TURN_NS = 1_000_000;

    private final LongSupplier clock;
    private final EventLoop loop;
    private final boolean direct;
    private final RecordBuffer records;
    private final Queue<RecordLedger> ledgers = new ArrayDeque<>();
    private final Queue<TlsConnection> reporting = new ArrayDeque<>();
    private final Runnable report = this::report;
    private int connections;
    private long turnNs;
    private long handshakesNs;
    private ByteBuffer plaintext;

    /**
     * One without connections.
     *
     * @param direct whether its memory lies outside the heap
     */
    TlsLoop(EventLoop loop, boolean direct) {
        this(loop, direct, System::nanoTime);
    }

    /** One that measures the steps of handshakes by this clock. */
    TlsLoop(EventLoop loop, boolean direct, LongSupplier clock) {
        this.clock = clock;
        this.loop = loop;
        this.direct = direct;
        records = new RecordBuffer(allocate(RecordBuffer.CAPACITY));
        plaintext = allocate(RecordBuffer.RECORD + 1024);
    }

    private ByteBuffer allocate(int bytes) {
        return direct ? ByteBuffer.allocateDirect(bytes) : ByteBuffer.allocate(bytes);
    }

    /** Counts one more connection, or with -1 one less; returns how many there are now. */
    int addConnections(int more) {
        connections += more;
        return connections;
    }

    EventLoop eventLoop() {
        return loop;
    }

    /** Runs a step of a handshake, if this turn has time for it; returns whether it did. */
    boolean hasRun(Runnable step) {
        long nowNs = loop.nowNs();
        if (nowNs != turnNs) {
            turnNs = nowNs;
            handshakesNs = 0;
        }
        if (handshakesNs >= HANDSHAKES_OF_A_TURN_NS) {
            return false;
        }
        long beganNs = clock.getAsLong();
        step.run();
        handshakesNs += clock.getAsLong() - beganNs;
        return true;
    }

    RecordBuffer records() {
        return records;
    }

    /** Shared by all connections of the loop, for as long as one {@code onRead} takes. */
    ByteBuffer plaintext() {
        return plaintext.clear();
    }

    /** An engine wants more room for what a record holds. */
    void growPlaintext(int bytes) {
        plaintext = allocate(Math.max(bytes, plaintext.capacity() + 1024));
    }

    RecordLedger takeLedger() {
        RecordLedger kept = ledgers.poll();
        return kept == null ? new RecordLedger() : kept;
    }

    /** Takes back one that is empty. */
    void giveBack(RecordLedger ledger) {
        if (ledgers.size() < LEDGERS && ledger.isSmall()) {
            ledgers.add(ledger);
        }
    }

    /** Has the connection report in the next tasks of the loop, when no call to it is under way. */
    void reportLater(TlsConnection connection) {
        reporting.add(connection);
        if (reporting.size() == 1) {
            execute(report);
        }
    }

    /** A loop that has ended has closed its connections: nobody is left for the task. */
    void execute(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            reporting.clear();
        }
    }

    private void report() {
        // Those that become due meanwhile wait for the next time.
        for (int due = reporting.size(); due > 0; due--) {
            @Nullable TlsConnection next = reporting.poll();
            if (next == null) {
                return;
            }
            report(next);
        }
        if (!reporting.isEmpty()) {
            execute(report);
        }
    }

    private void report(TlsConnection connection) {
        try {
            connection.report();
        } catch (Throwable e) {
            loop.failures().add("the handler", connection, e);
        }
    }
}
