package dev.heartbeat.world;

import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.LoopAgent;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An event loop whose turns are events of the world. A stopped one keeps what comes until it goes on. */
final class VirtualLoop implements EventLoop {
    private final World world;
    private final VirtualTransport host;
    private final int index;

    private final Queue<Runnable> sockets = new ArrayDeque<>();
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private @Nullable LoopAgent agent;
    private long wakeAtNs = Long.MAX_VALUE;
    private long nowNs;
    private boolean turnScheduled;
    private boolean inTurn;
    private boolean stopped;

    VirtualLoop(World world, VirtualTransport host, int index) {
        this.world = world;
        this.host = host;
        this.index = index;
        nowNs = world.nowNs();
    }

    /** Something happened to a socket. */
    void onSocket(Runnable event) {
        sockets.add(event);
        scheduleTurn();
    }

    void stop() {
        stopped = true;
    }

    void goOn() {
        stopped = false;
        scheduleTurn();
    }

    private void scheduleTurn() {
        if (!turnScheduled && !stopped) {
            turnScheduled = true;
            world.after(0, this::turn);
        }
    }

    private void turn() {
        turnScheduled = false;
        if (stopped || host.isClosed()) {
            return;
        }
        nowNs = world.nowNs();
        inTurn = true;
        for (int i = sockets.size(); i > 0; i--) {
            sockets.remove().run();
        }
        for (int i = tasks.size(); i > 0; i--) {
            tasks.remove().run();
        }
        if (agent != null && wakeAtNs <= nowNs) {
            wakeAtNs = Long.MAX_VALUE;
            agent.onWake(nowNs);
        }
        inTurn = false;
        if (!sockets.isEmpty() || !tasks.isEmpty() || wakeAtNs <= nowNs) {
            scheduleTurn();
        }
    }

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
        if (host.isClosed()) {
            throw new RejectedExecutionException("the host is gone");
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
        wakeAtNs = deadlineNs;
        world.at(deadlineNs, () -> {
            if (wakeAtNs == deadlineNs) {
                scheduleTurn();
            }
        });
    }

    @Override
    public void cancelWake() {
        wakeAtNs = Long.MAX_VALUE;
    }

    @Override
    public LoopAgent agent(Function<EventLoop, LoopAgent> factory) {
        if (agent == null) {
            agent = factory.apply(this);
        }
        return agent;
    }
}
