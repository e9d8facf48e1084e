package dev.heartbeat.bench.load.generator;

import dev.heartbeat.bench.process.Cpu;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * Counts what happens in a window of time, and the processor time that goes by meanwhile. Anything
 * that happens before the window opens is to warm up, and counts nowhere.
 */
final class Recorder {
    private static final int SLICES = 100;
    private static final long SHORTEST_SLICE = 50_000_000;
    private static final long LONGEST_LATENCY = 3_600_000_000_000L;
    private static final int DIGITS = 3;

    private final long opensAt;
    private final long closesAt;
    private final long server;
    private final long sliceNanos;
    private final Histogram latencies = new Histogram(LONGEST_LATENCY, DIGITS);
    private final List<Long> slices = new ArrayList<>();

    private boolean open;
    private boolean over;
    private long openedAt;
    private long closedAt;
    private Cpu serverBefore = Cpu.NONE;
    private Cpu serverAfter = Cpu.NONE;
    private Cpu generatorBefore = Cpu.NONE;
    private Cpu generatorAfter = Cpu.NONE;
    private Cpu machineBefore = Cpu.NONE;
    private Cpu machineAfter = Cpu.NONE;
    private long sent;
    private long answered;
    private long answeredInSlices;
    private long all;
    private long latest;
    private long mostAt;

    /**
     * @param opensAt when the window opens, by the {@link Clock}
     * @param nanos how long it is open
     * @param server the process id of the server; 0 if it is not known
     */
    Recorder(long opensAt, long nanos, long server) {
        this.opensAt = opensAt;
        closesAt = opensAt + nanos;
        this.server = server;
        sliceNanos = Math.max(SHORTEST_SLICE, nanos / SLICES);
    }

    /** Opens or closes the window, if it is time. It has to be called often. */
    void look(long now) throws IOException {
        if (open) {
            while (now - openedAt >= sliceNanos * (slices.size() + 1)) {
                slices.add(answered - answeredInSlices);
                answeredInSlices = answered;
            }
            if (now >= closesAt) {
                close(now);
            }
        } else if (now >= opensAt && !over) {
            open(now);
        }
    }

    private void open(long now) throws IOException {
        openedAt = now;
        serverBefore = cpu(server);
        generatorBefore = cpu(ProcessHandle.current().pid());
        machineBefore = Cpu.ofMachine();
        open = true;
    }

    /** Closes the window before its time, if it is open. */
    void close(long now) throws IOException {
        if (open) {
            closedAt = now;
            serverAfter = cpu(server);
            generatorAfter = cpu(ProcessHandle.current().pid());
            machineAfter = Cpu.ofMachine();
            open = false;
        }
        over = true;
    }

    private static Cpu cpu(long pid) throws IOException {
        return pid == 0 ? Cpu.NONE : Cpu.of(pid);
    }

    boolean isOver() {
        return over;
    }

    void sent(int count) {
        if (open) {
            sent += count;
        }
    }

    void late(long nanos) {
        if (open && nanos > latest) {
            latest = nanos;
        }
    }

    /** Nearly all is answered. */
    void most(long now) {
        mostAt = now;
    }

    void answered(long latency) {
        all++;
        if (open) {
            answered++;
            latencies.recordValue(Math.min(latency, LONGEST_LATENCY));
        }
    }

    /** The counts. */
    Turn turn() throws LoadException {
        if (answered == 0) {
            throw new LoadException("not one answer came while it was measured");
        }
        return new Turn(
                closedAt - openedAt,
                sent,
                answered,
                all,
                serverAfter.minus(serverBefore),
                generatorAfter.minus(generatorBefore),
                machineAfter.minus(machineBefore),
                latest,
                mostAt == 0 ? 0 : mostAt - openedAt,
                latencies,
                sliceNanos,
                slices);
    }
}
