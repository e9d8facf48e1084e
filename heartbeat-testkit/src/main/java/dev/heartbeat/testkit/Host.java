package dev.heartbeat.testkit;

import dev.heartbeat.spi.MemoryGauge;
import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A machine with one process on it, whose {@link #transport} a server or client is given.
 * Everything that can happen to a machine and a process is a method here.
 *
 * @since 0.1
 */
public final class Host {
    /** The monotonic clock of a machine begins anywhere. */
    private static final long MAX_CLOCK_OFFSET_NS = 1L << 40;

    private static final long START_MILLIS = 1_700_000_000_000L;

    private final Simulation simulation;
    private final String name;
    private final int number;
    private final TransportOptions options;
    private final InetAddress address;
    private final long clockOffsetNs;

    private SimTransport transport;
    private final Queue<Runnable> delayedWork = new ArrayDeque<>();
    /** The work that waits for a worker while callbacks block all of them. */
    private final Queue<Runnable> blockedWork = new ArrayDeque<>();

    private boolean blocksCallbacks;
    private Duration wallClockOffset = Duration.ZERO;
    private Duration callbackDelay = Duration.ZERO;
    private final Map<String, List<InetAddress>> names = new HashMap<>();
    private Duration lookupDelay = Duration.ZERO;
    private boolean failsLookups;
    private long lookups;
    private boolean measuresMemory;
    private double filledDirect;
    private double filledHeap;
    private boolean paused;
    private boolean off;
    private boolean refusesConnects;
    private boolean lacksDescriptors;
    private boolean failsSetUps;
    private boolean readsNothing;
    private long connects;

    Host(Simulation simulation, String name, int number, TransportOptions options) {
        this.simulation = simulation;
        this.name = name;
        this.number = number;
        this.options = options;
        this.address = Simulation.addressOf(number);
        this.clockOffsetNs = simulation.random().nextLong(MAX_CLOCK_OFFSET_NS);
        this.transport = new SimTransport(simulation, this, options);
    }

    /** {@return the name it was made with} */
    public String name() {
        return name;
    }

    /**
     * {@return its address in the simulated network, for {@code HeartbeatClient.Builder.server}}
     */
    public String address() {
        return address.getHostAddress();
    }

    /** {@return the transport of the process that runs now; another one after {@link #restart}} */
    public Transport transport() {
        return transport;
    }

    /** {@return the number of connections that were tried from here} */
    public long connects() {
        return connects;
    }

    /** {@return the number of connections that are open here} */
    public int connections() {
        return transport.connections().size();
    }

    /**
     * Lets the process that runs here now do something after so much time, as a timer of the
     * application; never, if it has died by then.
     */
    public void after(Duration delay, Runnable task) {
        Objects.requireNonNull(task, "task");
        SimTransport process = transport;
        simulation.after(delay, () -> process.work(task));
    }

    // ---- what can happen to it

    /**
     * As SIGSTOP does: nothing runs, but the kernel still accepts connections and takes what fits
     * its buffers.
     */
    public void pause() {
        paused = true;
        transport.loops().forEach(SimLoop::stop);
    }

    /** As SIGCONT does; everything that waited is there at once. */
    public void resume() {
        paused = false;
        transport.loops().forEach(SimLoop::goOn);
        while (!delayedWork.isEmpty()) {
            simulation.at(simulation.nowNs(), delayedWork.remove());
        }
    }

    /** As SIGKILL does: the process is gone at once, and the kernel resets its connections. */
    public void crash() {
        transport.connections().forEach(SimConnection::orphan);
        stopProcess();
    }

    /**
     * Acts as pulling the plug does: the process is gone, and nobody is notified; a peer that sends
     * to it hears nothing until {@link #restart}.
     */
    public void powerOff() {
        transport.connections().forEach(SimConnection::vanish);
        stopProcess();
        off = true;
    }

    private void stopProcess() {
        transport.die();
        delayedWork.clear();
        blockedWork.clear();
        blocksCallbacks = false;
        paused = false;
    }

    /**
     * Starts a new process, after {@link #crash} or {@link #powerOff}: a new {@link #transport}, on
     * which nothing runs yet.
     */
    public void restart() {
        if (!transport.isClosed()) {
            crash();
        }
        off = false;
        transport = new SimTransport(simulation, this, options);
    }

    /** Resets every connection, as a middlebox may do. */
    public void resetConnections() {
        transport.connections().forEach(connection -> {
            connection.answerWithReset();
            connection.loop().onSocket(connection::abort);
        });
    }

    /**
     * Every connection fails here, and the other side does not hear of it until it sends: a router
     * has forgotten them.
     */
    public void loseConnections() {
        transport.connections().forEach(connection -> connection.loop().onSocket(connection::lose));
    }

    /**
     * Whether the process reads nothing from its connections, though it runs; their senders are
     * pushed back.
     */
    public void stopReading(boolean stop) {
        readsNothing = stop;
        if (!stop) {
            transport.connections().forEach(SimConnection::onArrival);
        }
    }

    /** One event loop does nothing for so long, as if a callback blocked it; the others go on. */
    public void stallLoop(int index, Duration duration) {
        Spans.requireNotNegative("duration", duration);
        SimLoop loop = transport.loop(index);
        loop.stop();
        simulation.after(duration, () -> {
            if (!paused) {
                loop.goOn();
            }
        });
    }

    /** Sets the wall clock forward, or back with a negative duration. */
    public void stepWallClock(Duration by) {
        Objects.requireNonNull(by, "by");
        if (by.compareTo(Spans.LONGEST) > 0 || by.compareTo(Spans.LONGEST.negated()) < 0) {
            throw new IllegalArgumentException(
                    "by is " + by + ", allowed is " + Spans.LONGEST.negated() + " to " + Spans.LONGEST);
        }
        wallClockOffset = wallClockOffset.plus(by);
    }

    /** Each task of the workers waits so long before it runs, as with handlers that block. */
    public void delayCallbacks(Duration delay) {
        callbackDelay = Spans.requireNotNegative("delay", delay);
    }

    /**
     * Sets the answer that processes here get from now on when they look this name up: addresses of
     * hosts, as {@link #address()} has them, in this order; unknown where there are none. A name
     * that nothing was said of is that of a host of this simulation, or unknown.
     */
    public void resolveTo(String host, String... addresses) {
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(addresses, "addresses");
        names.put(host, Arrays.stream(addresses).map(Host::literal).toList());
    }

    /** Each look-up of a name that begins from now on takes so long. */
    public void delayLookups(Duration delay) {
        Spans.requireNotNegative("delay", delay);
        lookupDelay = delay;
    }

    /**
     * Whether each look-up of a name that ends from now on fails, as with no DNS server in reach.
     */
    public void failLookups(boolean fail) {
        failsLookups = fail;
    }

    /** {@return the number of times that a name was looked up here} */
    public long lookups() {
        return lookups;
    }

    /**
     * Whether callbacks block all workers of the process: no further one is called until they do
     * not. The bus's own work goes on.
     */
    public void blockCallbacks(boolean block) {
        blocksCallbacks = block;
        while (!block && !blockedWork.isEmpty()) {
            simulation.at(simulation.nowNs(), blockedWork.remove());
        }
    }

    /** Whether connecting to it and from it is refused. */
    public void refuseConnects(boolean refuse) {
        refusesConnects = refuse;
    }

    /** Whether accepting fails for want of file descriptors (EMFILE); what has arrived waits. */
    public void exhaustDescriptors(boolean exhausted) {
        lacksDescriptors = exhausted;
    }

    /**
     * Whether each connection that is accepted ends before it can be set up, as one does that its
     * peer resets at once.
     */
    public void failSetUps(boolean fail) {
        failsSetUps = fail;
    }

    /**
     * Says how full the memory of each process is that runs here, from now on and until it is said
     * anew: so full both the direct memory and the heap after collections. Before the first time
     * nobody knows, and a server that is started then does not judge whether it is overloaded.
     *
     * @since 0.1
     */
    public void fillMemory(double direct, double heapAfterCollection) {
        filledDirect = requireShare("direct", direct);
        filledHeap = requireShare("heapAfterCollection", heapAfterCollection);
        measuresMemory = true;
    }

    private static double requireShare(String parameter, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(parameter + " is " + value + ", allowed is 0 to 1");
        }
        return value;
    }

    /** {@return whether {@link #pause} is in force} */
    public boolean isPaused() {
        return paused;
    }

    /**
     * {@return whether a process runs, or is paused: not after {@link #crash} and
     * {@link #powerOff}}
     */
    public boolean isRunning() {
        return !transport.isClosed();
    }

    /** {@return the simulation it belongs to} */
    public Simulation simulation() {
        return simulation;
    }

    // ---- for the simulation

    /** Gives a thread of the process a task, for when it comes to it. */
    void work(SimTransport process, Runnable task) {
        simulation.after(callbackDelay, () -> callNow(process, task));
    }

    private void callNow(SimTransport process, Runnable task) {
        if (blocksCallbacks) {
            blockedWork.add(() -> callNow(process, task));
        } else {
            workNow(process, task);
        }
    }

    /** The work that the JVM of the process does on threads that are none of its workers. */
    CompletionStage<List<InetAddress>> lookUp(SimTransport process, String host) {
        lookups++;
        CompletableFuture<List<InetAddress>> answer = new CompletableFuture<>();
        simulation.after(lookupDelay, () -> answerNow(process, host, answer));
        return answer;
    }

    private void answerNow(SimTransport process, String host, CompletableFuture<List<InetAddress>> answer) {
        if (paused) {
            delayedWork.add(() -> answerNow(process, host, answer));
        } else if (!process.isClosed()) {
            List<InetAddress> found = failsLookups ? List.of() : names.getOrDefault(host, simulation.addressesOf(host));
            if (found.isEmpty()) {
                answer.completeExceptionally(new UnknownHostException(host));
            } else {
                answer.complete(found);
            }
        }
    }

    private static InetAddress literal(String address) {
        try {
            return InetAddress.getByName(address);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("no address: " + address, e);
        }
    }

    /** As {@link #work}, on a thread that no callback keeps busy. */
    void complete(SimTransport process, Runnable task) {
        simulation.after(Duration.ZERO, () -> workNow(process, task));
    }

    private void workNow(SimTransport process, Runnable task) {
        if (paused) {
            delayedWork.add(() -> workNow(process, task));
        } else {
            process.run(task);
        }
    }

    /** As the processes here see it; null if they do not. */
    @Nullable
    MemoryGauge memory() {
        return measuresMemory ? new Memory() : null;
    }

    private final class Memory implements MemoryGauge {
        @Override
        public double direct() {
            return filledDirect;
        }

        @Override
        public double heapAfterCollection() {
            return filledHeap;
        }
    }

    InetAddress inetAddress() {
        return address;
    }

    int number() {
        return number;
    }

    long monotonicNs() {
        return simulation.nowNs() + clockOffsetNs;
    }

    long simulationTimeNs(long monotonicNs) {
        return monotonicNs - clockOffsetNs;
    }

    long wallClockMillis() {
        return START_MILLIS + wallClockOffset.toMillis() + simulation.now().toMillis();
    }

    boolean isOff() {
        return off;
    }

    boolean refusesConnects() {
        return refusesConnects;
    }

    boolean readsNothing() {
        return readsNothing;
    }

    boolean failsSetUps() {
        return failsSetUps;
    }

    boolean lacksDescriptors() {
        return lacksDescriptors;
    }

    void countConnect() {
        connects++;
    }

    @Override
    public String toString() {
        return name;
    }
}
