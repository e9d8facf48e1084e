package dev.heartbeat.testkit;

import java.time.Duration;
import java.util.Objects;

/**
 * The properties of a way that carries bytes from one host to another. It never loses or reorders
 * the bytes of a live connection, as TCP does not.
 *
 * @param latency how long the first byte takes
 * @param jitter by how much more at random
 * @param bytesPerSecond how many bytes of one connection pass; 0 for no limit
 * @param smallestRead the fewest bytes a read gives, where there are more: 1 cuts the stream to
 *     single bytes at times
 * @param largestRead the most bytes a read gives, at most 64 KiB; what has arrived is joined up to
 *     that
 * @param socketBuffer how many bytes a connection may hold between the sender and the reading
 *     application; more waits at the sender
 * @since 0.1
 */
public record LinkSettings(
        Duration latency, Duration jitter, long bytesPerSecond, int smallestRead, int largestRead, int socketBuffer) {

    static final int READ_BUFFER = 64 * 1024;

    /** Half a millisecond, and nothing else out of the ordinary. */
    public static final LinkSettings LAN =
            new LinkSettings(Duration.ofNanos(500_000), Duration.ZERO, 0, READ_BUFFER, READ_BUFFER, 256 * 1024);

    /** Checks every value. */
    public LinkSettings {
        latency = Spans.requireNotNegative("latency", latency);
        jitter = Spans.requireNotNegative("jitter", jitter);
        if (bytesPerSecond < 0) {
            throw new IllegalArgumentException("bytesPerSecond is " + bytesPerSecond + ", allowed is 0 and more");
        }
        if (smallestRead < 1 || largestRead < smallestRead || largestRead > READ_BUFFER) {
            throw new IllegalArgumentException(
                    "reads are " + smallestRead + " to " + largestRead + " bytes, allowed is 1 to " + READ_BUFFER);
        }
        if (socketBuffer < 1) {
            throw new IllegalArgumentException("socketBuffer is " + socketBuffer + ", allowed is 1 and more");
        }
    }

    /** {@return the same with another latency} */
    public LinkSettings withLatency(Duration value, Duration newJitter) {
        Objects.requireNonNull(value, "value");
        Objects.requireNonNull(newJitter, "newJitter");
        return new LinkSettings(value, newJitter, bytesPerSecond, smallestRead, largestRead, socketBuffer);
    }

    /** {@return the same with another bandwidth} */
    public LinkSettings withBytesPerSecond(long value) {
        return new LinkSettings(latency, jitter, value, smallestRead, largestRead, socketBuffer);
    }

    /** {@return the same with reads of other sizes} */
    public LinkSettings withReads(int smallest, int largest) {
        return new LinkSettings(latency, jitter, bytesPerSecond, smallest, largest, socketBuffer);
    }

    /** {@return the same with another socket buffer} */
    public LinkSettings withSocketBuffer(int bytes) {
        return new LinkSettings(latency, jitter, bytesPerSecond, smallestRead, largestRead, bytes);
    }
}
