package dev.heartbeat.spi;

import java.time.Duration;

/**
 * What every transport can be told. Values are within range when a transport sees them.
 *
 * @param eventLoops how many event loops (threads) carry the connections, 1 to 1024
 * @param workerThreads how many threads at most run the application's callbacks, 1 to 10,000; idle ones end
 * @param sendBufferBytes SO_SNDBUF of each connection: what the kernel may hold before a control frame waits behind it
 * @param backlog how many connections the kernel may hold before they are accepted
 * @param reusePort whether several processes may listen on the same port (SO_REUSEPORT)
 * @param highWaterBytes when this many written bytes wait for the socket, the connection is no longer writable
 * @param lowWaterBytes when it drains to this, it is writable again
 * @param connectTimeout how long an outgoing connection may take
 * @param acceptsPerSecond how many connections each listener accepts per second, once a tenth of them came at once; the others wait in the kernel. 0 to 1,000,000; 0: as fast as it can
 */
public record TransportOptions(
        int eventLoops,
        int workerThreads,
        int sendBufferBytes,
        int backlog,
        boolean reusePort,
        int highWaterBytes,
        int lowWaterBytes,
        Duration connectTimeout,
        int acceptsPerSecond) {

    private static final int KIB = 1024;

    /** Checks every value; the message of the exception names the option, the value and the allowed range. */
    public TransportOptions {
        require("eventLoops", eventLoops, 1, 1024);
        require("workerThreads", workerThreads, 1, 10_000);
        require("sendBufferBytes", sendBufferBytes, 4 * KIB, 64 * KIB * KIB);
        require("backlog", backlog, 1, 65_535);
        require("highWaterBytes", highWaterBytes, 1 * KIB, 64 * KIB * KIB);
        require("lowWaterBytes", lowWaterBytes, 0, highWaterBytes);
        require("connectTimeout (ms)", connectTimeout.toMillis(), 1, 600_000);
        require("acceptsPerSecond", acceptsPerSecond, 0, 1_000_000);
    }

    /** One event loop per core, 64 KiB of socket send buffer, 64 KiB of high water. */
    public static TransportOptions defaults() {
        int cores = Runtime.getRuntime().availableProcessors();
        return new TransportOptions(cores, 32, 64 * KIB, 4096, false, 64 * KIB, 32 * KIB, Duration.ofSeconds(5), 0);
    }

    /** The same with another number of event loops. */
    public TransportOptions withEventLoops(int loops) {
        return new TransportOptions(
                loops,
                workerThreads,
                sendBufferBytes,
                backlog,
                reusePort,
                highWaterBytes,
                lowWaterBytes,
                connectTimeout,
                acceptsPerSecond);
    }

    /** The same with another bound on the threads of the application's callbacks. */
    public TransportOptions withWorkerThreads(int threads) {
        return new TransportOptions(
                eventLoops,
                threads,
                sendBufferBytes,
                backlog,
                reusePort,
                highWaterBytes,
                lowWaterBytes,
                connectTimeout,
                acceptsPerSecond);
    }

    /** The same with SO_REUSEPORT on or off. */
    public TransportOptions withReusePort(boolean reuse) {
        return new TransportOptions(
                eventLoops,
                workerThreads,
                sendBufferBytes,
                backlog,
                reuse,
                highWaterBytes,
                lowWaterBytes,
                connectTimeout,
                acceptsPerSecond);
    }

    /** The same with another limit on the time an outgoing connection may take. */
    public TransportOptions withConnectTimeout(Duration timeout) {
        return new TransportOptions(
                eventLoops,
                workerThreads,
                sendBufferBytes,
                backlog,
                reusePort,
                highWaterBytes,
                lowWaterBytes,
                timeout,
                acceptsPerSecond);
    }

    /** The same with another SO_SNDBUF. */
    public TransportOptions withSendBufferBytes(int bytes) {
        return new TransportOptions(
                eventLoops,
                workerThreads,
                bytes,
                backlog,
                reusePort,
                highWaterBytes,
                lowWaterBytes,
                connectTimeout,
                acceptsPerSecond);
    }

    /** The same with other water marks. */
    public TransportOptions withWaterMarks(int high, int low) {
        return new TransportOptions(
                eventLoops,
                workerThreads,
                sendBufferBytes,
                backlog,
                reusePort,
                high,
                low,
                connectTimeout,
                acceptsPerSecond);
    }

    /** The same with another pace of accepting. */
    public TransportOptions withAcceptsPerSecond(int accepts) {
        return new TransportOptions(
                eventLoops,
                workerThreads,
                sendBufferBytes,
                backlog,
                reusePort,
                highWaterBytes,
                lowWaterBytes,
                connectTimeout,
                accepts);
    }

    private static void require(String option, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(option + " is " + value + ", allowed is " + min + " to " + max);
        }
    }
}
