package dev.heartbeat.spi;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What every transport can be told. Values are within range when a transport sees them, and none changes: each {@code with...}
 * gives other options.
 *
 * <p>All real transports honour all of them, but for {@link #userTimeout} and {@link #unsentLowWaterBytes}, which {@code java.nio}
 * has no way to set: Netty's native transports do. A transport that is told what it cannot do says so once, in the log, and goes on
 * without it. A simulated one has no sockets to set up.
 */
public final class TransportOptions {

    private static final int KIB = 1024;
    private static final int MIB = KIB * KIB;

    private static final String OR_NONE = ", or 0 for the system's";

    private final Values values;

    private TransportOptions(Values values) {
        this.values = values;
    }

    /** One event loop per core, 64 KiB of socket send buffer, 64 KiB of high water; what the system has where it is 0. */
    public static TransportOptions defaults() {
        return new TransportOptions(new Values());
    }

    /** How many event loops (threads) carry the connections. One per core. */
    public int eventLoops() {
        return values.eventLoops;
    }

    /** The same with another number of event loops, 1 to 1024. */
    public TransportOptions withEventLoops(int loops) {
        require("eventLoops", loops, 1, 1024);
        return with(changed -> changed.eventLoops = loops);
    }

    /** How many threads at most run the application's callbacks; idle ones end. 32. */
    public int workerThreads() {
        return values.workerThreads;
    }

    /** The same with another bound on the threads of the application's callbacks, 1 to 10,000. */
    public TransportOptions withWorkerThreads(int threads) {
        require("workerThreads", threads, 1, 10_000);
        return with(changed -> changed.workerThreads = threads);
    }

    /**
     * SO_SNDBUF of each connection: what the kernel may hold. 64 KiB. A heartbeat waits behind it, beside the quarter of its interval (250 ms at most) that it may wait in the bus: on a link of 32 kB/s that is 2 s, and
     * twice as much where the kernel doubles the value, as Linux does. Where links are slow, a smaller buffer, or {@link #unsentLowWaterBytes} where the transport has it, keeps heartbeats prompt.
     * A transport on {@code java.nio} sees no progress until about a third of it has left, so on a slow link that third has to leave within the {@code writeStallTimeout}; Netty's native transports ask what the peer has
     * acknowledged.
     */
    public int sendBufferBytes() {
        return values.sendBufferBytes;
    }

    /** The same with another SO_SNDBUF, 4 KiB to 64 MiB. */
    public TransportOptions withSendBufferBytes(int bytes) {
        require("sendBufferBytes", bytes, 4 * KIB, 64 * MIB);
        return with(changed -> changed.sendBufferBytes = bytes);
    }

    /** SO_RCVBUF of each connection; 0, the default, leaves it to the system, which adapts it. */
    public int receiveBufferBytes() {
        return values.receiveBufferBytes;
    }

    /** The same with another SO_RCVBUF, 4 KiB to 64 MiB, or the system's where it is 0. */
    public TransportOptions withReceiveBufferBytes(int bytes) {
        requireOrNone("receiveBufferBytes", bytes, 4 * KIB, 64 * MIB);
        return with(changed -> changed.receiveBufferBytes = bytes);
    }

    /** How many connections the kernel may hold before they are accepted. 4096. */
    public int backlog() {
        return values.backlog;
    }

    /** The same with another backlog, 1 to 65,535. */
    public TransportOptions withBacklog(int connections) {
        require("backlog", connections, 1, 65_535);
        return with(changed -> changed.backlog = connections);
    }

    /** Whether several processes may listen on the same port (SO_REUSEPORT). They may not. */
    public boolean reusePort() {
        return values.reusePort;
    }

    /** The same with SO_REUSEPORT on or off. A system that has none fails to listen. */
    public TransportOptions withReusePort(boolean reuse) {
        return with(changed -> changed.reusePort = reuse);
    }

    /** When this many written bytes wait for the socket, the connection is no longer writable. 64 KiB. */
    public int highWaterBytes() {
        return values.highWaterBytes;
    }

    /** When what waits has fallen to this, the connection is writable again. 32 KiB. */
    public int lowWaterBytes() {
        return values.lowWaterBytes;
    }

    /** The same with other water marks: {@code high} 1 KiB to 64 MiB, {@code low} at most that. */
    public TransportOptions withWaterMarks(int high, int low) {
        require("highWaterBytes", high, KIB, 64 * MIB);
        require("lowWaterBytes", low, 0, high);
        return with(changed -> {
            changed.highWaterBytes = high;
            changed.lowWaterBytes = low;
        });
    }

    /** How long an outgoing connection may take. 5 seconds. */
    public Duration connectTimeout() {
        return values.connectTimeout;
    }

    /** The same with another limit on the time an outgoing connection may take, 1 ms to 10 minutes. */
    public TransportOptions withConnectTimeout(Duration timeout) {
        require("connectTimeout", timeout, 600_000, "");
        return with(changed -> changed.connectTimeout = timeout);
    }

    /** How many connections each listener accepts per second, once a tenth of them came at once; the others wait in the kernel. 0, the default: as fast as it can. */
    public int acceptsPerSecond() {
        return values.acceptsPerSecond;
    }

    /** The same with another pace of accepting, 0 to 1,000,000. */
    public TransportOptions withAcceptsPerSecond(int accepts) {
        require("acceptsPerSecond", accepts, 0, 1_000_000);
        return with(changed -> changed.acceptsPerSecond = accepts);
    }

    /** TCP_USER_TIMEOUT: how long sent bytes may stay unacknowledged until the kernel gives the connection up. 0, the default, leaves it to the system: some 15 minutes on Linux. */
    public Duration userTimeout() {
        return values.userTimeout;
    }

    /** The same with another TCP_USER_TIMEOUT, 1 ms to a day, or the system's where it is 0. */
    public TransportOptions withUserTimeout(Duration timeout) {
        if (!Objects.requireNonNull(timeout, "timeout").isZero()) {
            require("userTimeout", timeout, Duration.ofDays(1).toMillis(), OR_NONE);
        }
        return with(changed -> changed.userTimeout = timeout);
    }

    /** TCP_NOTSENT_LOWAT: how many bytes that it has not sent yet the kernel may hold and still take more; what waits behind them is then not yet beyond reach. 0, the default, leaves it to the system. */
    public int unsentLowWaterBytes() {
        return values.unsentLowWaterBytes;
    }

    /** The same with another TCP_NOTSENT_LOWAT, 1 KiB to 64 MiB, or the system's where it is 0. */
    public TransportOptions withUnsentLowWaterBytes(int bytes) {
        requireOrNone("unsentLowWaterBytes", bytes, KIB, 64 * MIB);
        return with(changed -> changed.unsentLowWaterBytes = bytes);
    }

    /** What finds the addresses of hosts; null, the default, is the transport's own, which asks the JVM. */
    public @Nullable Resolver resolver() {
        return values.resolver;
    }

    /** The same with another resolver, or the transport's own where it is null. */
    public TransportOptions withResolver(@Nullable Resolver resolver) {
        return with(changed -> changed.resolver = resolver);
    }

    /** How many threads of the transport's own resolver ask the JVM for names; idle ones end. 32. */
    public int lookupThreads() {
        return values.lookupThreads;
    }

    /** How many names may wait for one of the {@link #lookupThreads()}. 1,000. */
    public int waitingLookups() {
        return values.waitingLookups;
    }

    /**
     * The same with other bounds for the transport's own resolver. A thread is taken for as long as the JVM takes for a name; further look-ups of the same name share it. An attempt whose name finds
     * neither a thread nor a place to wait fails at once.
     *
     * @param threads 1 to 1,000
     * @param waiting 0 to 1,000,000
     */
    public TransportOptions withLookups(int threads, int waiting) {
        require("lookupThreads", threads, 1, 1_000);
        require("waitingLookups", waiting, 0, 1_000_000);
        return with(changed -> {
            changed.lookupThreads = threads;
            changed.waitingLookups = waiting;
        });
    }

    private TransportOptions with(Consumer<Values> change) {
        Values changed = values.copy();
        change.accept(changed);
        return new TransportOptions(changed);
    }

    private static void require(String option, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(option + " is " + value + ", allowed is " + min + " to " + max);
        }
    }

    private static void require(String option, Duration timeout, long maxMillis, String or) {
        Objects.requireNonNull(timeout, "timeout");
        if (timeout.compareTo(Duration.ofMillis(1)) < 0 || timeout.compareTo(Duration.ofMillis(maxMillis)) > 0) {
            throw new IllegalArgumentException(
                    option + " is " + timeout + ", allowed is 1 ms to " + maxMillis + " ms" + or);
        }
    }

    private static void requireOrNone(String option, long value, long min, long max) {
        if (value != 0 && (value < min || value > max)) {
            throw new IllegalArgumentException(
                    option + " is " + value + ", allowed is " + min + " to " + max + OR_NONE);
        }
    }

    /** Changed only before anybody else sees them. */
    private static final class Values implements Cloneable {
        int eventLoops = Runtime.getRuntime().availableProcessors();
        int workerThreads = 32;
        int sendBufferBytes = 64 * KIB;
        int receiveBufferBytes;
        int backlog = 4096;
        boolean reusePort;
        int highWaterBytes = 64 * KIB;
        int lowWaterBytes = 32 * KIB;
        Duration connectTimeout = Duration.ofSeconds(5);
        int acceptsPerSecond;
        Duration userTimeout = Duration.ZERO;
        int unsentLowWaterBytes;

        @Nullable
        Resolver resolver;

        int lookupThreads = 32;
        int waitingLookups = 1_000;

        Values copy() {
            try {
                return (Values) clone();
            } catch (CloneNotSupportedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
