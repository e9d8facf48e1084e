package dev.heartbeat.testkit;

import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.LoopAgent;
import dev.heartbeat.spi.LoopFailures;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An event loop whose turns are events of the simulation. A stopped one keeps what comes for it
 * until it goes on; time passes meanwhile, and the first turn after it sees how much.
 */
final class SimLoop implements EventLoop {
    /**
     * The time that a turn takes. If it took no time, a loop that is never idle would keep the
     * world from getting any older.
     */
    private static final long TURN_NS = 1_000;

    private static final long AGENT_RETRY_NS = 1_000_000_000;

    private final Simulation simulation;
    private final LoopFailures failures;
    private final SimTransport transport;
    private final int index;
    private final Runnable turn = this::turn;

    private final Queue<Runnable> sockets = new ArrayDeque<>();
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final Queue<SimConnection> toTell = new ArrayDeque<>();
    private final Scratch scratch = new Scratch();
    private final byte[] readBuffer = new byte[LinkSettings.READ_BUFFER];
    private @Nullable Arrivals latestArrivals;

    private @Nullable LoopAgent agent;
    private long nowNs;
    private long wakeNs = Long.MAX_VALUE;
    /**
     * The earliest wake-up that is among the events; later ones are left there and mean nothing.
     */
    private long scheduledWakeNs = Long.MAX_VALUE;

    /** No turn begins before it. */
    private long nextTurnNs;

    private boolean turnScheduled;
    private boolean inTurn;
    private boolean stopped;

    /**
     * All pipes that have something for this loop at the same time: one event for them, which is
     * what makes a large fleet cheap.
     */
    private static final class Arrivals implements Runnable {
        final long timeNs;
        private final List<Pipe> pipes = new ArrayList<>(1);

        Arrivals(long timeNs) {
            this.timeNs = timeNs;
        }

        @Override
        public void run() {
            for (int i = 0; i < pipes.size(); i++) {
                pipes.get(i).arrive();
            }
        }
    }

    SimLoop(Simulation simulation, SimTransport transport, int index) {
        this.simulation = simulation;
        failures = new LoopFailures(simulation::escaped);
        this.transport = transport;
        this.index = index;
        nowNs = transport.host().monotonicNs();
    }

    // ---- for the host

    void stop() {
        stopped = true;
    }

    void goOn() {
        stopped = false;
        scheduleTurn();
    }

    // ---- for the network

    /** Something has come for a socket of this loop. */
    void onSocket(Runnable event) {
        sockets.add(event);
        scheduleTurn();
    }

    /** The pipe, which ends here, is to be looked at then. */
    void arriveAt(long timeNs, Pipe pipe) {
        Arrivals arrivals = latestArrivals;
        if (arrivals == null || arrivals.timeNs != timeNs || timeNs <= simulation.nowNs()) {
            arrivals = new Arrivals(timeNs);
            latestArrivals = arrivals;
            simulation.at(timeNs, arrivals);
        }
        arrivals.pipes.add(pipe);
    }

    void tellLater(SimConnection connection) {
        toTell.add(connection);
        scheduleTurn();
    }

    Scratch scratch() {
        return scratch;
    }

    byte[] readBuffer() {
        return readBuffer;
    }

    // ---- the turn

    private void scheduleTurn() {
        if (!turnScheduled && !inTurn && !stopped) {
            turnScheduled = true;
            simulation.at(nextTurnNs, turn);
        }
    }

    private void turn() {
        turnScheduled = false;
        if (stopped || transport.isClosed()) {
            return;
        }
        nowNs = transport.host().monotonicNs();
        nextTurnNs = simulation.nowNs() + TURN_NS;
        inTurn = true;
        run(sockets);
        run(tasks);
        runAgent();
        for (int due = toTell.size(); due > 0; due--) {
            toTell.remove().tell();
        }
        inTurn = false;
        if (!sockets.isEmpty() || !tasks.isEmpty() || !toTell.isEmpty()) {
            scheduleTurn();
        }
        scheduleWake();
    }

    /** Those that are there now; what they add waits for the next turn. */
    private void run(Queue<Runnable> queue) {
        for (int due = queue.size(); due > 0; due--) {
            try {
                queue.remove().run();
            } catch (Throwable e) {
                failures.add("a task", this, e);
            }
        }
    }

    private void runAgent() {
        // Not while a socket has more to say: whoever is judged has been read.
        if (agent != null && wakeNs <= nowNs && sockets.isEmpty()) {
            wakeNs = Long.MAX_VALUE;
            wake(agent);
        }
    }

    private void wake(LoopAgent woken) {
        try {
            woken.onWake(nowNs);
        } catch (Throwable e) {
            failures.add("the agent", this, e);
            if (wakeNs == Long.MAX_VALUE) {
                wakeNs = nowNs + AGENT_RETRY_NS;
            }
        }
    }

    private void scheduleWake() {
        if (wakeNs != Long.MAX_VALUE && wakeNs < scheduledWakeNs) {
            long dueNs = wakeNs;
            scheduledWakeNs = dueNs;
            simulation.at(transport.host().simulationTimeNs(dueNs), () -> {
                if (scheduledWakeNs == dueNs) {
                    scheduledWakeNs = Long.MAX_VALUE;
                }
                scheduleTurn();
            });
        }
    }

    // ---- an event loop

    @Override
    public int index() {
        return index;
    }

    @Override
    public boolean inEventLoop() {
        return inTurn;
    }

    @Override
    public void execute(Runnable task) {
        Objects.requireNonNull(task, "task");
        if (transport.isClosed()) {
            throw new RejectedExecutionException("the transport is closed");
        }
        tasks.add(task);
        scheduleTurn();
    }

    @Override
    public long nowNs() {
        return nowNs;
    }

    @Override
    public void wakeAt(long deadlineNs) {
        wakeNs = deadlineNs;
        if (!inTurn) {
            scheduleWake();
        }
    }

    @Override
    public LoopFailures failures() {
        return failures;
    }

    @Override
    public void cancelWake() {
        wakeNs = Long.MAX_VALUE;
    }

    @Override
    public LoopAgent agent(Function<EventLoop, LoopAgent> factory) {
        Objects.requireNonNull(factory, "factory");
        LoopAgent present = agent;
        if (present == null) {
            present = factory.apply(this);
            agent = present;
        }
        return present;
    }

    @Override
    public String toString() {
        return "loop " + index + " of " + transport.host().name();
    }
}
