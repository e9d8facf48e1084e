package dev.heartbeat.credentials.internal;

import dev.heartbeat.internal.log.LogEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A value made of a file, and made again when its content changes. Mounted secrets are swapped
 * behind a symbolic link, so neither name nor time of change tell. One caller at a time looks at
 * the file; others take what is in force, and wait for nothing. Any thread.
 */
public final class WatchedFile<T> {
    private static final LogEvent CHANGED = LogEvent.info(
            WatchedFile.class, "heartbeat.credentials.file_changed", "{file} has changed and is in force");
    private static final LogEvent REJECTED = LogEvent.warn(
            WatchedFile.class, "heartbeat.credentials.file_rejected", "{problem}; what was read before stays in force");
    private static final long INTERVAL_NS = Duration.ofSeconds(1).toNanos();

    private final WholeFile file;
    private final Maker<T> maker;
    private final LongSupplier nanos;
    private final ReentrantLock looking = new ReentrantLock();
    private volatile T current;
    private volatile long lookedAtNs;
    private byte[] digest;
    private @Nullable String problem;

    /** Makes it of the content. */
    public interface Maker<T> {
        /**
         * Returns the value.
         *
         * @throws IOException if nothing can be made of it; the message names the file and what is
         *     allowed
         */
        T make(Path file, byte[] content) throws IOException;
    }

    /**
     * Reads the file.
     *
     * @param nanos the time, as of {@link System#nanoTime}
     * @throws IllegalArgumentException if it cannot be read, or nothing can be made of it
     */
    public WatchedFile(WholeFile file, Maker<T> maker, LongSupplier nanos) {
        this.file = file;
        this.maker = maker;
        this.nanos = nanos;
        lookedAtNs = nanos.getAsLong();
        try {
            byte[] content = file.read();
            digest = Sha256.of(content);
            current = maker.make(file.path(), content);
        } catch (IOException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** Returns the value in force, after a look at the file if one is due. */
    public T current() {
        if (isDue() && looking.tryLock()) {
            try {
                if (isDue()) {
                    look();
                }
            } finally {
                looking.unlock();
            }
        }
        return current;
    }

    private boolean isDue() {
        return nanos.getAsLong() - lookedAtNs >= INTERVAL_NS;
    }

    private void look() {
        lookedAtNs = nanos.getAsLong();
        try {
            byte[] content = file.read();
            byte[] found = Sha256.of(content);
            if (!Arrays.equals(found, digest)) {
                digest = found; // Before it is judged: a bad file is one line in the log.
                current = maker.make(file.path(), content);
                CHANGED.log(file);
            }
            problem = null;
        } catch (IOException e) {
            if (!Objects.equals(problem, e.getMessage())) {
                problem = e.getMessage();
                REJECTED.log(problem);
            }
        }
    }

    /** Names the file. */
    @Override
    public String toString() {
        return file.toString();
    }
}
